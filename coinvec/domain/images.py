"""Pictures, places in pictures, and coins cut out of them.

Pixel coordinates have their origin at the upper left corner of the upright picture (EXIF
orientation applied), x to the right, y down, in pixels.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.coins import Design, check_text
from coinvec.errors import InvalidValueError

RgbArray = NDArray[np.uint8]
"""H × W × 3, red-green-blue, uint8."""
MaskArray = NDArray[np.bool_]
"""H × W, True on the coin."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def _check_rgb(what: str, pixels: RgbArray) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise InvalidValueError(
            f"{what} must be a non-empty H x W x 3 array of uint8, not "
            f"{'x'.join(map(str, pixels.shape))} of {pixels.dtype}."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded, upright photograph.

    Attributes:
        pixels: H × W × 3 RGB uint8.
        name: Where it came from, for messages; never a promise that a file exists.
    """

    pixels: RgbArray
    name: str = "picture"

    def __post_init__(self) -> None:
        _check_rgb(self.name, self.pixels)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel rectangle of whole pixels, `x0 <= x < x1` and `y0 <= y < y1`."""

    x0: int
    y0: int
    x1: int
    y1: int

    def __post_init__(self) -> None:
        if not (0 <= self.x0 < self.x1 and 0 <= self.y0 < self.y1):
            raise InvalidValueError(f"box {self.as_tuple()} is empty or outside the picture.")

    def as_tuple(self) -> tuple[int, int, int, int]:
        """`(x0, y0, x1, y1)`."""
        return (self.x0, self.y0, self.x1, self.y1)


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A rotated ellipse.

    Attributes:
        cx: Centre, in pixels.
        cy: Centre, in pixels.
        rx: Semi-axis along the direction `degrees`, in pixels.
        ry: The other semi-axis, in pixels.
        degrees: Angle of the rx axis, clockwise in image coordinates, as in OpenCV.
    """

    cx: float
    cy: float
    rx: float
    ry: float
    degrees: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in self.as_tuple()) or min(self.rx, self.ry) <= 0:
            raise InvalidValueError(f"ellipse {self.as_tuple()} is not finite with positive axes.")

    def as_tuple(self) -> tuple[float, float, float, float, float]:
        """`(cx, cy, rx, ry, degrees)`."""
        return (self.cx, self.cy, self.rx, self.ry, self.degrees)

    def mask(self, width: int, height: int) -> MaskArray:
        """The ellipse's pixels in a picture of the given size, as an H × W mask."""
        y, x = np.mgrid[0:height, 0:width]
        cos, sin = math.cos(math.radians(self.degrees)), math.sin(math.radians(self.degrees))
        along = (x - self.cx) * cos + (y - self.cy) * sin
        across = (y - self.cy) * cos - (x - self.cx) * sin
        inside: MaskArray = (along / self.rx) ** 2 + (across / self.ry) ** 2 <= 1.0
        return inside


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """One coin found in a picture: where it lies, and the coin cut out of it.

    Attributes:
        picture_size: Width and height of the upright picture, in pixels.
        box: The coin's bounding box in the picture.
        ellipse: The ellipse fitted to the coin's rim, in pixels of the picture.
        mask: The coin's pixels within `box`, (y1-y0) × (x1-x0), holes left out.
        cutout: The coin cut out, S × S × 3 RGB uint8, the ellipse mapped to a centred circle
            where the preprocessor rectifies, background black.
        cutout_mask: The coin's pixels in `cutout`, S × S.
        score: How sure the preprocessor is that this is a coin, 0 to 1.
        passes: How many times the preprocessor looked at the picture.
    """

    picture_size: tuple[int, int]
    box: Box
    ellipse: Ellipse
    mask: MaskArray
    cutout: RgbArray
    cutout_mask: MaskArray
    score: float
    passes: int = 1

    def __post_init__(self) -> None:
        width, height = self.picture_size
        if self.box.x1 > width or self.box.y1 > height:
            raise InvalidValueError(
                f"box {self.box.as_tuple()} reaches out of the {width}x{height} picture."
            )
        _check_rgb("cutout", self.cutout)
        box_shape = (self.box.y1 - self.box.y0, self.box.x1 - self.box.x0)
        for name, mask, shape in (
            ("mask", self.mask, box_shape),
            ("cutout_mask", self.cutout_mask, self.cutout.shape[:2]),
        ):
            if mask.dtype != np.bool_ or mask.shape != shape:
                raise InvalidValueError(
                    f"{name} must be a {shape} array of bool, not {mask.shape} of {mask.dtype}."
                )
        if self.cutout.shape[0] != self.cutout.shape[1]:
            raise InvalidValueError(f"cutout must be square, not {self.cutout.shape[:2]}.")
        if not 0.0 <= self.score <= 1.0:
            raise InvalidValueError(f"score {self.score!r} is not between 0 and 1.")

    @property
    def area(self) -> int:
        """The coin's area in the picture, in pixels."""
        return int(np.count_nonzero(self.mask))

    def picture_mask(self) -> MaskArray:
        """The coin's mask in the whole picture, H × W."""
        width, height = self.picture_size
        full = np.zeros((height, width), dtype=np.bool_)
        full[self.box.y0 : self.box.y1, self.box.x0 : self.box.x1] = self.mask
        return full


@dataclass(frozen=True, slots=True)
class CoinImage:
    """One photograph of one design, as the catalogue keeps it.

    Attributes:
        id: SHA-256 of the picture's original bytes, 64 hexadecimal digits.
        design: The design it shows.
        filename: Name of the file it came from.
        format: Name of the picture format, e.g. `JPEG`.
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
        description: What the picture shows, in words.
        credit: Whom to name.
        license: Terms it may be used under.
        attributes: Further columns of the manifest.
        media_digest: SHA-256 of the kept bytes, 64 hexadecimal digits. It differs from `id` where
            location data was removed. None where no picture is kept.
    """

    id: str
    design: Design
    filename: str
    format: str
    width: int
    height: int
    description: str | None = None
    credit: str | None = None
    license: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    media_digest: str | None = None

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.id):
            raise InvalidValueError(f"image id {self.id!r} is not a SHA-256 in lower-case hex.")
        if self.media_digest is not None and not _SHA256.fullmatch(self.media_digest):
            raise InvalidValueError(f"media digest {self.media_digest!r} is not a SHA-256.")
        if self.width <= 0 or self.height <= 0:
            raise InvalidValueError(f"image size {self.width}x{self.height} is not positive.")
        for name in ("description", "credit", "license"):
            check_text(name, getattr(self, name))
        for key, value in self.attributes.items():
            check_text(f"attribute {key!r}", value, required=True)
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    @property
    def has_media(self) -> bool:
        """Whether the picture is kept (the starter catalogue has vectors only)."""
        return self.media_digest is not None
