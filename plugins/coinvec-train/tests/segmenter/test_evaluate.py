import numpy as np
import pytest
from coinvec_train.segmenter.evaluate import by_padding, false_alarms, iou, padding

from coinvec.domain.images import Box, Crop, Ellipse, Picture

SIZE = 100


def crop_of(mask):
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Crop(
        picture_size=(SIZE, SIZE),
        box=box,
        ellipse=Ellipse(SIZE / 2, SIZE / 2, 10, 10),
        mask=mask[box.y0 : box.y1, box.x0 : box.x1],
        cutout=np.zeros((8, 8, 3), np.uint8),
        cutout_mask=np.ones((8, 8), np.bool_),
        score=1.0,
    )


class Fixed:
    """Finds the same coins in every picture."""

    def __init__(self, *masks):
        self._crops = [crop_of(mask) for mask in masks]

    def find(self, picture, *, all_coins=False):
        return self._crops


def disc(x, y, radius):
    return Ellipse(x, y, radius, radius).mask(SIZE, SIZE)


def test_iou_counts_pixels_in_and_out_of_the_box():
    found, true = disc(40, 50, 20), disc(55, 50, 22)
    expected = np.count_nonzero(found & true) / np.count_nonzero(found | true)
    assert iou(crop_of(found), true) == pytest.approx(expected)


def test_padding_is_the_area_of_the_picture_over_that_of_the_coins_square():
    assert padding(disc(50, 50, 25)) == pytest.approx(4.0, rel=0.02)


def test_scenes_are_filed_by_their_padding():
    picture = Picture(np.zeros((SIZE, SIZE, 3), np.uint8))
    close, far = disc(50, 50, 48), disc(50, 50, 10)
    measured = by_padding(Fixed(close), [(picture, close), (picture, far)], lambda: None)
    assert measured[1.0, 2.0].ious == (1.0,)
    [poor] = measured[18.0, 36.0].ious
    assert poor == pytest.approx((10 / 48) ** 2, rel=0.1)
    assert measured[1.0, 2.0].found == 1.0
    assert measured[18.0, 36.0].found == 0.0


def test_false_alarms_are_pictures_not_coins():
    pictures = [Picture(np.zeros((SIZE, SIZE, 3), np.uint8))] * 3
    both = Fixed(disc(20, 20, 10), disc(70, 70, 10))
    assert false_alarms(both, pictures, lambda: None) == (3, 3)
    assert false_alarms(Fixed(), pictures, lambda: None) == (0, 3)
