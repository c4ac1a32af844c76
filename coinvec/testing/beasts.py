"""Motifs of beasts: birds, fish, insects and slower ones."""

import numpy as np

from coinvec.testing.drawing import (
    Drawing,
    Fill,
    Line,
    arc,
    arranged,
    blob,
    both,
    curve,
    disc,
    leaf,
    mirrored,
    outlined,
    place,
    points,
    ripple,
    smooth,
    spoke,
)

_Rng = np.random.Generator


def owl(rng: _Rng) -> Drawing:
    """An owl that looks straight out of the coin."""
    half = curve("0,-0.7 0.3,-0.74 0.52,-0.94 0.56,-0.5 0.6,0 0.52,0.48 0.26,0.74 0,0.78")
    wing = blob("0.4,-0.24 0.74,0 0.7,0.46 0.44,0.82 0.36,0.3")
    plumes = [
        arc((x, y), (0.09, 0.10), (20, 160), samples=12)
        for row, y in enumerate(np.linspace(-0.04, 0.56, 6))
        for x in np.linspace(-0.28, 0.28, 4 - row % 2)
    ]
    size = float(rng.uniform(0.19, 0.24))
    eyes = both(disc((0.26, -0.42), size))
    quills = [
        smooth([(0.52 + 0.05 * k, 0.0), (0.56 + 0.03 * k, 0.3), (0.46, 0.66)], closed=False)
        for k in range(3)
    ]
    talons = [leaf((x, 0.74), 0.16, 0.04, 90) for x in (-0.26, -0.18, -0.10, 0.10, 0.18, 0.26)]
    return [
        Line((points((-0.85, 0.86), (0.85, 0.86)),), 0.10, 0.55),
        Fill((np.vstack([half, mirrored(half)[::-1]]),), 0.65, 0.6),
        Line(tuple(plumes), 0.03, -0.25),
        outlined(both(wing), 0.04),
        Fill(both(wing), 0.75, 0.5),
        Line(both(*quills), 0.03, -0.3),
        outlined(eyes, 0.05),
        Fill(eyes, 0.15, 0.2, stacked=True),
        Fill(both(disc((0.26, -0.42), size * 0.45)), 0.35, 0.9, stacked=True),
        Fill((points((-0.08, -0.34), (0.08, -0.34), (0.0, -0.12)), *talons), 1.0, 0.6),
    ]


def eagle(rng: _Rng) -> Drawing:
    """An eagle displayed, with spread wings."""
    count = int(rng.integers(6, 9))
    feathers = [
        leaf((0.14, -0.30 + 0.05 * k), 0.92 - 0.05 * k, 0.085, -62 + 118 * k / (count - 1))
        for k in range(count)
    ]
    body = blob("0,-0.6 0.2,-0.4 0.24,0.05 0.12,0.44 -0.12,0.44 -0.24,0.05 -0.2,-0.4")
    tail = [leaf((0.0, 0.34), 0.60, 0.07, degrees) for degrees in (58, 74, 90, 106, 122)]
    head = blob("-0.13,-0.5 -0.13,-0.78 0.02,-0.9 0.17,-0.82 0.34,-0.7 0.18,-0.66 0.12,-0.5")
    scales = [
        arc((x, y), (0.06, 0.06), (20, 160), samples=10)
        for row, y in enumerate((-0.3, -0.18, -0.06, 0.06, 0.18))
        for x in np.linspace(-0.12, 0.12, 3 - row % 2)
    ]
    legs = both(blob("0.12,0.36 0.3,0.5 0.34,0.66 0.28,0.66 0.22,0.54"))
    return [
        Fill(both(*feathers), 0.55, 0.5),
        Line(both(*feathers), 0.02, -0.2),
        Fill(tuple(tail), 0.5, 0.5),
        Line(tuple(tail), 0.02, -0.2),
        Fill((body, head, *legs), 0.8, 0.7),
        Line(tuple(scales), 0.025, -0.25),
        Fill((disc((0.06, -0.77), 0.03),), 0.2, 0.9, stacked=True),
    ]


