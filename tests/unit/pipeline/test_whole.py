"""Catalogue pictures taken whole."""

import numpy as np
import pytest

from coinvec.domain.images import Picture
from coinvec.pipeline.whole import whole_picture
from coinvec.testing import mint_catalogue, render_side


def test_a_coin_that_fills_its_picture_is_taken_whole():
    coin = render_side(mint_catalogue(3, n_types=1, n_issuers=1)[0].obverse, size=256)
    crop = whole_picture(Picture(coin.pixels))
    assert crop.score == 0
    assert crop.box.as_tuple() == (0, 0, 256, 256)
    both, either = (crop.mask & coin.mask).sum(), (crop.mask | coin.mask).sum()
    assert both / either > 0.9
    assert not crop.cutout[~crop.cutout_mask].any()
    np.testing.assert_array_equal(crop.cutout[crop.mask], coin.pixels[crop.mask])


def test_an_oval_picture_is_mapped_to_a_circle():
    noise = np.random.default_rng(0).integers(0, 255, (300, 240, 3), dtype=np.uint8)
    crop = whole_picture(Picture(noise))
    assert crop.mask.sum() == pytest.approx(np.pi * 150 * 120, rel=0.01)
    assert crop.cutout.shape == (256, 256, 3)
    assert crop.cutout_mask.sum() == pytest.approx(np.pi * 128**2, rel=0.01)


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((200, 200, 3), 128, np.uint8),
        np.random.default_rng(0).integers(0, 255, (200, 120, 3), dtype=np.uint8),
    ],
    ids=["blank", "oblong"],
)
def test_a_blank_or_oblong_picture_is_not(pixels):
    assert whole_picture(Picture(pixels)) is None
