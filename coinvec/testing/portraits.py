"""Heads in profile: people who never lived, told apart by features, hair and headgear."""

from collections.abc import Callable

import numpy as np

from coinvec.testing.drawing import (
    Drawing,
    Fill,
    Line,
    Points,
    arc,
    between,
    blob,
    curve,
    disc,
    leaf,
    outlined,
    points,
    smooth,
    star,
)

_HAIRLINE, _THROAT = (0.29, -0.66), (0.20, 0.56)


def portrait(rng: np.random.Generator) -> Drawing:
    """A head that looks to the right."""
    style = portrait_style(rng)
    hair, gear = _HAIR[style[0]], _HEADGEAR[style[1]]
    drawing: Drawing = [Fill((_bust(rng),), 0.72, 0.45)]
    drawing += _features(rng)
    if hair is _short and rng.random() < 0.5:
        drawing += _beard(rng)
    return drawing + hair(rng) + gear()


def portrait_style(rng: np.random.Generator) -> tuple[int, int]:
    """Which hair and which headgear `portrait` draws with a generator in the same state."""
    return int(rng.integers(len(_HAIR))), int(rng.integers(len(_HEADGEAR)))


def _bust(rng: np.random.Generator) -> Points:
    nose = float(rng.uniform(-0.03, 0.07))
    chin = float(rng.uniform(-0.03, 0.05))
    brow = float(rng.uniform(-0.02, 0.03))
    forehead = [(0.08, -0.80), _HAIRLINE, (0.40 + brow, -0.48), (0.43 + brow, -0.35), (0.41, -0.27)]
    middle = [(0.50 + nose / 2, -0.12), (0.59 + nose, -0.02), (0.57 + nose, 0.04), (0.46, 0.07)]
    mouth = [(0.505, 0.14), (0.46, 0.185), (0.49, 0.245), (0.435, 0.31)]
    jaw = [(0.455 + chin, 0.41), (0.41 + chin, 0.50), (0.31, 0.545), _THROAT]
    face = [*forehead, *middle, *mouth, *jaw]
    neck = [(0.13, 0.64), (0.12, 0.76), (0.22, 0.92), (0.0, 0.99), (-0.34, 0.93), (-0.52, 0.80)]
    back = [(-0.44, 0.58), (-0.45, 0.30), (-0.58, 0.05), (-0.64, -0.22), (-0.56, -0.52)]
    return smooth([*face, *neck, *back, (-0.28, -0.76)], samples=6)


def _features(rng: np.random.Generator) -> Drawing:
    lid = float(rng.uniform(-0.02, 0.02))
    socket = smooth([(0.22, -0.26), (0.30, -0.30 + lid), (0.38, -0.27)], closed=False)
    lower = curve("0.24,-0.215 0.31,-0.185 0.365,-0.22")
    brow = smooth([(0.18, -0.37), (0.28, -0.42 + lid), (0.41, -0.375)], closed=False)
    mouth = curve("0.34,0.2 0.4,0.185 0.47,0.185")
    nostril = curve("0.42,0.01 0.44,-0.06 0.5,-0.06")
    jaw = curve("0.34,0.53 0.08,0.42 -0.06,0.2")
    return [
        Line((jaw,), 0.09, -0.16),
        Line((socket, lower), 0.03, -0.28),
        Fill((disc((0.32, -0.235), 0.035),), 0.18, 1.0, stacked=True),
        Line((brow,), 0.05, 0.14),
        Line((mouth, nostril), 0.03, -0.30),
        *_ear(),
    ]


def _ear() -> Drawing:
    shell = arc((-0.07, -0.08), (0.085, 0.14), degrees=-12)
    inner = arc((-0.06, -0.09), (0.045, 0.085), (100, 330), degrees=-12)
    return [outlined((shell,), 0.03), Fill((shell,), 0.16, 0.6, stacked=True), Line((inner,), 0.03)]