def fish(rng: _Rng) -> Drawing:
    """A fish above waves."""
    belly = float(rng.uniform(0.30, 0.44))
    back = [(0.84, -0.06), (0.46, -belly), (0.0, -belly - 0.04), (-0.46, -0.14)]
    body = smooth([*back, (-0.50, 0.06), (0.0, belly - 0.10), (0.46, belly - 0.08)])
    tail = blob("-0.44,-0.04 -0.86,-0.42 -0.74,-0.02 -0.86,0.36")
    fins = (
        smooth([(0.30, -belly), (-0.10, -belly - 0.30), (-0.34, -0.20)]),
        blob("0.2,0.24 -0.12,0.48 -0.22,0.14"),
    )
    scales = [
        arc((x, y), (0.06, 0.065), (-80, 80), samples=10)
        for i, x in enumerate(np.linspace(-0.34, 0.34, 8))
        for y in np.linspace(-0.22, 0.14, 4) + 0.045 * (i % 2)
    ]
    rays = [points((-0.48, -0.04), (-0.80, y)) for y in (-0.32, -0.18, 0.12, 0.26)]
    waves = [ripple(0.6, y, 0.05, 9) for y in (0.60, 0.74)]
    return [
        Fill((tail, *fins), 0.5, 0.3),
        Line(tuple(rays), 0.03, -0.25),
        Fill((body,), 0.75, 0.7),
        Line(tuple(scales), 0.024, -0.25),
        Line((arc((0.40, -0.06), (0.12, 0.30), (-80, 80)),), 0.035, -0.35),
        Line((arc((0.63, -0.12), (0.05, 0.05)),), 0.03, -0.35),
        Line(tuple(waves), 0.05, 0.45),
    ]


def swan(rng: _Rng) -> Drawing:
    """A swan on water."""
    lift = float(rng.uniform(-0.08, 0.06))
    neck = curve("0.26,0.2 0.5,0 0.38,-0.3 0.3,-0.62 0.46,-0.78 0.6,-0.66")
    body = blob("0.46,0.1 0.5,0.36 0.2,0.54 -0.46,0.5 -0.86,0.14 -0.4,0.12 0.1,0.04")
    plumes = [
        leaf((0.18, 0.24 - 0.05 * k), 0.72 + 0.07 * k, 0.10, 184 + 13 * k + 60 * lift)
        for k in range(5)
    ]
    waves = [
        points((x, y), (x + 0.36, y))
        for x, y in ((-0.8, 0.62), (-0.3, 0.62), (0.3, 0.62), (-0.5, 0.74), (0.1, 0.74))
    ]
    return [
        Line((neck,), 0.16, 0.65),
        Fill((body, disc((0.50, -0.70), 0.12)), 0.7, 0.7),
        Fill((points((0.56, -0.74), (0.86, -0.56), (0.56, -0.58)),), 0.6, 0.4),
        outlined(plumes, 0.03),
        Fill(tuple(plumes), 0.16, 0.5, stacked=True),
        Line((arc((0.53, -0.72), (0.03, 0.03)),), 0.03, -0.4),
        Line(tuple(waves), 0.05, 0.4),
    ]


def bee(rng: _Rng) -> Drawing:
    """A bee seen from above."""
    spread = float(rng.uniform(-18, 4))
    wings = both(
        leaf((0.10, -0.20), 0.86, 0.20, spread), leaf((0.10, -0.08), 0.64, 0.15, spread + 36)
    )
    veins = both(*(spoke((0.12, -0.18), 0.6, spread + turn) for turn in (-6, 4, 30, 40)))
    abdomen = blob("0,-0.02 0.26,0.2 0.22,0.62 0,0.94 -0.22,0.62 -0.26,0.2")
    stripes = [
        arc((0, y), (half, 0.08), (10, 170))
        for y, half in ((0.16, 0.24), (0.32, 0.26), (0.48, 0.24), (0.62, 0.18))
    ]
    legs = both(
        *(
            smooth([(0.16, y), (0.42, y + 0.10), (0.50, y + 0.34)], closed=False)
            for y in (-0.1, 0.1, 0.3)
        )
    )
    feelers = both(curve("0.06,-0.62 0.14,-0.86 0.3,-0.94"))
    return [
        Line((*legs, *feelers), 0.045, 0.45),
        Fill(wings, 0.42, 0.25),
        Line(veins, 0.022, -0.2),
        Fill((abdomen, disc((0, -0.20), 0.24), disc((0, -0.52), 0.16)), 0.8, 0.7),
        Line(tuple(stripes), 0.06, -0.3),
        Fill(both(disc((0.11, -0.56), 0.06)), 0.2, 0.9, stacked=True),
    ]


