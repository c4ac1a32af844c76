"""Ornaments that leave the middle of the field free for a numeral or a hole."""

import numpy as np

from coinvec.testing.drawing import Drawing, Fill, Line, arc, disc, leaf, place, points, ring, star
from coinvec.testing.noise import random_source


def draw_frame(seed: int) -> Drawing:
    """Draw one of the frames, between the unit circle and about seven tenths of it."""
    rng = random_source(seed, 6)
    return _FRAMES[int(rng.integers(len(_FRAMES)))](rng)


def _stars(rng: np.random.Generator) -> Drawing:
    count = int(rng.integers(9, 19))
    return [
        Fill(tuple(star(5, 0.10, 0.042, at=(x, y)) for x, y, _ in ring(count, 0.88)), 0.55, 0.4)
    ]


def _rays(rng: np.random.Generator) -> Drawing:
    count = int(rng.integers(24, 49))
    rays = [
        place(points((0.99 - 0.22 * (1 + k % 2) / 2, 0.0), (0.99, 0.0)), degrees=360.0 * k / count)
        for k in range(count)
    ]
    return [Line(tuple(rays), 0.035, 0.45)]


def _pearls(rng: np.random.Generator) -> Drawing:
    count = int(rng.integers(16, 29))
    pearls = tuple(disc((x, y), 0.035) for x, y, _ in ring(count, 0.90))
    return [
        Line(
            (arc((0, 0), (0.80, 0.80), samples=90), arc((0, 0), (0.99, 0.99), samples=90)),
            0.025,
            0.4,
        ),
        Fill(pearls, 0.6, 0.8),
    ]


def _garland(rng: np.random.Generator) -> Drawing:
    count = int(rng.integers(14, 25))
    leaves = tuple(
        leaf((x, y), 0.24, 0.055, degrees + 90 + side)
        for x, y, degrees in ring(count, 0.87)
        for side in (-24, 24)
    )
    return [Fill(leaves, 0.55, 0.7)]


def _waves(rng: np.random.Generator) -> Drawing:
    count = int(rng.integers(9, 16))
    turn = np.linspace(0, 2 * np.pi, 240)
    rope = [
        np.column_stack([r * np.cos(turn), r * np.sin(turn)])
        for r in (0.88 + 0.08 * np.cos(count * turn), 0.88 - 0.08 * np.cos(count * turn))
    ]
    return [Line(tuple(rope), 0.05, 0.5)]


_FRAMES = (_stars, _rays, _pearls, _garland, _waves)
