"""Motifs made by people: ships, towers, crowns, tools, arms."""

import numpy as np

from coinvec.testing.drawing import (
    Drawing,
    Fill,
    Line,
    Points,
    arc,
    blob,
    both,
    box,
    curve,
    disc,
    mirrored,
    outlined,
    place,
    points,
    ring,
    ripple,
    smooth,
    star,
)

_Rng = np.random.Generator


def ship(rng: _Rng) -> Drawing:
    """A sailing ship on waves."""
    hull = curve("-0.78,0.22 -0.5,0.34 0,0.36 0.5,0.3 0.86,0.1")
    keel = curve("0.7,0.42 0.4,0.62 -0.35,0.62 -0.66,0.44")
    sails, seams = [], []
    bulge = float(rng.uniform(0.08, 0.2))
    masts = (-0.34, 0.22) if rng.random() < 0.5 else (-0.46, 0.0, 0.42)
    for x in masts:
        for top, bottom, half in ((-0.80, -0.36, 0.20), (-0.30, 0.14, 0.25)):
            sails.append(_sail(x, top, bottom, half, bulge))
            seams.append(sails[-1][6:16] * [0.6, 1.0] + [0.4 * x, 0.0])
    waves = [ripple(0.75, y, 0.05, 9) for y in (0.70, 0.82)]
    pennants = [points((x, -0.98), (x - 0.24, -0.92), (x, -0.86)) for x in masts]
    return [
        Line(tuple(points((x, -0.98), (x, 0.34)) for x in masts), 0.04, 0.5),
        Fill((np.vstack([hull, keel]),), 0.8, 0.5),
        Line((place(hull, at=(0.0, 0.10)), place(hull, at=(0.0, 0.19), scale=0.9)), 0.03, -0.3),
        Fill(tuple(sails), 0.75, 0.8),
        Fill(tuple(pennants), 0.5, 0.2),
        Line(tuple(waves), 0.05, 0.4),
    ]


def _sail(x: float, top: float, bottom: float, half: float, bulge: float) -> Points:
    upper = [(x - 0.8 * half, top), (x + 0.8 * half, top)]
    right = [(x + half + bulge, (top + bottom) / 2), (x + half, bottom)]
    return smooth(
        [
            *upper,
            *right,
            (x, bottom - 0.06),
            (x - half, bottom),
            (x - 0.7 * half + bulge, (top + bottom) / 2),
        ],
        samples=5,
    )


def castle(rng: _Rng) -> Drawing:
    """A castle with three towers, gate and masonry."""
    tall = float(rng.uniform(0.0, 0.15))
    towers = [
        _tower(-0.52, 0.22, -0.36),
        _tower(0.52, 0.22, -0.36),
        _tower(0.0, 0.26, -0.72 - tall),
    ]
    wall = box(-0.72, 0.02, 0.72, 0.70)
    gate = np.vstack(
        [arc((0, 0.36), (0.17, 0.20), (180, 360)), points((0.17, 0.72), (-0.17, 0.72))]
    )
    courses = [points((-0.70, y), (0.70, y)) for y in (0.16, 0.30, 0.44, 0.58)]
    joints = [
        points((x + 0.08 * (row % 2), 0.03 + 0.14 * row), (x + 0.08 * (row % 2), 0.15 + 0.14 * row))
        for row in range(5)
        for x in np.linspace(-0.64, 0.56, 8)
    ]
    slits = [
        box(x - 0.035, y, x + 0.035, y + 0.16) for x, y in ((-0.52, -0.2), (0.52, -0.2), (0, -0.5))
    ]
    return [
        Fill((*towers, wall), 0.7, 0.25),
        Line(tuple(courses + joints), 0.022, -0.2),
        Line(tuple(np.vstack([s, s[:1]]) for s in slits), 0.05, -0.5),
        Line((points((0, -0.72 - tall), (0, -0.98)),), 0.03, 0.5),
        outlined((gate,), 0.05),
        Line(tuple(points((x, 0.22), (x, 0.70)) for x in (-0.11, -0.04, 0.04, 0.11)), 0.03, -0.45),
        Fill((box(-0.86, 0.70, 0.86, 0.78),), 0.6, 0.2),
    ]


