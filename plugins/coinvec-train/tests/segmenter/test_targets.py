import numpy as np
from coinvec_train.segmenter.targets import CORE_SHARE, targets

from coinvec.domain.images import Ellipse

SIZE = 128


def disc(x, y, radius):
    return Ellipse(x, y, radius, radius).mask(SIZE, SIZE)


def test_the_core_is_the_coin_shrunk_about_its_centre():
    drawn = targets([disc(60, 50, 40)], SIZE)
    assert drawn[0].astype(bool).tolist() == disc(60, 50, 40).tolist()
    expected = disc(60, 50, 40 * CORE_SHARE)
    differing = np.count_nonzero(drawn[1].astype(bool) ^ expected)
    assert differing < 0.06 * np.count_nonzero(expected)


def test_cores_of_touching_coins_do_not_touch():
    drawn = targets([disc(40, 64, 24), disc(88, 64, 24)], SIZE)
    assert drawn[0, 64, 16:112].all(), "the coins touch"
    assert not drawn[1, :, 60:68].any(), "there is room between their cores"


def test_a_hole_is_ground_but_its_core_is_whole():
    ring = disc(64, 64, 50) & ~disc(64, 64, 10)
    drawn = targets([ring], SIZE)
    assert not drawn[0, 64, 64]
    assert drawn[1, 64, 64]


def test_a_picture_without_coins_has_nothing_to_draw():
    assert not targets([], SIZE).any()
    assert not targets([np.zeros((SIZE, SIZE), dtype=bool)], SIZE).any()
