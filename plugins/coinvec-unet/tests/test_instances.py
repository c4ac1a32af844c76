import numpy as np
from coinvec_unet.instances import part
from drawn_logits import logits, signed

from coinvec.domain.images import Ellipse


def iou(one, other):
    return np.count_nonzero(one & other) / np.count_nonzero(one | other)


def test_touching_coins_of_different_sizes_are_parted():
    large, small = Ellipse(90, 128, 60, 60), Ellipse(181, 128, 30, 30)
    masks = part(logits(large, small))
    assert len(masks) == 2
    for mask, coin in zip(masks, (large, small), strict=True):
        assert iou(mask, signed(coin, 256) > 0) > 0.97


def test_no_pixel_is_of_two_coins_and_the_largest_comes_first():
    coins = [Ellipse(50 + 75 * column, 50 + 75 * row, 30 + 3 * row, 32) for row in range(3)
             for column in range(3)]  # fmt: skip
    masks = part(logits(*coins))
    assert len(masks) == 9
    assert np.sum(masks, axis=0).max() == 1
    areas = [np.count_nonzero(mask) for mask in masks]
    assert areas == sorted(areas, reverse=True)


def test_a_holed_coin_is_one_coin():
    [mask] = part(logits(Ellipse(128, 128, 80, 80), holes=[Ellipse(128, 128, 20, 20)]))
    assert not mask[128, 128]
    assert mask[128, 190]


def test_a_core_without_a_coin_is_none():
    only_core = logits(Ellipse(128, 128, 60, 60))
    only_core[0] = -5
    assert part(only_core) == []
    assert part(np.full((2, 64, 64), -3, np.float32)) == []