def _tower(x: float, half: float, top: float) -> Points:
    tooth = 2 * half / 5
    teeth = [
        (x - half + tooth * k, top - (0.13 if k % 2 == i else 0.0))
        for k in range(6)
        for i in ((1, 0) if k else (0,))
    ]
    return points((x - half, 0.5), (x - half, top), *teeth[:-1], (x + half, top), (x + half, 0.5))


def crown(rng: _Rng) -> Drawing:
    """A royal crown with arches and orb."""
    lift = float(rng.uniform(-0.05, 0.05))
    band = curve("-0.7,0.42 0,0.52 0.7,0.42")
    lower = curve("0.68,0.66 0,0.76 -0.68,0.66")
    outer = smooth(
        [(-0.66, 0.40), (-0.86, -0.10), (-0.62, -0.42), (-0.24, -0.40), (0.0, -0.28 + lift)],
        closed=False,
    )
    middle = smooth(
        [(-0.30, 0.46), (-0.36, 0.0), (-0.20, -0.26), (0.0, -0.28 + lift)], closed=False
    )
    cap = np.vstack([outer, mirrored(outer)[::-1], band[::-1]])
    pearls = [
        disc((float(x), float(y)), 0.05)
        for x, y in np.vstack([outer[4:-4:4], mirrored(outer)[4:-4:4]])
    ]
    gems = [place(star(4, 0.10, 0.07), at=(x, 0.60 - 0.14 * abs(x))) for x in (-0.45, 0.0, 0.45)]
    cross = (box(-0.04, -0.92, 0.04, -0.56), box(-0.13, -0.80, 0.13, -0.72))
    return [
        Fill((cap,), 0.42, 0.5),
        Line((outer, mirrored(outer), middle, mirrored(middle)), 0.10, 0.25),
        Fill((np.vstack([band, lower]),), 0.85, 0.3),
        Fill(tuple(gems), 0.25, 0.8, stacked=True),
        Fill(tuple(pearls), 0.3, 0.9, stacked=True),
        Fill((disc((0, -0.42 + lift), 0.15), *cross), 0.85, 0.7),
    ]


def shield(rng: _Rng) -> Drawing:
    """A shield with quartered arms."""
    side = curve("0,-0.8 0.36,-0.72 0.7,-0.82 0.7,-0.1 0.5,0.5 0,0.94")
    outline = np.vstack([side, mirrored(side)[::-1]])
    inner = place(outline, scale=0.88)
    charges = [
        _charge(rng, x, y) for x, y in ((-0.32, -0.38), (0.32, -0.38), (-0.26, 0.26), (0.26, 0.26))
    ]
    bars = [points((0.02, y), (0.64 - 0.25 * max(y, 0), y)) for y in np.linspace(-0.68, -0.06, 6)]
    return [
        Fill((outline,), 0.55, 0.5),
        Line((np.vstack([inner, inner[:1]]),), 0.035, -0.3),
        Line((points((0, -0.72), (0, 0.8)), points((-0.62, -0.02), (0.62, -0.02))), 0.05, 0.2),
        Line(tuple(bars[:: int(rng.integers(1, 3))]), 0.025, -0.2),
        *charges,
    ]


def _charge(rng: _Rng, x: float, y: float) -> Fill:
    shapes = (
        (star(5, 0.20, 0.08),),
        (disc((0, 0), 0.15),),
        (place(box(-0.12, -0.12, 0.12, 0.12), degrees=45),),
        (box(-0.045, -0.19, 0.045, 0.19), box(-0.19, -0.045, 0.19, 0.045)),
    )
    chosen = shapes[int(rng.integers(len(shapes)))]
    return Fill(tuple(place(s, at=(x, y)) for s in chosen), 0.35, 0.5, stacked=True)


def anchor(rng: _Rng) -> Drawing:
    """An anchor with a rope."""
    sweep = float(rng.uniform(0.55, 0.66))
    arms = arc((0, 0.20), (sweep, 0.56), (15, 165))
    flukes = both(points((sweep + 0.16, 0.42), (sweep - 0.10, 0.12), (sweep - 0.22, 0.44)))
    rope = curve("0.1,-0.7 0.34,-0.45 -0.26,-0.1 0.26,0.24 -0.18,0.52 0.3,0.66")
    return [
        Line((points((0, -0.55), (0, 0.72)), arms), 0.14, 0.7),
        Line((points((-0.42, -0.42), (0.42, -0.42)),), 0.12, 0.65),
        Line((arc((0, -0.74), (0.15, 0.15)),), 0.08, 0.7),
        Fill((*flukes, *both(disc((0.42, -0.42), 0.09))), 0.7, 0.4),
        Line((rope,), 0.09, -0.25),
        Line((rope,), 0.05, 0.45),
    ]


