"""The shipped weights on rendered photographs."""

import numpy as np
import pytest
from coinvec_unet.unet import ACCEPT, UnetPreprocessor

from coinvec.domain.images import Picture
from coinvec.plugin.cutout import RADIUS, SIZE
from coinvec.testing import mint_catalogue, photograph


@pytest.fixture(scope="module")
def finder():
    return UnetPreprocessor()


@pytest.fixture(scope="module")
def minted():
    return [each.obverse for each in mint_catalogue(3, n_types=6, n_issuers=2)]


def iou(crop, true):
    found = crop.picture_mask()
    return np.count_nonzero(found & true) / np.count_nonzero(found | true)


@pytest.mark.parametrize("ground", ["wood", "cloth", "stone", "paper", "palm"])
def test_a_coin_on_any_ground_is_outlined(finder, minted, ground):
    photo = photograph(minted[0], background=ground, tilt_degrees=25, diameter=0.4, seed=4)
    [crop] = finder.find(Picture(photo.pixels))
    assert iou(crop, photo.masks[0]) > 0.85
    assert crop.passes == 2
    assert ACCEPT <= crop.score <= 1


def test_the_cut_out_is_rectified_and_its_ground_is_black(finder, minted):
    photo = photograph(minted[1], tilt_degrees=50, seed=5)
    [crop] = finder.find(Picture(photo.pixels))
    assert max(crop.ellipse.rx, crop.ellipse.ry) > 1.15 * min(crop.ellipse.rx, crop.ellipse.ry)
    assert crop.cutout.shape == (SIZE, SIZE, 3)
    rows, columns = np.nonzero(crop.cutout_mask)
    assert np.ptp(rows) == pytest.approx(2 * RADIUS, rel=0.06)
    assert np.ptp(columns) == pytest.approx(2 * RADIUS, rel=0.06)
    assert not crop.cutout[~crop.cutout_mask].any()


def test_every_coin_is_found_with_its_own_mask(finder, minted):
    photo = photograph(*minted[:5], size=(1280, 960), diameter=0.7, seed=6)
    crops = finder.find(Picture(photo.pixels), all_coins=True)
    assert len(crops) == 5
    for true in photo.masks:
        assert max(iou(crop, true) for crop in crops) > 0.85
    areas = [crop.area for crop in crops]
    assert areas == sorted(areas, reverse=True)
    assert finder.find(Picture(photo.pixels))[0].area == pytest.approx(areas[0], rel=0.05)


def test_a_picture_without_a_coin_has_none(finder):
    for ground in ("wood", "cloth", "paper"):
        assert finder.find(Picture(photograph(background=ground, seed=7).pixels)) == []
    assert finder.find(Picture(np.zeros((1, 1, 3), np.uint8))) == []
    assert finder.find(Picture(np.full((50, 900, 3), 255, np.uint8)), all_coins=True) == []
