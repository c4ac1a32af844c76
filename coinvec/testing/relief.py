"""Strikes a side: the height map of a planchet with everything its design shows."""

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.testing.designs import CoinDesign, Layout
from coinvec.testing.drawing import Drawing, Fill, Line, arranged, flipped, star
from coinvec.testing.frames import draw_frame
from coinvec.testing.lettering import RimText, bend, typeset
from coinvec.testing.motifs import WREATH, draw_motif
from coinvec.testing.planchet import (
    CORE_RADIUS,
    PolarGrid,
    border_relief,
    inner_radius,
    polar_grid,
    rim_relief,
)

Heights = NDArray[np.floating]
"""S × S float32; 0 is the field, 1 the rim."""
_SUBPIXEL = 4
_LEGEND_RADIUS = 0.762

_Slot = tuple[float, float, float]  # x, y, scale, of the coin's radius
_SLOTS: dict[Layout, tuple[tuple[_Slot, ...], _Slot | None]] = {  # motifs, numeral
    Layout.MOTIF: (((0.0, 0.0, 0.66),), None),
    Layout.NUMERAL: ((), (0.0, -0.06, 0.42)),
    Layout.WREATH: ((), (0.0, -0.06, 0.36)),
    Layout.BESIDE: (((0.29, -0.04, 0.37),), (-0.31, -0.06, 0.42)),
    Layout.ABOVE: (((0.0, -0.33, 0.32),), (0.0, 0.18, 0.34)),
}
_BESIDE_HOLE: tuple[tuple[_Slot, ...], _Slot | None] = (((0.44, 0.0, 0.24),), (-0.44, 0.0, 0.27))
_HOLED_SLOTS = dict.fromkeys(Layout, _BESIDE_HOLE) | {
    Layout.MOTIF: (((-0.44, 0.0, 0.24), (0.44, 0.0, 0.24)), None),
    Layout.ABOVE: (((0.0, -0.43, 0.23),), (0.0, 0.41, 0.24)),
}
_FRAMED = {Layout.NUMERAL, Layout.WREATH}
_UNIT_Y = {Layout.NUMERAL: 0.28, Layout.WREATH: 0.25, Layout.BESIDE: 0.43, Layout.ABOVE: 0.50}


@lru_cache(maxsize=48)
def strike(design: CoinDesign, size: int) -> Heights:
    """The height map of a freshly struck side.

    Args:
        design: What the side shows.
        size: Side of the square map in pixels; the coin fills it.

    Returns:
        Heights; the array is shared between calls and is read-only.
    """
    grid = polar_grid(size)
    room = _room(design)
    die = _Die(np.zeros((size, size), dtype=np.float32), grid.radius)
    half_arcs = _legends(design, die, grid, room)
    _separators(die, half_arcs, room)
    _field(design, die, room)
    heights = die.heights
    heights += rim_relief(grid, design.planchet)
    border = border_relief(grid, design.planchet, design.border)
    if border is not None:
        heights += border
    heights.flags.writeable = False
    return heights


def _room(design: CoinDesign) -> float:
    """Scale of everything within the rim, so that it fits into non-round outlines."""
    return 0.1 + 0.9 * inner_radius(design.planchet.shape)