def key(rng: _Rng) -> Drawing:
    """Two crossed keys."""
    cuts = sorted(float(c) for c in rng.uniform(0.38, 0.80, 2))
    strokes: Drawing = []
    for turn in (-35, 35):
        bow = [
            place(arc(at, (0.15, 0.15)), degrees=turn)
            for at in ((-0.13, -0.62), (0.13, -0.62), (0, -0.80))
        ]
        bits = [place(box(0.02, c - 0.05, 0.30, c + 0.05), degrees=turn) for c in cuts]
        stem = place(points((0, -0.5), (0, 0.88)), degrees=turn)
        strokes += [Line((stem,), 0.17, -0.35)] if turn > 0 else []
        strokes += [
            Line((stem,), 0.11, 0.6),
            Line(tuple(bow), 0.08, 0.6),
            Fill(tuple(bits), 0.6, 0.3),
        ]
        strokes += [Fill((place(disc((0, -0.46), 0.10), degrees=turn),), 0.75, 0.6)]
    return strokes


def bell(rng: _Rng) -> Drawing:
    """A bell with ornament bands."""
    flare = float(rng.uniform(0.62, 0.78))
    side = smooth(
        [(0.0, -0.62), (0.24, -0.58), (0.36, -0.30), (0.40, 0.16), (0.54, 0.40), (flare, 0.56)],
        closed=False,
    )
    body = np.vstack([side, mirrored(side)[::-1]])
    bands = [
        arc((0, y), (half, 0.07), (12, 168))
        for y, half in ((-0.32, 0.36), (-0.22, 0.38), (0.22, 0.42), (0.36, 0.52))
    ]
    return [
        Line((arc((0, -0.74), (0.14, 0.14)), points((-0.3, -0.9), (0.3, -0.9))), 0.10, 0.6),
        Fill((disc((0, 0.68), 0.16),), 0.6, 0.8),
        Fill((body,), 0.8, 0.7),
        Line(tuple(bands), 0.035, -0.3),
        Fill((star(6, 0.15, 0.07, at=(0, 0.06)),), 0.25, 0.4, stacked=True),
        Line((arc((0, 0.52), (flare, 0.12), (0, 180)),), 0.07, 0.2),
    ]


def lyre(rng: _Rng) -> Drawing:
    """A lyre with strings."""
    reach = float(rng.uniform(0.56, 0.68))
    arm = smooth(
        [
            (0.10, 0.66),
            (0.52, 0.52),
            (0.56, 0.10),
            (0.36, -0.30),
            (reach, -0.72),
            (reach + 0.16, -0.60),
        ],
        closed=False,
    )
    foot = blob("-0.34,0.56 0.34,0.56 0.22,0.76 0.34,0.92 -0.34,0.92 -0.22,0.76")
    count = int(rng.integers(4, 8))
    strings = [points((x, -0.46), (0.7 * x, 0.52)) for x in np.linspace(-0.24, 0.24, count)]
    return [
        Line((arm, mirrored(arm)), 0.13, 0.7),
        Line((points((-0.52, -0.48), (0.52, -0.48)),), 0.09, 0.6),
        Line(tuple(strings), 0.03, 0.45),
        Fill((foot,), 0.7, 0.5),
        Fill(both(disc((0.52, -0.48), 0.08)), 0.8, 0.7),
    ]


