"""Outlines of coins: ellipses, polygons, and either with holes; and how JSON spells them.

Coordinates are pixels of the upright picture, counted at pixel centres: the centre of the first
pixel is (0, 0).
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coinvec.domain.images import Ellipse, MaskArray
from coinvec.errors import InvalidValueError

_SHOWN = 60
"""How many characters of refused JSON a message quotes."""


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed polygon; where it crosses itself, the even-odd rule tells what is inside.

    Attributes:
        corners: At least three corners (x, y), in pixels.
    """

    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        corners = tuple((float(x), float(y)) for x, y in self.corners)
        if len(corners) < 3:
            raise InvalidValueError(f"a polygon needs three corners or more, not {len(corners)}.")
        if not all(math.isfinite(value) for corner in corners for value in corner):
            raise InvalidValueError("a corner of a polygon is not finite.")
        object.__setattr__(self, "corners", corners)

    def mask(self, width: int, height: int) -> MaskArray:
        """The pixels whose centres lie inside, in a picture of the given size, as H × W mask."""
        start = np.array(self.corners)
        end = np.roll(start, -1, axis=0)
        # A row's pixels change sides where it crosses an edge: half-open edges meet in no pixel.
        rows = np.arange(height)[:, None]
        row, edge = np.nonzero((start[:, 1] <= rows) != (end[:, 1] <= rows))
        (x0, y0), (x1, y1) = start[edge].T, end[edge].T
        columns = np.clip(np.ceil(x0 + (row - y0) / (y1 - y0) * (x1 - x0)), 0, width)
        crossings = np.zeros((height, width + 1), dtype=np.int64)
        np.add.at(crossings, (row, columns.astype(np.int64)), 1)
        inside: MaskArray = np.cumsum(crossings, axis=1)[:, :width] % 2 == 1
        return inside


Rim = Ellipse | Polygon
"""A closed line around a coin, or around a hole in one."""


@dataclass(frozen=True, slots=True)
class Holed:
    """The outline of a coin with holes.

    Attributes:
        rim: The outer rim.
        holes: The rims of the holes, at least one.
    """

    rim: Rim
    holes: tuple[Rim, ...]

    def __post_init__(self) -> None:
        if not self.holes:
            raise InvalidValueError("a holed outline needs a hole.")

    def mask(self, width: int, height: int) -> MaskArray:
        """The coin's pixels in a picture of the given size, as H × W mask, False in the holes."""
        inside = self.rim.mask(width, height)
        for hole in self.holes:
            inside &= ~hole.mask(width, height)
        return inside


Outline = Ellipse | Polygon | Holed
"""A coin's place in a picture; each kind has `mask(width, height)`."""


def outline_json(coin: Outline) -> object:
    """An outline as label files hold it."""
    if isinstance(coin, Holed):
        kind = "polygon" if isinstance(coin.rim, Polygon) else "ellipse"
        return {kind: _rim_json(coin.rim), "holes": [_rim_json(hole) for hole in coin.holes]}
    return {"polygon": _rim_json(coin)} if isinstance(coin, Polygon) else _rim_json(coin)


def _rim_json(rim: Rim) -> object:
    return rim.corners if isinstance(rim, Polygon) else rim.as_tuple()


def outline_from_json(value: object) -> Outline:
    """Read an outline as label files hold it.

    Raises:
        InvalidValueError: It is not understood.
    """
    if not isinstance(value, Mapping):
        return _ellipse(value)
    kinds = {"ellipse", "polygon"} & value.keys()
    unknown = value.keys() - {"ellipse", "polygon", "holes"}
    if len(kinds) != 1 or unknown:
        raise InvalidValueError(
            f"an object needs either ellipse or polygon, and may have holes; not {shown(value)}."
        )
    rim = _polygon(value["polygon"]) if "polygon" in kinds else _ellipse(value["ellipse"])
    holes = sequence_in(value.get("holes", []), "holes must be a list")
    return Holed(rim, tuple(_rim(hole) for hole in holes)) if holes else rim


def _rim(value: object) -> Rim:
    """A hole: a list of numbers is an ellipse, a list of lists a polygon."""
    parts = sequence_in(value, "a hole must be a list")
    return _polygon(parts) if parts and isinstance(parts[0], list) else _ellipse(parts)


def _ellipse(value: object) -> Ellipse:
    numbers = _numbers(value, 5, "an ellipse is [cx, cy, rx, ry, degrees]")
    return Ellipse(*numbers)


def _polygon(value: object) -> Polygon:
    corners = sequence_in(value, "a polygon is a list of [x, y]")
    pairs = (_numbers(corner, 2, "a corner is [x, y]") for corner in corners)
    return Polygon(tuple((x, y) for x, y in pairs))


def _numbers(value: object, count: int, rule: str) -> list[float]:
    parts = sequence_in(value, rule)
    numbers = [float(p) for p in parts if isinstance(p, int | float) and not isinstance(p, bool)]
    if not len(numbers) == len(parts) == count:
        raise InvalidValueError(f"{rule}, not {shown(value)}.")
    return numbers


def sequence_in(value: object, rule: str) -> Sequence[object]:
    """A JSON list, or an error that begins with the rule it breaks."""
    if not isinstance(value, list):
        raise InvalidValueError(f"{rule}, not {shown(value)}.")
    return value


def shown(value: object) -> str:
    """The beginning of refused JSON, for messages."""
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
