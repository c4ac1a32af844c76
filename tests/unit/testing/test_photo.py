import cv2
import numpy as np
import pytest

from coinvec.errors import InvalidValueError
from coinvec.testing.backgrounds import BACKGROUNDS
from coinvec.testing.designs import Metal, Planchet, Shape
from coinvec.testing.lens import Lens
from coinvec.testing.photo import photograph

SIZE = (240, 320)
SHARP = Lens(blur=0.0, noise=0.0, cast=0.0, vignette=0.0)


def _overlap(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.mark.parametrize("tilt", [0, 20, 45, 60])
def test_mask_and_ellipse_of_a_round_coin_agree(design, tilt):
    photo = photograph(design(), size=SIZE, tilt_degrees=tilt, diameter=0.7, seed=tilt)
    (mask,), (ellipse,) = photo.masks, photo.ellipses
    assert photo.pixels.shape == (320, 240, 3)
    assert mask.shape == (320, 240)
    assert _overlap(mask, ellipse.mask(*SIZE)) > 0.98


def test_the_ellipse_is_the_one_opencv_fits_to_the_mask(design):
    photo = photograph(design(), size=(480, 480), tilt_degrees=35, seed=4)
    (mask,), (ellipse,) = photo.masks, photo.ellipses
    (contour,), _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    (cx, cy), axes, _ = cv2.fitEllipse(contour)
    assert (ellipse.cx, ellipse.cy) == pytest.approx((cx, cy), abs=0.5)
    assert sorted((2 * ellipse.rx, 2 * ellipse.ry)) == pytest.approx(sorted(axes), abs=2.0)


def test_through_a_hole_the_ground_is_seen(design):
    coin = design(Planchet(Metal.BRASS, hole=0.25))
    photo = photograph(coin, size=SIZE, background="studio", tilt_degrees=0, lens=SHARP, seed=1)
    (mask,), (ellipse,) = photo.masks, photo.ellipses
    centre = (round(ellipse.cy), round(ellipse.cx))
    assert not mask[centre]
    red, _, blue = (int(v) for v in photo.pixels[centre])
    assert abs(red - blue) < 12  # the grey board, not brass
    share = 1 - mask.sum() / ellipse.mask(*SIZE).sum()
    assert share == pytest.approx(0.25**2, abs=0.01)


def test_a_coin_that_is_not_round_touches_its_ellipse_from_within(design):
    coin = design(Planchet(Metal.COPPER, shape=Shape.SQUARE))
    photo = photograph(coin, size=SIZE, tilt_degrees=25, seed=2)
    (mask,), (ellipse,) = photo.masks, photo.ellipses
    round_mask = ellipse.mask(*SIZE)
    assert (mask & ~round_mask).sum() < 0.01 * mask.sum()
    assert 0.6 < mask.sum() / round_mask.sum() < 0.85


@pytest.mark.parametrize(("count", "tilt"), [(2, 0), (5, 40), (7, 60)])
def test_coins_lie_apart_and_wholly_in_the_picture(design, count, tilt):
    photo = photograph(
        *[design(motif_seed=i) for i in range(count)], size=SIZE, tilt_degrees=tilt, diameter=0.9
    )
    assert len(photo.masks) == len(photo.ellipses) == len(photo.designs) == count
    assert np.sum(photo.masks, axis=0).max() == 1
    for mask, ellipse in zip(photo.masks, photo.ellipses, strict=True):
        edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        assert not edge.any()
        assert _overlap(mask, ellipse.mask(*SIZE)) > 0.95


def test_the_coin_is_where_the_mask_says(design):
    """Outside the coin and its shadow the picture is that of the bare ground."""
    settings = {"size": SIZE, "background": "stone", "lens": SHARP, "tilt_degrees": 0, "seed": 6}
    photo = photograph(design(Planchet(Metal.COPPER)), diameter=0.5, light=(225, 60), **settings)
    (mask,), (ellipse,) = photo.masks, photo.ellipses
    red, _, blue = (photo.pixels[:, :, c].astype(int) for c in range(3))
    reddish = red - blue > 45
    assert reddish[mask].mean() > 0.8
    y, x = np.mgrid[:320, :240]
    far = np.hypot(x - ellipse.cx, y - ellipse.cy) > 1.5 * ellipse.rx
    assert reddish[far].mean() < 0.01
    row, column = round(ellipse.cy + 0.75 * ellipse.ry), round(ellipse.cx + 0.75 * ellipse.rx)
    assert (
        photo.pixels[row, column].mean() < photo.pixels[far].mean() - 15
    )  # light from the upper left


@pytest.mark.parametrize("background", BACKGROUNDS)
def test_every_background_fills_the_picture_and_differs_from_the_others(background):
    photo = photograph(size=SIZE, background=background, tilt_degrees=30, seed=3)
    assert photo.masks == ()
    corners = photo.pixels[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int)
    assert corners.max(axis=1).min() > 12  # no black wedge beyond the ground
    again = photograph(size=SIZE, background=background, tilt_degrees=30, seed=3)
    np.testing.assert_array_equal(photo.pixels, again.pixels)
    other = photograph(size=SIZE, background=background, tilt_degrees=30, seed=4)
    assert np.any(photo.pixels != other.pixels)


def test_skin_is_skin_coloured():
    red, green, blue = photograph(size=SIZE, background="palm").pixels.reshape(-1, 3).mean(axis=0)
    assert red > green > blue


def test_the_lens_blurs_and_the_sensor_makes_noise():
    def roughness(**lens):
        settings = {"blur": 0.0, "noise": 0.0, "cast": 0.0, "vignette": 0.0} | lens
        photo = photograph(size=SIZE, background="stone", lens=Lens(**settings))
        return np.diff(photo.pixels.astype(float), axis=1).std()

    assert roughness(blur=2.0) < 0.7 * roughness() < 0.7 * roughness(noise=12.0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size": (16, 320)}, "not within 32 to 8192"),
        ({"tilt_degrees": 61}, "tilt 61"),
        ({"diameter": 0.0}, "diameter 0.0"),
        ({"background": "lava"}, "no background 'lava'"),
        ({"wear": 2.0}, "wear 2.0"),
    ],
)
def test_values_out_of_range_are_refused(design, wrong, message):
    with pytest.raises(InvalidValueError, match=message):
        photograph(design(), **({"size": SIZE} | wrong))
