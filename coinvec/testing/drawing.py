"""Vector drawings of motifs: filled outlines and lines with a height, and curves to make them.

Coordinates lie in the unit disc, x to the right, y down. Heights are fractions of the highest
relief; negative heights engrave.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]
"""n × 2, x and y."""


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """Areas that stand out of the field.

    Attributes:
        outlines: Closed outlines; their union is filled.
        height: How far it stands out.
        dome: Share of the height that swells towards the middle of the area, 0 (flat) to 1.
        stacked: Added onto what lies below, instead of standing beside it.
    """

    outlines: tuple[Points, ...]
    height: float = 0.7
    dome: float = 0.5
    stacked: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Ridges, or engraved lines where `height` is negative.

    Attributes:
        paths: Open paths.
        width: Of the line, in drawing units.
        height: Added onto what lies below.
    """

    paths: tuple[Points, ...]
    width: float = 0.03
    height: float = -0.3


Stroke = Fill | Line
Drawing = list[Stroke]


def points(*coordinates: tuple[float, float]) -> Points:
    """An n × 2 array of the given coordinates."""
    return np.asarray(coordinates, dtype=np.float64)


def smooth(knots: ArrayLike, *, closed: bool = True, samples: int = 8) -> Points:
    """A Catmull-Rom spline through the knots.

    Args:
        knots: n × 2, n at least 2 (3 where closed).
        closed: Whether the last knot is joined to the first.
        samples: Points per stretch between two knots.

    Returns:
        m × 2 points on the spline.
    """
    p = np.asarray(knots, dtype=np.float64)
    padded = (
        np.vstack([p[-1:], p, p[:2]])
        if closed
        else np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    )
    p0, p1, p2, p3 = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    t = (np.arange(samples) / samples)[None, :, None]
    curve = p1 + 0.5 * t * (
        (p2 - p0) + t * ((2 * p0 - 5 * p1 + 4 * p2 - p3) + t * (3 * (p1 - p2) + p3 - p0))
    )
    flat = curve.reshape(-1, 2)
    return flat if closed else np.vstack([flat, p[-1:]])


def curve(knots: str) -> Points:
    """An open spline through knots written like SVG's points: `"x,y x,y"`."""
    return smooth(_read(knots), closed=False)


def blob(knots: str) -> Points:
    """A closed spline through knots written like SVG's points: `"x,y x,y"`."""
    return smooth(_read(knots))


def _read(knots: str) -> list[list[float]]:
    return [[float(number) for number in knot.split(",")] for knot in knots.split()]


def ripple(half: float, y: float, height: float, crests: int) -> Points:
    """A wavy line of water, from `-half` to `half`, around `y`."""
    heights = y + height * (-1.0) ** np.arange(crests)
    return smooth(np.column_stack([np.linspace(-half, half, crests), heights]), closed=False)


def place(
    outline: ArrayLike,
    *,
    at: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
    degrees: float = 0.0,
) -> Points:
    """Scale, turn clockwise about the origin, then shift."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turned = np.asarray(outline, dtype=np.float64) * scale @ np.array([[cos, sin], [-sin, cos]])
    return np.asarray(turned + np.asarray(at), dtype=np.float64)


def mirrored(outline: Points) -> Points:
    """The outline's mirror image across the vertical axis."""
    return np.asarray(outline * np.array([-1.0, 1.0]), dtype=np.float64)


def both(*outlines: Points) -> tuple[Points, ...]:
    """The outlines and their mirror images."""
    return (*outlines, *(mirrored(outline) for outline in outlines))


def arc(
    at: tuple[float, float],
    radii: tuple[float, float],
    span: tuple[float, float] = (0.0, 360.0),
    *,
    degrees: float = 0.0,
    samples: int = 36,
) -> Points:
    """A stretch of an ellipse, clockwise from the x axis; angles in degrees."""
    angle = np.radians(np.linspace(*span, samples))
    curve = np.column_stack([radii[0] * np.cos(angle), radii[1] * np.sin(angle)])
    return place(curve, at=at, degrees=degrees)


def disc(at: tuple[float, float], radius: float, *, samples: int = 28) -> Points:
    """A circle."""
    return arc(at, (radius, radius), samples=samples)


def box(x0: float, y0: float, x1: float, y1: float) -> Points:
    """An axis-parallel rectangle."""
    return points((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def star(rays: int, outer: float, inner: float, *, at: tuple[float, float] = (0.0, 0.0)) -> Points:
    """A star with one ray straight up."""
    angle = np.arange(2 * rays) * math.pi / rays - math.pi / 2
    radius = np.where(np.arange(2 * rays) % 2 == 0, outer, inner)
    return place(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), at=at)


def leaf(at: tuple[float, float], length: float, width: float, degrees: float) -> Points:
    """A pointed leaf or grain that starts at a point and grows in a direction."""
    t = np.linspace(0.0, 1.0, 12)
    half = width * np.sin(np.pi * t**0.8)
    outline = np.vstack(
        [np.column_stack([t * length, half]), np.column_stack([t * length, -half])[::-1]]
    )
    return place(outline, at=at, degrees=degrees)


def spoke(at: tuple[float, float], length: float, degrees: float) -> Points:
    """A straight path from a point in a direction."""
    return place(points((0.0, 0.0), (length, 0.0)), at=at, degrees=degrees)


def between(first: Points, second: Points, count: int) -> list[Points]:
    """Paths spread evenly between two curves of the same number of points, ends left out."""
    return [first + (second - first) * k for k in np.linspace(0, 1, count + 2)[1:-1]]


def ring(
    count: int, radius: float, *, at: tuple[float, float] = (0.0, 0.0)
) -> list[tuple[float, float, float]]:
    """`(x, y, degrees)` of `count` places round a circle, from the top, clockwise."""
    places = []
    for k in range(count):
        degrees = 360.0 * k / count - 90.0
        turn = math.radians(degrees)
        places.append((at[0] + radius * math.cos(turn), at[1] + radius * math.sin(turn), degrees))
    return places


def outlined(outlines: Iterable[Points], width: float = 0.04) -> Line:
    """A fine groove round outlines, to set them off from what they stand on."""
    return Line(tuple(np.vstack([o, o[:1]]) for o in outlines), width=width, height=-0.35)


def arranged(
    drawing: Sequence[Stroke],
    *,
    at: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
    degrees: float = 0.0,
) -> Drawing:
    """The drawing scaled, turned clockwise and shifted; line widths scale with it."""
    put = partial(place, at=at, scale=scale, degrees=degrees)
    moved: Drawing = []
    for stroke in drawing:
        if isinstance(stroke, Fill):
            outlines = tuple(map(put, stroke.outlines))
            moved.append(Fill(outlines, stroke.height, stroke.dome, stroke.stacked))
        else:
            paths = tuple(map(put, stroke.paths))
            moved.append(Line(paths, stroke.width * scale, stroke.height))
    return moved


def flipped(drawing: Sequence[Stroke]) -> Drawing:
    """The drawing's mirror image."""
    return [
        Fill(tuple(map(mirrored, s.outlines)), s.height, s.dome, s.stacked)
        if isinstance(s, Fill)
        else Line(tuple(map(mirrored, s.paths)), s.width, s.height)
        for s in drawing
    ]