def _beard(rng: np.random.Generator) -> Drawing:
    length = float(rng.uniform(0.0, 0.16))
    front = [(0.42, 0.25), (0.50, 0.40), (0.46, 0.58 + length), (0.30, 0.66 + length)]
    outline = smooth([(0.30, 0.16), *front, (0.10, 0.54), (-0.04, 0.26), (-0.02, 0.10)])
    outer = smooth([(0.0, 0.12), (0.02, 0.36), (0.16, 0.54), (0.30, 0.64 + length)], closed=False)
    inner = smooth([(0.30, 0.20), (0.34, 0.34), (0.40, 0.48), (0.44, 0.58 + length)], closed=False)
    return [
        Fill((outline,), 0.14, 0.4, stacked=True),
        Line(tuple(between(outer, inner, 5)), 0.028, -0.28),
    ]


def _strands(first: Points, second: Points, count: int) -> Line:
    """Engraved locks of hair that flow from one curve to another."""
    paths = between(first, second, count)
    wave = 0.012 * np.sin(np.linspace(0, 5 * np.pi, len(first)))
    return Line(tuple(path + wave[:, None] for path in paths), 0.026, -0.26)


def _cap_of_hair(nape: float) -> Drawing:
    outer = [(0.30, -0.66), (0.06, -0.83), (-0.30, -0.79), (-0.59, -0.54), (-0.675, -0.20)]
    outer += [(-0.60, 0.06), (-0.49, nape)]
    inner = [(0.30, -0.62), (0.22, -0.48), (0.10, -0.40), (0.02, -0.26), (-0.14, -0.22)]
    inner += [(-0.20, 0.0), (-0.36, nape - 0.02)]
    edge, hairline = smooth(outer, closed=False), smooth(inner, closed=False)
    scalp = np.vstack([edge, hairline[::-1]])
    return [
        outlined((scalp,), 0.03),
        Fill((scalp,), 0.17, 0.35, stacked=True),
        _strands(edge, hairline, 8),
    ]


def _short(_rng: np.random.Generator) -> Drawing:
    return _cap_of_hair(0.30)


def _bun(rng: np.random.Generator) -> Drawing:
    at = (-0.72, float(rng.uniform(-0.35, 0.02)))
    knot = disc(at, 0.19)
    coils = [arc(at, (r, r), (0, 320), degrees=40 * i) for i, r in enumerate((0.06, 0.115))]
    return [
        *_cap_of_hair(0.22),
        outlined((knot,), 0.04),
        Fill((knot,), 0.75, 0.8),
        Line(tuple(coils), 0.03, -0.25),
    ]


def _long(rng: np.random.Generator) -> Drawing:
    end = float(rng.uniform(0.60, 0.85))
    outer = [(0.30, -0.66), (0.04, -0.86), (-0.34, -0.82), (-0.66, -0.54), (-0.76, -0.10)]
    outer += [(-0.72, 0.32), (-0.70, end)]
    inner = [(0.30, -0.62), (0.20, -0.46), (0.08, -0.32), (-0.02, -0.12), (-0.06, 0.16)]
    inner += [(-0.14, 0.44), (-0.30, end + 0.06)]
    edge, hairline = smooth(outer, closed=False), smooth(inner, closed=False)
    fall = np.vstack([edge, hairline[::-1]])
    return [outlined((fall,), 0.03), Fill((fall,), 0.88, 0.3), _strands(edge, hairline, 9)]


def _curls(rng: np.random.Generator) -> Drawing:
    locks, whirls = [], []
    for row, (radius, count) in enumerate(((0.56, 9), (0.40, 7), (0.24, 4))):
        for turn in np.linspace(-62 - 8 * row, -242 + 30 * row, count):
            angle = np.radians(turn + float(rng.uniform(-3, 3)))
            at = (-0.12 + radius * float(np.cos(angle)), -0.26 + radius * float(np.sin(angle)))
            locks.append(disc(at, 0.10))
            whirls.append(arc(at, (0.05, 0.05), (turn, turn + 270), samples=14))
    cap = _cap_of_hair(0.24)[1]
    return [cap, Fill(tuple(locks), 0.86, 0.8), Line(tuple(whirls), 0.028, -0.34)]


