"""Square views of a picture, resized to what the network takes, and the way back.

Coordinates count pixels at their centres: a picture's left edge is at -0.5.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from coinvec.domain.images import Picture, RgbArray
from coinvec.domain.vectors import FloatArray

_LEAST_SIDE = 8
"""Sides of the smallest view, in pixels of the picture."""


@dataclass(frozen=True, slots=True)
class View:
    """A square part of a picture, which may reach out of it.

    A large picture is first reduced by blocks of whole pixels, which is fast, and then resized; so
    edges lie between blocks.

    Attributes:
        x0: Left edge, in pixels of the picture; a multiple of `block`.
        y0: Upper edge; a multiple of `block`.
        side: Sides, in pixels of the picture; a multiple of `block`.
        size: Sides of the resized view, in pixels.
        block: Sides of a block, in pixels of the picture.
    """

    x0: int
    y0: int
    side: int
    size: int
    block: int = 1

    @classmethod
    def whole(cls, picture: Picture, size: int) -> "View":
        """A view with all of a picture in it."""
        side = max(picture.width, picture.height, _LEAST_SIDE)
        return cls._between_blocks(
            (picture.width - side) // 2, (picture.height - side) // 2, side, size
        )

    @classmethod
    def around(cls, centre: FloatArray, side: float, size: int) -> "View":
        """A view of at least a given side about a point of the picture."""
        side = max(side, _LEAST_SIDE)
        left, top = (float(at) + 0.5 - side / 2 for at in centre)
        return cls._between_blocks(left, top, side, size)

    @classmethod
    def _between_blocks(cls, left: float, top: float, side: float, size: int) -> "View":
        """The smallest view that contains a square. Blocks leave two to each pixel of the view."""
        block = max(1, int(side // (2 * size)))
        x0, y0 = math.floor(left / block), math.floor(top / block)
        blocks = max(math.ceil((left + side) / block) - x0, math.ceil((top + side) / block) - y0)
        return cls(x0 * block, y0 * block, blocks * block, size, block)

    @property
    def scale(self) -> float:
        """Pixels of the picture to one of the view."""
        return self.side / self.size

    def to_picture(self, points: FloatArray) -> FloatArray:
        """Points of the view (… × 2) in the picture."""
        corner = np.array([self.x0, self.y0], dtype=np.float32)
        moved: FloatArray = (points + np.float32(0.5)) * np.float32(self.scale) - 0.5 + corner
        return moved

    def to_view(self, points: FloatArray) -> FloatArray:
        """Points of the picture (… × 2) in the view."""
        corner = np.array([self.x0, self.y0], dtype=np.float32)
        moved: FloatArray = (points - corner + np.float32(0.5)) / np.float32(self.scale) - 0.5
        return moved

    def frame(self, picture: Picture) -> FloatArray:
        """What of the view shows the picture: upper left and lower right corner, 2 × 2."""
        corners = np.array([[0, 0], [picture.width, picture.height]], dtype=np.float32) - 0.5
        shown: FloatArray = np.clip(self.to_view(corners), -0.5, self.size - 0.5)
        return shown

    def sample(self, picture: Picture) -> RgbArray:
        """The view's pixels, size × size; beyond its edges a picture goes on as it ends there.

        Args:
            picture: The view shows at least one pixel of it.
        """
        x0, x1 = max(self.x0, 0), min(self.x0 + self.side, picture.width)
        y0, y1 = max(self.y0, 0), min(self.y0 + self.side, picture.height)
        part = _reduced(picture.pixels[y0:y1, x0:x1], self.block)
        left, top = (x0 - self.x0) // self.block, (y0 - self.y0) // self.block
        blocks = self.side // self.block
        right, bottom = blocks - left - part.shape[1], blocks - top - part.shape[0]
        padded = cv2.copyMakeBorder(part, top, bottom, left, right, cv2.BORDER_REPLICATE)
        method = cv2.INTER_AREA if blocks > self.size else cv2.INTER_LINEAR
        resized = cv2.resize(padded, (self.size, self.size), interpolation=method)
        return np.asarray(resized, dtype=np.uint8)


def _reduced(pixels: RgbArray, block: int) -> RgbArray:
    """The mean of each block of block × block pixels; what is left over at the far edges is cut."""
    height, width = pixels.shape[0] // block, pixels.shape[1] // block
    if block == 1 or not (height and width):
        # A part narrower than a block is a sliver at the picture's edge: any pixel stands for it.
        return pixels[::block, ::block]
    whole = pixels[: height * block, : width * block]
    reduced = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, dtype=np.uint8)