def lighthouse(rng: _Rng) -> Drawing:
    """A lighthouse on a rock, with beams."""
    tower = points((-0.15, -0.42), (0.15, -0.42), (0.26, 0.50), (-0.26, 0.50))
    rock = blob("-0.72,0.62 -0.4,0.44 0,0.5 0.36,0.42 0.74,0.62 0.5,0.78 -0.5,0.78")
    bands = [
        points((-0.17 - 0.11 * t, y), (0.17 + 0.11 * t, y))
        for t, y in ((0.1, -0.26), (0.5, 0.06), (0.9, 0.36))
    ]
    count = int(rng.integers(3, 5))
    beams = [
        place(
            points((0.22, -0.02), (0.86, -0.10), (0.86, 0.10), (0.22, 0.02)),
            at=(0, -0.60),
            degrees=turn,
        )
        for turn in (*np.linspace(-24, 30, count), *np.linspace(150, 204, count))
    ]
    waves = [ripple(0.6, y, 0.04, 7) for y in (0.84, 0.93)]
    return [
        Fill(tuple(beams), 0.3, 0.0),
        Fill((tower, box(-0.22, -0.48, 0.22, -0.40)), 0.8, 0.6),
        Line(tuple(bands), 0.10, -0.25),
        Fill(
            (box(-0.13, -0.72, 0.13, -0.48), points((-0.19, -0.72), (0, -0.92), (0.19, -0.72))),
            0.7,
            0.4,
        ),
        Fill((rock,), 0.6, 0.6),
        Line(tuple(waves), 0.045, 0.4),
    ]


def cogwheel(rng: _Rng) -> Drawing:
    """A cogwheel with crossed hammers."""
    teeth = int(rng.integers(10, 17))
    angle = np.linspace(0, 2 * np.pi, 16 * teeth, endpoint=False)
    radius = np.where(np.sin(teeth * angle) > 0, 0.88, 0.72)
    wheel = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    hammers: Drawing = []
    for turn in (-45, 45):
        handle = place(points((0, -0.34), (0, 0.46)), degrees=turn)
        head = place(
            points((-0.22, -0.44), (0.16, -0.44), (0.26, -0.34), (0.16, -0.26), (-0.22, -0.26)),
            degrees=turn,
        )
        hammers += [
            Line((handle,), 0.13, -0.3),
            Line((handle,), 0.08, 0.6),
            Fill((head,), 0.75, 0.3),
        ]
    return [
        Fill((wheel,), 0.6, 0.15),
        Line((arc((0, 0), (0.55, 0.55)),), 0.06, 0.2),
        Fill((disc((0, 0), 0.52, samples=60),), -0.45, 0.0, stacked=True),
        *hammers,
    ]


def windmill(rng: _Rng) -> Drawing:
    """A windmill with four sails."""
    turn = float(rng.uniform(15, 75))
    body = points((-0.20, -0.34), (0.20, -0.34), (0.38, 0.76), (-0.38, 0.76))
    cap = blob("-0.26,-0.34 -0.14,-0.56 0.14,-0.56 0.26,-0.34")
    arms, cloths, slats = [], [], []
    for quarter in range(4):
        degrees = turn + 90 * quarter
        arms.append(place(points((0, 0), (0.80, 0)), at=(0, -0.32), degrees=degrees))
        cloths.append(place(box(0.22, 0.0, 0.78, 0.20), at=(0, -0.32), degrees=degrees))
        slats += [
            place(points((x, 0.02), (x, 0.19)), at=(0, -0.32), degrees=degrees)
            for x in np.linspace(0.30, 0.70, 5)
        ]
    door = np.vstack([arc((0, 0.54), (0.10, 0.10), (180, 360)), points((0.1, 0.76), (-0.1, 0.76))])
    return [
        Fill((body, cap), 0.6, 0.6),
        outlined((door, box(-0.07, 0.05, 0.07, 0.20)), 0.04),
        outlined(cloths, 0.035),
        Fill(tuple(cloths), 0.7, 0.1),
        Line(tuple(slats), 0.025, -0.3),
        Line(tuple(arms), 0.06, 0.35),
        Fill((disc((0, -0.32), 0.09), box(-0.85, 0.76, 0.85, 0.84)), 0.9, 0.6),
    ]


def stars(rng: _Rng) -> Drawing:
    """A large star within a ring of small ones."""
    rays, count = int(rng.integers(5, 9)), int(rng.integers(7, 13))
    large = star(rays, 0.56, 0.24)
    ridges = [points((0, 0), (float(x), float(y))) for x, y in large]
    small = [star(5, 0.11, 0.045, at=(x, y)) for x, y, _ in ring(count, 0.80)]
    return [
        Fill((large,), 0.7, 0.5),
        Line(tuple(ridges[::2]), 0.03, 0.2),
        Line(tuple(ridges[1::2]), 0.03, -0.2),
        Fill(tuple(small), 0.6, 0.5),
    ]
