"""The geometry of a blank in polar coordinates: outline, hole, rim, border."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coinvec.testing.designs import Border, Planchet, Shape

Grid = NDArray[np.floating]
"""S × S float32."""

FILL = 0.985
"""The coin's radius as a fraction of half the picture's side."""
CORE_RADIUS = 0.66
"""Where the inner disc of a bimetallic coin ends, as a fraction of the coin's radius."""
RIM = 0.925
"""Where the raised rim begins, as a fraction of the outline's radius."""
_POLYGONS = {Shape.SQUARE: 4, Shape.HEPTAGONAL: 7, Shape.HENDECAGONAL: 11, Shape.DODECAGONAL: 12}
_ROUNDING = {Shape.SQUARE: 9.0, Shape.HEPTAGONAL: 26.0}


@dataclass(frozen=True, slots=True, eq=False)
class PolarGrid:
    """Polar coordinates of every pixel of a square picture.

    Attributes:
        x: To the right of the centre, as a fraction of the coin's radius.
        y: Below the centre, likewise.
        distance: From the centre, as a fraction of the coin's radius.
        angle: Clockwise from the x axis, in radians, -π to π.
        from_top: Clockwise from the top, in radians, -π to π.
        from_bottom: Counter-clockwise from the bottom, in radians, -π to π.
        radius: The coin's radius in pixels.
    """

    x: Grid
    y: Grid
    distance: Grid
    angle: Grid
    from_top: Grid
    from_bottom: Grid
    radius: float


@lru_cache(maxsize=4)
def polar_grid(size: int) -> PolarGrid:
    """Polar coordinates of a picture of `size` × `size` pixels with the coin filling it."""
    centre, radius = (size - 1) / 2, size / 2 * FILL
    offset = (np.arange(size, dtype=np.float32) - np.float32(centre)) / np.float32(radius)
    x, y = np.meshgrid(offset, offset)
    return PolarGrid(
        x=x,
        y=y,
        distance=np.hypot(x, y),
        angle=np.arctan2(y, x),
        from_top=np.arctan2(x, -y),
        from_bottom=np.arctan2(x, y),
        radius=radius,
    )


def outline(angle: NDArray[np.floating], shape: Shape) -> Grid:
    """Distance of the outline from the centre at each angle, at most 1, of the coin's radius."""
    if shape is Shape.ROUND:
        return np.ones(np.shape(angle), dtype=np.float32)
    if shape is Shape.SCALLOPED:
        lobes = np.abs(np.cos(np.asarray(angle, dtype=np.float32) * 6))
        return np.asarray(1 - 0.075 * (1 - lobes**0.6), dtype=np.float32)
    sides = _POLYGONS[shape]
    # A p-norm over the sides' distances is a polygon with rounded corners.
    power = _ROUNDING.get(shape, 60.0)
    corner_up = 0.5 if sides != 4 else 0.0  # squares stand on a side, the others below a corner
    normals = (np.arange(sides) + corner_up) * 2 * math.pi / sides - math.pi / 2
    reach = np.zeros(np.shape(angle), dtype=np.float32)
    for normal in normals:
        reach += np.maximum(np.cos(angle - np.float32(normal)), 0.0) ** np.float32(power)
    furthest = 2 * math.cos(math.pi / sides) ** power  # at a corner, where two sides meet
    radius = (reach / np.float32(furthest)) ** np.float32(-1 / power)
    if shape is Shape.HEPTAGONAL:  # its sides are arcs, so that it rolls like a round coin
        radius = 1 - 0.55 * (1 - radius)
    return np.asarray(radius, dtype=np.float32)


@lru_cache(maxsize=12)
def _sampled_outline(shape: Shape) -> Grid:
    return outline(np.linspace(-math.pi, math.pi, 4096, endpoint=False), shape)


def inner_radius(shape: Shape) -> float:
    """Radius of the largest circle within the outline."""
    return float(_sampled_outline(shape).min())


def relative_distance(grid: PolarGrid, shape: Shape) -> Grid:
    """Distance from the centre as a fraction of the outline's at the same angle."""
    if shape is Shape.ROUND:
        return grid.distance
    table = _sampled_outline(shape)
    places = ((grid.angle + np.float32(math.pi)) * np.float32(4096 / (2 * math.pi))).astype(np.intp)
    relative: Grid = grid.distance / table[places % 4096]
    return relative


@lru_cache(maxsize=16)
def coverage(grid: PolarGrid, planchet: Planchet) -> Grid:
    """How far each pixel is covered by metal, 0 to 1, antialiased; read-only."""
    relative = relative_distance(grid, planchet.shape)
    metal = np.clip((1 - relative) * np.float32(grid.radius) + 0.5, 0, 1)
    if planchet.hole:
        metal *= np.clip((grid.distance - planchet.hole) * grid.radius + 0.5, 0, 1)
    return _shared(metal)


def _shared(array: NDArray[np.floating]) -> Grid:
    """The array as float32, locked because callers share it."""
    locked = np.asarray(array, dtype=np.float32)
    locked.flags.writeable = False
    return locked


def step(values: Grid, start: float, end: float) -> Grid:
    """A smooth step from 0 at `start` to 1 at `end`."""
    t = np.clip((values - np.float32(start)) / np.float32(end - start), 0, 1)
    smoothed: Grid = t * t * (3 - 2 * t)
    return smoothed


@lru_cache(maxsize=16)
def rim_relief(grid: PolarGrid, planchet: Planchet) -> Grid:
    """Heights of the bare planchet: dished field, rim, collar of a hole, core's seam; read-only."""
    relative = relative_distance(grid, planchet.shape)
    heights = 0.12 * relative * relative
    heights += 0.95 * step(relative, RIM - 0.015, RIM + 0.02) - 0.5 * step(relative, 0.975, 1.0)
    if planchet.hole:
        collar = planchet.hole + 0.05
        heights += 0.6 * step(grid.distance, collar + 0.02, collar)
        heights -= 0.4 * step(grid.distance, planchet.hole + 0.02, planchet.hole)
    if planchet.core is not None:
        heights -= 0.45 * (1 - step(np.abs(grid.distance - CORE_RADIUS), 0.004, 0.016))
    return _shared(heights)


def border_relief(grid: PolarGrid, planchet: Planchet, border: Border) -> Grid | None:
    """Heights of what runs along the inside of the rim; None where nothing does."""
    relative = relative_distance(grid, planchet.shape)
    if border is Border.LINE:
        return 0.4 * (1 - step(np.abs(relative - np.float32(0.885)), 0.004, 0.012))
    if border is Border.BEADS:
        return _beads(grid.angle, relative, count=88, radius=0.885)
    if border is Border.DENTILS:
        teeth = step(np.cos(grid.angle * 100), -0.4, 0.6)
        return 0.5 * teeth * step(relative, 0.865, 0.88)
    return None


def _beads(angle: Grid, distance: Grid, *, count: int, radius: float) -> Grid:
    pitch = np.float32(2 * math.pi / count)
    along = (np.mod(angle, pitch) - pitch / 2) * np.float32(radius)
    away = np.hypot(along, distance - np.float32(radius)) / np.float32(0.36 * pitch * radius)
    beads: Grid = 0.55 * np.sqrt(np.clip(1 - away * away, 0, 1))
    return beads