def _nothing() -> Drawing:
    return []


def _laurel() -> Drawing:
    spine = curve("-0.58,-0.02 -0.42,-0.34 -0.1,-0.52 0.28,-0.56")
    leaves = []
    for (x, y), (dx, dy) in zip(spine[2::4], np.diff(spine, axis=0)[2::4], strict=False):
        along = float(np.degrees(np.arctan2(dy, dx)))
        leaves += [leaf((x, y), 0.20, 0.045, along + side) for side in (-38, 32)]
    ties = [leaf((-0.56, 0.0), 0.32, 0.035, degrees) for degrees in (80, 110)]
    return [outlined(leaves, 0.025), Fill((*leaves, *ties), 0.98, 0.5)]


def _crown() -> Drawing:
    base = smooth([(-0.60, -0.46), (-0.20, -0.50), (0.34, -0.58)], closed=False, samples=6)
    top = [(0.42, -0.88), (0.22, -0.74), (0.08, -0.97), (-0.10, -0.73)]
    top += [(-0.27, -0.94), (-0.40, -0.68), (-0.66, -0.80)]
    band = np.vstack([base, points(*top)])
    jewels = [disc((x, y - 0.02), 0.045) for x, y in (top[0], top[2], top[4], top[6])]
    studs = [disc((-0.40 + 0.16 * i, -0.545 - 0.02 * i), 0.03) for i in range(5)]
    return [
        outlined((band,), 0.035),
        Fill((band,), 0.95, 0.2),
        Fill(tuple(jewels), 1.0, 0.8),
        Fill(tuple(studs), 0.2, 0.8, stacked=True),
    ]


def _diadem() -> Drawing:
    band = curve("-0.62,-0.22 -0.34,-0.46 0.02,-0.58 0.32,-0.6")
    pearls = [disc((float(x), float(y)), 0.042) for x, y in band[::3]]
    ray = star(8, 0.15, 0.06, at=(0.26, -0.68))
    return [
        Line((band,), 0.12, -0.22),
        Fill(tuple(pearls), 0.30, 0.8, stacked=True),
        Fill((ray,), 1.0, 0.4),
    ]


def _helmet() -> Drawing:
    shell = blob("0.44,-0.44 0.26,-0.76 -0.12,-0.9 -0.52,-0.72 -0.72,-0.3")
    rim = curve("0.44,-0.42 0.1,-0.42 -0.26,-0.34 -0.72,-0.16")
    dome = np.vstack([shell[: 4 * 8], rim[::-1]])
    outer = [(0.30, -0.86), (0.0, -1.0), (-0.45, -0.94), (-0.80, -0.62), (-0.90, -0.16)]
    crest = smooth([*outer, (-0.76, -0.24), (-0.66, -0.56), (-0.40, -0.80), (-0.06, -0.88)])
    combs = [
        points((x, -0.98 + 0.5 * x * x), (0.86 * x, -0.82 + 0.42 * x * x))
        for x in np.linspace(0.1, -0.8, 11)
    ]
    return [
        Fill((crest,), 0.80, 0.3),
        Line(tuple(combs), 0.025, -0.3),
        outlined((dome,), 0.035),
        Fill((dome,), 0.98, 0.7),
        Line((rim,), 0.06, 0.2),
    ]


_HAIR: tuple[Callable[[np.random.Generator], Drawing], ...] = (_short, _bun, _long, _curls)
_HEADGEAR: tuple[Callable[[], Drawing], ...] = (_nothing, _laurel, _crown, _diadem, _helmet)

PORTRAIT_STYLES = tuple((i % len(_HAIR), i % len(_HEADGEAR)) for i in range(20))
"""Every pair of hair and headgear, so ordered that neighbours differ in both."""
