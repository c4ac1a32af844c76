from itertools import combinations

import cv2
import numpy as np
import pytest

from coinvec.errors import InvalidValueError
from coinvec.testing.coin import render_side
from coinvec.testing.designs import Layout, Metal, Planchet, Shape
from coinvec.testing.planchet import FILL
from coinvec.testing.relief import strike

SIZE = 160


def _grey(coin):
    return coin.pixels.astype(np.float64).mean(axis=2)


def _details(grey):
    """What is left after smooth shading is taken away, on the middle of the coin."""
    fine = grey - cv2.GaussianBlur(grey, (0, 0), SIZE / 20)
    return fine[SIZE // 5 : -SIZE // 5, SIZE // 5 : -SIZE // 5]


def test_pictures_have_the_documented_shape_and_are_black_beside_the_coin(design):
    coin = render_side(design(), size=SIZE)
    assert coin.pixels.shape == (SIZE, SIZE, 3)
    assert coin.pixels.dtype == np.uint8
    assert coin.mask.shape == (SIZE, SIZE)
    assert coin.mask.dtype == np.bool_
    outside = ~cv2.dilate(coin.mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    assert coin.pixels[outside].max() == 0
    assert coin.pixels[coin.mask].mean() > 60


@pytest.mark.parametrize("size", [16, 33, 320, 500])
def test_the_mask_of_a_round_coin_is_a_disc(design, size):
    mask = render_side(design(), size=size).mask
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    disc = np.hypot(x, y) <= size / 2 * FILL
    assert (mask & disc).sum() / (mask | disc).sum() > 0.98


def test_the_hole_is_not_in_the_mask(design):
    holed = render_side(design(Planchet(Metal.BRASS, hole=0.2)), size=SIZE)
    whole = render_side(design(), size=SIZE)
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    in_hole = np.hypot(x, y) < 0.2 * SIZE / 2 * FILL - 1
    assert not holed.mask[in_hole].any()
    assert holed.pixels[in_hole].max() == 0
    assert (whole.mask & ~holed.mask).sum() == pytest.approx(0.04 * whole.mask.sum(), rel=0.05)


def test_metals_are_told_apart_by_colour(design):
    colours = {}
    for metal in Metal:
        coin = render_side(design(Planchet(metal)), size=SIZE)
        colours[metal] = coin.pixels[coin.mask].mean(axis=0)
    for one, other in combinations(Metal, 2):
        assert np.abs(colours[one] - colours[other]).max() > 8, (one, other)
    for warm in (Metal.BRASS, Metal.BRONZE, Metal.COPPER):
        red, green, blue = colours[warm]
        assert red > 1.1 * green > 1.1 * blue
    assert np.ptp(colours[Metal.SILVER]) < 8
    assert colours[Metal.SILVER].mean() > colours[Metal.CUPRONICKEL].mean()


def test_a_bimetallic_coin_has_two_colours(design):
    coin = render_side(design(Planchet(Metal.SILVER, core=Metal.BRASS)), size=SIZE)
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    distance = np.hypot(x, y) / (SIZE / 2 * FILL)
    core = coin.pixels[distance < 0.6].mean(axis=0)
    ring = coin.pixels[(distance > 0.72) & coin.mask].mean(axis=0)
    assert core[0] - core[2] > 50
    assert abs(ring[0] - ring[2]) < 10


def test_turning_coin_and_light_together_turns_the_picture(design):
    upright = render_side(design(), size=SIZE, light=(200, 50), rotation=0)
    turned = render_side(design(), size=SIZE, light=(290, 50), rotation=90)
    clockwise = np.rot90(upright.pixels, -1).astype(int)
    assert np.abs(turned.pixels - clockwise).mean() < 1.0
    assert np.abs(turned.pixels - upright.pixels.astype(int)).mean() > 8.0


def test_turning_a_square_coin_turns_its_mask(design):
    square = design(Planchet(Metal.BRASS, shape=Shape.SQUARE))
    upright, turned = (render_side(square, size=SIZE, rotation=r).mask for r in (0, 45))
    assert upright[20 + SIZE // 10 : -20 - SIZE // 10, SIZE // 2].all()
    assert not upright[3, SIZE // 2]  # a side is on top
    assert turned[3, SIZE // 2]  # a corner is
    assert turned.sum() == pytest.approx(upright.sum(), rel=0.01)


@pytest.mark.parametrize(("azimuth", "direction"), [(180, (-1, 0)), (0, (1, 0)), (270, (0, -1))])
def test_slopes_that_face_the_light_are_bright(design, azimuth, direction):
    """Brightness follows minus the height's slope along the light, taken by differences."""
    heights = cv2.resize(strike(design(), 2 * SIZE), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    slope_y, slope_x = np.gradient(heights.astype(float))
    facing = -(slope_x * direction[0] + slope_y * direction[1])
    lit = _grey(render_side(design(), size=SIZE, light=(azimuth, 45), wear=0.0))
    assert np.corrcoef(_details(facing).ravel(), _details(lit).ravel())[0, 1] > 0.6


def test_wear_lowers_the_contrast_of_the_relief(design):
    side = design(layout=Layout.BESIDE, numeral="25")
    contrast = [
        _details(_grey(render_side(side, size=SIZE, wear=w))).std() for w in (0, 0.4, 0.7, 1)
    ]
    assert contrast == sorted(contrast, reverse=True)
    assert contrast[0] > 1.5 * contrast[-1]


def test_seeds_choose_the_stains_not_the_design(design):
    one, two, again = (render_side(design(), size=SIZE, seed=s) for s in (1, 2, 1))
    np.testing.assert_array_equal(one.pixels, again.pixels)
    assert np.any(one.pixels != two.pixels)
    np.testing.assert_array_equal(one.mask, two.mask)
    assert np.corrcoef(_grey(one).ravel(), _grey(two).ravel())[0, 1] > 0.95


@pytest.mark.parametrize(
    "wrong", [{"size": 8}, {"size": 4096}, {"wear": -0.1}, {"wear": 1.5}, {"light": (0, 95)}]
)
def test_values_out_of_range_are_refused(design, wrong):
    with pytest.raises(InvalidValueError, match="is not between"):
        render_side(design(), **wrong)
