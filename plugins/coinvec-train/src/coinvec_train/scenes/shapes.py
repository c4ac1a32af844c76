"""Coins of other shapes: holes, polygons and scallops cut from round ones."""

import math

import numpy as np
from numpy.typing import NDArray

from coinvec_train.scenes.sprites import Sprite, soft


def reshaped(sprite: Sprite, rng: np.random.Generator) -> Sprite:
    """Give a coin a hole, or a rim that is not round."""
    angle, radius = _polar(sprite)
    kind = rng.integers(4)
    if kind == 0:
        keep = radius > rng.uniform(0.12, 0.3)
    elif kind == 1:
        keep = radius < _polygon_radius(angle, int(rng.choice([4, 6, 7, 8, 9, 10, 11, 12])))
    elif kind == 2:
        keep = radius < _scalloped_radius(angle, int(rng.choice([8, 10, 12])))
    else:
        keep = radius < _rounded_square_radius(angle, rng.uniform(3.0, 6.0))
    cut = np.where(keep, sprite.alpha, 0).astype(np.uint8)
    return Sprite(sprite.pixels, soft(cut))


def _polar(sprite: Sprite) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Angle and distance of each pixel about the coin's middle, its radius being 1."""
    rows, columns = np.nonzero(sprite.alpha > 127)
    y, x = np.mgrid[: sprite.alpha.shape[0], : sprite.alpha.shape[1]].astype(np.float64)
    x, y = x - columns.mean(), y - rows.mean()
    return np.arctan2(y, x), np.hypot(x, y) * 2 / sprite.diameter


def _polygon_radius(angle: NDArray[np.float64], corners: int) -> NDArray[np.float64]:
    """Distance of a regular polygon's sides along each ray, its corners lying at 1."""
    sector = 2 * math.pi / corners
    within = np.mod(angle, sector) - sector / 2
    radius: NDArray[np.float64] = math.cos(sector / 2) / np.cos(within)
    return radius


def _scalloped_radius(angle: NDArray[np.float64], lobes: int) -> NDArray[np.float64]:
    radius: NDArray[np.float64] = 0.95 + 0.05 * np.abs(np.cos(angle * lobes / 2)) ** 0.5
    return radius


def _rounded_square_radius(angle: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """A superellipse whose corners reach the coin's rim."""
    shape = np.abs(np.cos(angle)) ** power + np.abs(np.sin(angle)) ** power
    radius: NDArray[np.float64] = shape ** (-1 / power) * 0.5 ** (0.5 - 1 / power)
    return radius