def butterfly(rng: _Rng) -> Drawing:
    """A butterfly with patterned wings."""
    tip = float(rng.uniform(-0.86, -0.66))
    upper = smooth(
        [(0.06, -0.16), (0.40, -0.62), (0.86, tip), (0.88, -0.30), (0.52, 0.06), (0.08, 0.04)]
    )
    lower = blob("0.08,0.06 0.52,0.06 0.72,0.34 0.46,0.76 0.16,0.46")
    body = blob("0,-0.44 0.08,-0.2 0.06,0.3 0,0.6 -0.06,0.3 -0.08,-0.2")
    spots = both(disc((0.62, -0.44), 0.12), disc((0.40, 0.34), 0.11), disc((0.36, -0.24), 0.07))
    veins = both(
        *(
            points((0.10, -0.06), end)
            for end in ((0.70, -0.62), (0.78, -0.36), (0.62, -0.10), (0.56, 0.26), (0.34, 0.60))
        )
    )
    feelers = both(curve("0.03,-0.4 0.12,-0.64 0.26,-0.76"))
    return [
        Fill(both(upper, lower), 0.55, 0.35),
        Line(veins, 0.025, -0.25),
        outlined(spots, 0.035),
        Fill(spots, 0.2, 0.8, stacked=True),
        Fill((body,), 0.85, 0.7),
        Line(feelers, 0.035, 0.45),
    ]


def turtle(rng: _Rng) -> Drawing:
    """A turtle seen from above."""
    turn = float(rng.uniform(-30, 30))
    shell = arc((0, 0.06), (0.54, 0.64), samples=48)
    plates = [
        place(arc((0, 0), (0.19, 0.19), (0, 360), samples=7), at=(0, y), degrees=30)
        for y in (-0.26, 0.06, 0.38)
    ]
    spokes = [
        points(
            (0.16 * np.cos(a), 0.06 + 0.38 * np.sin(a)), (0.52 * np.cos(a), 0.06 + 0.62 * np.sin(a))
        )
        for a in np.radians(np.arange(0, 360, 30) + 15)
    ]
    flippers = both(leaf((0.38, -0.32), 0.58, 0.14, -38), leaf((0.36, 0.46), 0.42, 0.12, 48))
    drawing: Drawing = [
        Fill((*flippers, arc((0, -0.74), (0.17, 0.22)), leaf((0, 0.66), 0.24, 0.05, 90)), 0.5, 0.6),
        Fill((shell,), 0.85, 0.8),
        Line(tuple(spokes + plates), 0.035, -0.3),
        Line((arc((0, 0.06), (0.46, 0.56), samples=48),), 0.03, -0.25),
    ]
    return arranged(drawing, degrees=turn)


def snail(rng: _Rng) -> Drawing:
    """A snail with a coiled shell."""
    turns = float(rng.uniform(2.4, 3.2))
    angle = np.linspace(0, turns * 2 * np.pi, 90)
    radius = np.linspace(0.04, 0.46, 90)
    coil = place(
        np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), at=(-0.14, -0.10)
    )
    foot = blob("-0.86,0.58 -0.4,0.36 0.3,0.32 0.52,0 0.74,-0.16 0.84,0.04 0.66,0.44 0.4,0.6")
    feelers = (curve("0.7,-0.1 0.7,-0.36 0.62,-0.56"), curve("0.78,-0.08 0.86,-0.3 0.9,-0.46"))
    return [
        Fill((foot,), 0.55, 0.6),
        Line(feelers, 0.05, 0.5),
        Fill((disc((0.62, -0.57), 0.06), disc((0.90, -0.47), 0.05)), 0.7, 0.8),
        Fill((disc((-0.14, -0.10), 0.52, samples=60),), 0.85, 0.7),
        Line((coil,), 0.06, -0.35),
        Line((points((-0.85, 0.70), (0.85, 0.70)),), 0.05, 0.4),
    ]