class _Die:
    """The negative a coin is struck from, engraved stroke by stroke."""

    def __init__(self, heights: Heights, radius: float) -> None:
        self.heights = heights
        self.radius = radius

    def engrave(self, drawing: Drawing) -> None:
        """Engrave strokes given in fractions of the coin's radius, in their order."""
        for stroke in drawing:
            if isinstance(stroke, Fill):
                self._fill(stroke)
            else:
                self._line(stroke)

    def swell(
        self, ink: Heights, corner: tuple[int, int], *, height: float, dome: float, stacked: bool
    ) -> None:
        """Raise inked pixels with bevelled edges, swelling towards the middle of each area.

        Args:
            ink: Coverage, h × w, 0 to 1; its own margins must be blank.
            corner: Column and row of the upper left corner of `ink` in the map.
            height: How far to raise them.
            dome: Share of the height that swells.
            stacked: Add to what lies below instead of standing beside it.
        """
        profile: Heights = np.asarray(
            cv2.GaussianBlur(ink, (0, 0), max(0.005 * self.radius, 0.6)), dtype=np.float32
        )
        if dome:
            wide = cv2.GaussianBlur(
                cv2.resize(ink, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA),
                (0, 0),
                max(0.016 * self.radius, 0.8),
            )
            wide = cv2.resize(wide, ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
            profile *= (1 - dome) + dome * np.sqrt(np.clip(2 * wide - 0.9, 0, 1))
        profile *= np.float32(height)
        x, y = corner
        part = self.heights[y : y + ink.shape[0], x : x + ink.shape[1]]
        if stacked:
            part += profile
        else:
            np.maximum(part, profile, out=part)

    def _fill(self, stroke: Fill) -> None:
        ink, corner = self._canvas(stroke.outlines, margin=0.06)
        for pixels in self._pixels(stroke.outlines, corner):
            cv2.fillPoly(ink, [pixels], 255, cv2.LINE_AA, _SUBPIXEL)
        self.swell(
            ink.astype(np.float32) / 255,
            corner,
            height=stroke.height,
            dome=stroke.dome,
            stacked=stroke.stacked,
        )

    def _line(self, stroke: Line) -> None:
        ink, corner = self._canvas(stroke.paths, margin=stroke.width + 0.02)
        width = max(round(stroke.width * self.radius), 1)
        paths = self._pixels(stroke.paths, corner)
        cv2.polylines(ink, paths, False, 255, width, cv2.LINE_AA, _SUBPIXEL)
        soft = cv2.GaussianBlur(ink, (0, 0), max(0.22 * width, 0.7)).astype(np.float32)
        x, y = corner
        part = self.heights[y : y + ink.shape[0], x : x + ink.shape[1]]
        part += soft * np.float32(stroke.height / 255)

    def _canvas(
        self, outlines: tuple[NDArray[np.float64], ...], *, margin: float
    ) -> tuple[NDArray[np.uint8], tuple[int, int]]:
        every = np.vstack(outlines)
        size, centre = self.heights.shape[0], (self.heights.shape[0] - 1) / 2
        low = np.floor((every.min(axis=0) - margin) * self.radius + centre).clip(0, size - 1)
        high = np.ceil((every.max(axis=0) + margin) * self.radius + centre).clip(1, size)
        (x0, y0), (x1, y1) = low.astype(int), np.maximum(high, low + 1).astype(int)
        return np.zeros((y1 - y0, x1 - x0), dtype=np.uint8), (int(x0), int(y0))

    def _pixels(
        self, outlines: tuple[NDArray[np.float64], ...], corner: tuple[int, int]
    ) -> list[NDArray[np.int32]]:
        shift = (self.heights.shape[0] - 1) / 2 - np.asarray(corner)
        scale = 1 << _SUBPIXEL
        return [np.rint((o * self.radius + shift) * scale).astype(np.int32) for o in outlines]


def _legends(design: CoinDesign, die: _Die, grid: PolarGrid, room: float) -> tuple[float, float]:
    """Strike both rim texts; returns half of the arc each takes, in radians."""
    halves = []
    for text, below in ((design.legend, False), (design.lower_legend, True)):
        if not text:
            halves.append(0.0)
            continue
        line = RimText(text, _LEGEND_RADIUS * room, 0.13 * room, below, 105.0 if below else 225.0)
        ink, half = bend(line, grid)
        die.heights += 0.55 * cv2.GaussianBlur(ink, (0, 0), max(0.0035 * grid.radius, 0.6))
        halves.append(half)
    return halves[0], halves[1]


def _separators(die: _Die, half_arcs: tuple[float, float], room: float) -> None:
    """A star in the middle of each gap between the two rim texts."""
    upper, lower = half_arcs
    gap = math.pi - upper - lower
    if upper == 0.0 or lower == 0.0 or gap < 0.3:
        return
    turn = -math.pi / 2 + upper + gap / 2
    x, y = (_LEGEND_RADIUS * room * f(turn) for f in (math.cos, math.sin))
    marks = tuple(star(5, 0.055, 0.024, at=(side * x, y)) for side in (-1, 1))
    die.engrave([Fill(marks, 0.5, 0.3)])


def _field(design: CoinDesign, die: _Die, room: float) -> None:
    """Strike motif, numeral and unit into the field."""
    if design.planchet.core is not None:
        room *= CORE_RADIUS * 0.97 / 0.68
    holed = design.planchet.hole > 0
    motif_slots, numeral_slot = (_HOLED_SLOTS if holed else _SLOTS)[design.layout]
    if design.layout in _FRAMED and not holed:
        die.engrave(_frame(design, room))
    for slot in motif_slots:
        x, y, scale = (room * value for value in slot)
        drawing = draw_motif(design.motif, design.motif_seed)
        if design.facing_left is (x >= 0):  # two motifs beside a hole face each other
            drawing = flipped(drawing)
        die.engrave(arranged(drawing, at=(x, y), scale=scale))
    if numeral_slot is not None and design.numeral:
        x, y, scale = (room * value for value in numeral_slot)
        width = (1.35 if holed else 1.9) * scale
        _straight(die, design.numeral, (x, y), height=scale, width=width, bold=0.10)
    if design.unit and not holed and design.layout in _UNIT_Y:
        _straight(
            die, design.unit, (0.0, room * _UNIT_Y[design.layout]), height=0.115 * room,
            width=0.74 * room, bold=0.07,
        )  # fmt: skip


def _frame(design: CoinDesign, room: float) -> Drawing:
    """The ornament round the numeral or the hole."""
    if design.layout is Layout.WREATH:
        frame, scale = draw_motif(WREATH, design.motif_seed), 0.69
    else:
        frame, scale = draw_frame(design.motif_seed), 0.66
    return arranged(frame, scale=scale * room)


def _straight(
    die: _Die, text: str, at: tuple[float, float], *, height: float, width: float, bold: float
) -> None:
    """Strike a straight line of text centred at a place, narrowed where too wide."""
    ink = typeset(text, max(round(height * die.radius), 4), boldness=bold, spacing=0.04)
    squeeze = min(width * die.radius / ink.shape[1], 1.0)
    if squeeze < 1.0:
        narrow = (max(round(squeeze * ink.shape[1]), 1), round(max(squeeze, 0.8) * ink.shape[0]))
        ink = np.asarray(cv2.resize(ink, narrow, interpolation=cv2.INTER_AREA), dtype=np.float32)
    ink = np.pad(ink, max(round(0.02 * die.radius), 2))
    centre = (die.heights.shape[0] - 1) / 2
    x = round(centre + at[0] * die.radius - ink.shape[1] / 2)
    y = round(centre + at[1] * die.radius - ink.shape[0] / 2)
    die.swell(ink, (x, y), height=0.75, dome=0.35, stacked=False)
