"""Round things that are no coins: buttons, lids, rings, stickers; and some that are not round."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coinvec_train.scenes.sprites import Sprite, soft

_SIDE = 128
_RADIUS = 60.0
_Plane = NDArray[np.float32]


def distractor(rng: np.random.Generator) -> Sprite:
    """A random thing, shaded across."""
    x = np.arange(_SIDE, dtype=np.float32) - (_SIDE - 1) / 2
    across, down = np.broadcast_arrays(x, x[:, None])
    radius = np.hypot(across, down) / np.float32(_RADIUS)
    turn = rng.uniform(0, 2 * math.pi)
    slope = (across * math.cos(turn) + down * math.sin(turn)) / _RADIUS
    colour = rng.uniform(20, 250, 3).astype(np.float32)
    pixels = np.ones((_SIDE, _SIDE, 3), np.float32) * colour
    pixels *= (1 + 0.25 * rng.random() * slope)[..., None]
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    shown, inside = kind(rng, pixels, radius, np.stack([across, down]))
    alpha = (inside * 255).astype(np.uint8)
    return Sprite(shown.clip(0, 255).astype(np.uint8), soft(alpha))


_Thing = tuple[_Plane, NDArray[np.bool_]]


def _button(rng: np.random.Generator, pixels: _Plane, radius: _Plane, at: _Plane) -> _Thing:
    """A disc with a groove, and two or four holes."""
    inside = radius < 1
    count, turn = int(rng.choice([2, 4])), rng.uniform(0, math.pi)
    for hole in range(count):
        angle = turn + 2 * math.pi * hole / count
        x, y = at[0] - 16 * math.cos(angle), at[1] - 16 * math.sin(angle)
        inside &= np.hypot(x, y) >= 6
    groove = (radius > 0.75) & (radius < 0.8)
    return pixels * (1 - 0.3 * groove)[..., None], inside


def _lid(rng: np.random.Generator, pixels: _Plane, radius: _Plane, at: _Plane) -> _Thing:  # noqa: ARG001 — one signature for all
    """A disc turned on a lathe."""
    return pixels * (1 + 0.2 * np.sin(radius * rng.uniform(5, 30)))[..., None], radius < 1


def _ring(rng: np.random.Generator, pixels: _Plane, radius: _Plane, at: _Plane) -> _Thing:  # noqa: ARG001 — one signature for all
    """A washer, or the rim of a cup."""
    return pixels, (radius < 1) & (radius > rng.uniform(0.6, 0.92))


def _sticker(rng: np.random.Generator, pixels: _Plane, radius: _Plane, at: _Plane) -> _Thing:  # noqa: ARG001 — one signature for all
    """A disc of one colour in a ring of another."""
    inner = (radius < rng.uniform(0.4, 0.85))[..., None]
    return np.where(inner, rng.uniform(20, 250, 3).astype(np.float32), pixels), radius < 1


def _disc(rng: np.random.Generator, pixels: _Plane, radius: _Plane, at: _Plane) -> _Thing:  # noqa: ARG001 — one signature for all
    return pixels, radius < 1


def _cap(rng: np.random.Generator, pixels: _Plane, radius: _Plane, at: _Plane) -> _Thing:
    """A crown cap: a scalloped disc with a print."""
    angle = np.arctan2(at[1], at[0])
    inside = radius < 0.93 + 0.05 * np.cos(21 * angle)
    print_ = np.sin(at[0] / rng.uniform(3, 9)) * np.sin(at[1] / rng.uniform(3, 9)) > 0.2
    shown = np.where(
        (print_ & (radius < 0.6))[..., None], rng.uniform(20, 250, 3).astype(np.float32), pixels
    )
    return shown, inside


def _card(rng: np.random.Generator, pixels: _Plane, radius: _Plane, at: _Plane) -> _Thing:  # noqa: ARG001 — one signature for all
    """Something with four corners."""
    width, height = rng.uniform(20, 60, 2)
    return pixels, (np.abs(at[0]) < width) & (np.abs(at[1]) < height)


_KINDS: tuple[Callable[..., _Thing], ...] = (_button, _lid, _ring, _sticker, _disc, _cap, _card)
