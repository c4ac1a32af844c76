import cv2
import numpy as np
import pytest
from coinvec_arcface.light import evened, resized

SIDE = 64


@pytest.fixture
def coin():
    """Smooth enough that rounding to bytes says little; black around a circle."""
    rng = np.random.default_rng(1)
    rough = rng.uniform(90, 200, (8, 8, 3)).astype(np.float32)
    pixels = cv2.resize(rough, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC).clip(60, 230)
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    return np.where(np.hypot(x, y)[..., None] < 28, pixels, 0)


def photo(light):
    return np.rint(light).astype(np.uint8)


@pytest.mark.parametrize(("gain", "offset"), [(0.3, 0), (0.5, 60), (1.1, -5)])
def test_brightness_and_contrast_change_nothing_but_colour_strength(coin, gain, offset):
    inside = coin.any(axis=2)
    grey = np.where(inside[..., None], coin.mean(axis=2, keepdims=True), 0).repeat(3, axis=2)
    other = np.where(inside[..., None], grey * gain + offset, 0)
    assert np.abs(evened(photo(other)) - evened(photo(grey))).max() < 0.06


def test_lightness_has_the_same_spread_whatever_the_coin(coin):
    inside = coin.any(axis=2)
    for gain in (0.2, 0.6, 1.0):
        light = evened(photo(coin * gain))
        assert light[inside].mean(axis=1).std() == pytest.approx(0.4, abs=0.05)
        assert (light[~inside] == -1).all()


def test_copper_and_silver_stay_apart(coin):
    inside = coin.any(axis=2)
    copper = evened(photo(coin * (1.0, 0.7, 0.5)))[inside].mean(axis=0)
    silver = evened(photo(coin))[inside].mean(axis=0)
    assert copper[0] - copper[2] > 0.4
    assert abs(silver[0] - silver[2]) < 0.15


def test_nothing_is_black():
    assert (evened(np.zeros((4, 4, 3), np.uint8)) == -1).all()


def test_a_coin_without_relief_is_not_blown_up_to_noise():
    rng = np.random.default_rng(0)
    flat = rng.integers(99, 102, (SIDE, SIDE, 3)).astype(np.uint8)
    assert evened(flat).mean(axis=2).std() < 0.12


def test_cutouts_are_averaged_over_areas():
    chequered = (np.indices((8, 8)).sum(axis=0) % 2 * 200).astype(np.uint8)
    small = resized(np.stack([chequered] * 3, axis=2), 4)
    assert small.shape == (4, 4, 3)
    assert (small == 100).all()
    assert resized(small, 4) is small
