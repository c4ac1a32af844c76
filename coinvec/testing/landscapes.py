"""Motifs of plants, sky and land."""

import numpy as np

from coinvec.testing.drawing import (
    Drawing,
    Fill,
    Line,
    Points,
    arc,
    blob,
    both,
    curve,
    disc,
    leaf,
    outlined,
    place,
    points,
    ring,
    ripple,
    smooth,
    spoke,
)

_Rng = np.random.Generator


def oak(rng: _Rng) -> Drawing:
    """An oak twig with lobed leaves and acorns."""
    strokes: Drawing = [Line((curve("0,0.92 0.04,0.4 0,0.1"),), 0.07, 0.6)]
    for lean, length in ((-58.0, 0.80), (58.0, 0.80), (0.0, 0.90)):
        turn = lean - 90.0 + float(rng.uniform(-6, 6))
        outline = place(_lobed(length), at=(0.0, 0.16), degrees=turn)
        rib = spoke((0.0, 0.16), 0.74, turn)
        side = [
            place(points((x, 0.0), (x + 0.12, 0.14 * s)), at=(0.0, 0.16), degrees=turn)
            for x in (0.18, 0.34, 0.50)
            for s in (-1, 1)
        ]
        strokes += [Fill((outline,), 0.6, 0.5), Line((rib, *side), 0.028, -0.3)]
    nuts = both(arc((0.30, 0.58), (0.12, 0.18)))
    cups = both(arc((0.30, 0.44), (0.15, 0.10)))
    return [*strokes, Fill(nuts, 0.75, 0.9), outlined(cups, 0.03), Fill(cups, 0.85, 0.5)]


def _lobed(length: float) -> Points:
    x = np.linspace(0.0, 1.0, 41)
    half = (0.13 + 0.055 * np.sin(x * 8 * np.pi)) * np.sin(np.pi * np.clip(x, 0.02, 0.98)) ** 0.5
    return np.vstack([np.column_stack([x, half]), np.column_stack([x, -half])[::-1]]) * [
        length,
        1.6,
    ]


def wheat(rng: _Rng) -> Drawing:
    """A sheaf of wheat ears."""
    stems, grains, awns = [], [], []
    count = int(rng.integers(2, 4)) * 2 - 1
    for lean in np.linspace(-30, 30, count):
        top = np.array([np.sin(np.radians(lean)), -np.cos(np.radians(lean))])
        stems.append(smooth([(0.12 * lean / 30, 0.9), (0.0, 0.4), tuple(top * 0.5)], closed=False))
        for k in range(6):
            x, y = top * (0.26 + 0.115 * k)
            grains += [leaf((x, y), 0.15, 0.036, lean - 90 + side) for side in (-42, 42)]
            awns += [spoke((x, y), 0.30, lean - 90 + side) for side in (-16, 16)]
    band = blob("-0.16,0.36 0.16,0.36 0.16,0.48 -0.16,0.48")
    return [
        Line(tuple(stems), 0.045, 0.5),
        Line(tuple(awns), 0.014, 0.22),
        Fill(tuple(grains), 0.75, 0.7),
        Line(tuple(grains), 0.018, -0.25),
        Fill((band,), 0.8, 0.4),
    ]


def tree(rng: _Rng) -> Drawing:
    """A broad-leaved tree with roots."""
    trunk = blob("-0.08,-0.1 0.08,-0.1 0.1,0.5 0.4,0.84 0.06,0.72 -0.06,0.72 -0.4,0.84 -0.1,0.5")
    crowns = [disc((x, y - 0.34), float(rng.uniform(0.20, 0.27))) for x, y, _ in ring(8, 0.40)]
    crowns.append(disc((0, -0.34), 0.34))
    leaves = [
        leaf((float(x), float(y)), 0.11, 0.032, float(turn))
        for x, y, turn in zip(
            rng.uniform(-0.5, 0.5, 46),
            rng.uniform(-0.82, 0.14, 46),
            rng.uniform(0, 360, 46),
            strict=True,
        )
        if x * x + (y + 0.34) ** 2 < 0.27
    ]
    return [
        Fill((trunk,), 0.6, 0.6),
        Fill(tuple(crowns), 0.6, 0.6),
        Fill(tuple(leaves), 0.25, 0.6, stacked=True),
        Line((points((-0.7, 0.88), (0.7, 0.88)),), 0.05, 0.4),
    ]


def flower(rng: _Rng) -> Drawing:
    """A blossom seen from the front."""
    petals = int(rng.integers(5, 9))
    width = float(rng.uniform(0.26, 0.32)) * 5 / petals + 0.04
    strokes: Drawing = [
        Fill(
            tuple(
                leaf((0, 0), 0.92, 0.10, turn + 180 / petals) for _, _, turn in ring(petals, 1.0)
            ),
            0.35,
            0.5,
        )
    ]
    outer = tuple(leaf((0, 0), 0.80, width, turn) for _, _, turn in ring(petals, 1.0))
    veins = tuple(
        spoke((0, 0), 0.62, turn + side) for _, _, turn in ring(petals, 1.0) for side in (-9, 0, 9)
    )
    strokes += [outlined(outer, 0.04), Fill(outer, 0.6, 0.6), Line(veins, 0.02, -0.2)]
    heart = disc((0, 0), 0.22)
    seeds = tuple(disc((x, y), 0.04) for x, y, _ in (*ring(9, 0.15), *ring(4, 0.06)))
    return [
        *strokes,
        outlined((heart,), 0.05),
        Fill((heart,), 0.75, 0.5),
        Fill(seeds, 0.2, 0.8, stacked=True),
    ]


