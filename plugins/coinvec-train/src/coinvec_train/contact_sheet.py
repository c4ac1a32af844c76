"""Contact sheets: many small numbered pictures on one, with outlines drawn over them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Ellipse, RgbArray
from coinvec_train.outlines import Holed, Outline, Rim

Colour = tuple[int, int, int]

GREEN: Colour = (40, 230, 60)
RED: Colour = (255, 50, 40)

_CAPTION = 14
"""Height of the line of text over a picture, in pixels."""
_GAP = 2
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_LETTER = 0.4
_ELLIPSE_POINTS = 90


@dataclass(frozen=True, slots=True)
class Mark:
    """An outline to be drawn over a picture.

    Attributes:
        outline: Where, in pixels of the picture.
        text: Written at its centre; may be empty.
        colour: Red, green, blue.
    """

    outline: Outline
    text: str = ""
    colour: Colour = GREEN


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One picture of a sheet.

    Attributes:
        pixels: H × W × 3 RGB uint8, of any size.
        caption: Written over it.
        marks: What to draw over it.
    """

    pixels: RgbArray
    caption: str
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How tiles are put on a sheet, row by row.

    Attributes:
        columns: Tiles side by side.
        rows: The most tiles one over the other.
        side: Longest side of each picture, in pixels.
    """

    columns: int
    rows: int
    side: int

    @property
    def count(self) -> int:
        """The most tiles of one sheet."""
        return self.columns * self.rows

    def origin(self, index: int) -> tuple[int, int]:
        """Where the picture of a tile has its upper left corner: x and y, in pixels."""
        row, column = divmod(index, self.columns)
        return column * (self.side + _GAP), row * (self.side + _CAPTION + _GAP) + _CAPTION

    def draw(self, tiles: Sequence[Tile]) -> RgbArray:
        """Draw a sheet of at most `count` tiles: H × W × 3 RGB uint8, black between pictures."""
        rows = math.ceil(len(tiles) / self.columns)
        size = (rows * (self.side + _CAPTION + _GAP), self.columns * (self.side + _GAP), 3)
        sheet = np.zeros(size, dtype=np.uint8)
        for index, tile in enumerate(tiles):
            x, y = self.origin(index)
            picture = _picture(tile, self.side)
            sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
            line = sheet[y - _CAPTION : y, x : x + self.side]
            _write(line, tile.caption, (1, _CAPTION - 4), (255, 255, 255))
        return sheet


def rim_points(rim: Rim) -> NDArray[np.float64]:
    """Points along a rim, N × 2: a polygon's corners, or points of an ellipse."""
    if not isinstance(rim, Ellipse):
        return np.array(rim.corners)
    turn = math.radians(rim.degrees)
    angles = np.linspace(0.0, 2.0 * np.pi, _ELLIPSE_POINTS, endpoint=False)
    along, across = rim.rx * np.cos(angles), rim.ry * np.sin(angles)
    x = rim.cx + along * math.cos(turn) - across * math.sin(turn)
    y = rim.cy + along * math.sin(turn) + across * math.cos(turn)
    return np.column_stack([x, y])


def _picture(tile: Tile, side: int) -> RgbArray:
    """A tile's picture with its marks, its longest side `side` pixels."""
    height, width = tile.pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shrinking = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture = np.asarray(cv2.resize(tile.pixels, size, interpolation=shrinking), dtype=np.uint8)
    for mark in tile.marks:
        _draw(picture, mark, scale)
    return picture


def _draw(picture: RgbArray, mark: Mark, scale: float) -> None:
    outline = mark.outline
    rims = (outline.rim, *outline.holes) if isinstance(outline, Holed) else (outline,)
    # Whole pixels stand for pixel centres, in the picture and in the tile alike.
    lines = [(rim_points(rim) + 0.5) * scale - 0.5 for rim in rims]
    for line in lines:
        corners = np.round(line * 16).astype(np.int32)
        cv2.polylines(picture, [corners], True, mark.colour, 1, cv2.LINE_AA, shift=4)
    centre = lines[0].mean(axis=0)
    _write(picture, mark.text, (round(centre[0]) - 4 * len(mark.text), round(centre[1]) + 4))


def _write(
    picture: RgbArray, text: str, place: tuple[int, int], colour: Colour = (255, 255, 0)
) -> None:
    for thickness, ink in ((3, (0, 0, 0)), (1, colour)):
        cv2.putText(picture, text, place, _FONT, _LETTER, ink, thickness, cv2.LINE_AA)