def grapes(rng: _Rng) -> Drawing:
    """A bunch of grapes with a vine leaf."""
    berries = []
    for row, count in enumerate((3, 4, 5, 4, 3, 2, 1)):
        for k in range(count):
            x = (k - (count - 1) / 2) * 0.22 + float(rng.uniform(-0.015, 0.015))
            berries.append(disc((x, -0.22 + 0.175 * row), 0.10))
    vine = curve("-0.62,-0.6 -0.2,-0.74 0.1,-0.62 0,-0.36")
    angle = np.linspace(0, 2 * np.pi, 60)
    radius = 0.26 + 0.07 * np.cos(5 * angle) + 0.02 * np.cos(15 * angle)
    foliage = place(
        np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]),
        at=(0.34, -0.62),
        scale=1.1,
    )
    veins = [spoke((0.34, -0.62), 0.28, 72.0 * k) for k in range(5)]
    return [
        Line((vine,), 0.07, 0.55),
        Fill((foliage,), 0.5, 0.4),
        Line(tuple(veins), 0.025, -0.25),
        outlined(berries, 0.03),
        Fill(tuple(berries), 0.75, 0.9),
    ]


def sun(rng: _Rng) -> Drawing:
    """A sun with a face and wavy rays."""
    rays = int(rng.integers(6, 10))
    straight = [
        leaf((0.40 * np.cos(a), 0.40 * np.sin(a)), 0.56, 0.085, float(np.degrees(a)))
        for a in np.arange(rays) * 2 * np.pi / rays
    ]
    wavy = []
    for k in range(rays):
        path = curve("0.44,0 0.58,0.05 0.72,-0.04 0.88,0.02")
        wavy.append(place(path, degrees=360 * (k + 0.5) / rays))
    eyes = both(
        arc((0.15, -0.10), (0.08, 0.05), (180, 360)), arc((0.15, -0.08), (0.06, 0.04), (0, 180))
    )
    return [
        Fill(tuple(straight), 0.55, 0.5),
        Line(tuple(wavy), 0.07, 0.45),
        Fill((disc((0, 0), 0.42, samples=60),), 0.8, 0.6),
        Line(
            (
                *eyes,
                arc((0, 0.08), (0.17, 0.12), (20, 160)),
                arc((0, 0.0), (0.05, 0.06), (20, 160)),
            ),
            0.035,
            -0.35,
        ),
        Line((arc((0, 0), (0.37, 0.37), samples=60),), 0.025, -0.25),
    ]


def mountains(rng: _Rng) -> Drawing:
    """Three peaks above a lake, under a sun."""
    left, right = (float(h) for h in rng.uniform(-0.35, -0.05, 2))
    west = points((-0.88, 0.30), (-0.52, left), (-0.28, 0.02), (0.04, -0.62))
    peaks = np.vstack([west, points((0.34, -0.02), (0.58, right), (0.90, 0.30))])
    ridges = [
        points((0.04, -0.62), (0.10, -0.3), (0.02, -0.1), (0.12, 0.26)),
        points((-0.52, left), (-0.46, 0.0), (-0.54, 0.26)),
        points((0.58, right), (0.52, 0.02), (0.62, 0.26)),
    ]
    shade = [
        points((0.10 + 0.05 * k, -0.46 + 0.10 * k), (0.12 + 0.045 * k, -0.22 + 0.10 * k))
        for k in range(5)
    ]
    at = (-0.46, -0.66)
    rays = [place(points((0.20, 0.0), (0.31, 0.0)), at=at, degrees=30.0 * k) for k in range(12)]
    waves = [
        ripple(w, y, 0.035, 11) for y, w in ((0.42, 0.8), (0.56, 0.7), (0.70, 0.55), (0.82, 0.38))
    ]
    return [
        Fill((disc(at, 0.15),), 0.6, 0.7),
        Line(tuple(rays), 0.04, 0.4),
        Fill((peaks,), 0.7, 0.5),
        Line(tuple(ridges), 0.04, -0.3),
        Line(tuple(shade), 0.025, -0.3),
        Line(tuple(waves), 0.05, 0.4),
    ]


def wreath(rng: _Rng) -> Drawing:
    """Two branches that leave the middle free: for numerals and for coins with a hole."""
    branch = arc((0, 0), (0.80, 0.80), (82, -72), samples=40)
    leaves = []
    pairs = int(rng.integers(10, 14))
    for k in np.linspace(2, 36, pairs).astype(int):
        (x, y), (dx, dy) = branch[k], branch[k] - branch[k - 1]
        along = float(np.degrees(np.arctan2(dy, dx)))
        leaves += [leaf((x, y), 0.22, 0.05, along + side) for side in (-34, 34)]
    berries = [disc((0.88 * x, 0.88 * y), 0.03) for x, y in branch[4:-2:5]]
    bow = both(leaf((0.0, 0.80), 0.24, 0.06, -25), leaf((0.0, 0.80), 0.26, 0.04, 40))
    return [
        Line(both(branch), 0.03, 0.4),
        outlined(both(*leaves), 0.02),
        Fill(both(*leaves, *berries), 0.65, 0.7),
        Fill(bow, 0.75, 0.5),
    ]
