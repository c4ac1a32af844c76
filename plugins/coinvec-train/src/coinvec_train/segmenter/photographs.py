"""Crops of labelled photographs, for training and for watching it."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Ellipse, MaskArray, RgbArray
from coinvec_train.labels import Holed, LabelledPicture, Outline, Polygon, Rim
from coinvec_train.scenes import Scene

_CORNERS = 90
"""Corners of the polygon that stands for an ellipse: a pixel's tenth at a radius of 100."""
_FRACTION_BITS = 4


class LabelledPhotographs:
    """Photographs in which every coin is labelled; decoded once and kept.

    Args:
        pictures: At least one, each with at least one labelled coin.
    """

    def __init__(self, pictures: Sequence[LabelledPicture]) -> None:
        self._pictures = [each for each in pictures if each.coins]
        self._pixels: dict[int, RgbArray] = {}

    def __len__(self) -> int:
        return len(self._pictures)

    def crop(self, rng: np.random.Generator, size: int, *, turned: bool = True) -> Scene:
        """A random square part around a random coin, resized.

        Args:
            rng: Decides everything.
            size: Sides of the result, in pixels.
            turned: Rotate, mirror and squeeze it too.
        """
        at = int(rng.integers(len(self._pictures)))
        coins = self._pictures[at].coins or ()
        onto = _random_view(coins[int(rng.integers(len(coins)))], rng, size, turned=turned)
        pixels = cv2.warpAffine(
            self._decoded(at),
            onto,
            (size, size),
            flags=cv2.INTER_AREA if abs(np.linalg.det(onto[:, :2])) < 0.25 else cv2.INTER_LINEAR,
            # What lies outside is unknown; to mirror it would show coins that nobody labelled.
            borderMode=cv2.BORDER_REPLICATE,
        )
        masks = [drawn(coin, onto, size) for coin in coins]
        seen = sorted((mask for mask in masks if mask.any()), key=np.count_nonzero, reverse=True)
        return Scene(np.asarray(pixels, dtype=np.uint8), seen)

    def _decoded(self, at: int) -> RgbArray:
        if at not in self._pixels:
            bgr = cv2.imread(str(self._pictures[at].path), cv2.IMREAD_COLOR)
            if bgr is None:
                raise FileNotFoundError(self._pictures[at].path)
            self._pixels[at] = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
        return self._pixels[at]


def _random_view(
    coin: Outline, rng: np.random.Generator, size: int, *, turned: bool
) -> NDArray[np.float64]:
    """The affine map from a photograph to a part of it around a coin, 2 × 3."""
    corners = _corners(coin.rim if isinstance(coin, Holed) else coin)
    centre = corners.mean(axis=0)
    diameter = 2 * math.sqrt(cv2.contourArea(corners.astype(np.float32)) / math.pi)
    side = diameter * math.exp(rng.uniform(math.log(1.15), math.log(7.0)))
    centre = centre + rng.uniform(-0.5, 0.5, 2) * max(0.0, side - 0.8 * diameter)
    linear = np.eye(2) * size / side
    if turned:
        angle = rng.uniform(0, 2 * math.pi)
        rotation = np.array(
            [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        )
        squeeze = math.exp(rng.normal(0, 0.12))
        linear = rotation @ np.diag([squeeze * rng.choice([-1, 1]), 1 / squeeze]) @ linear
    return np.column_stack([linear, np.full(2, (size - 1) / 2) - linear @ centre])


def drawn(coin: Outline, onto: NDArray[np.float64], size: int) -> MaskArray:
    """A coin's pixels after an affine map (2 × 3), in a size × size picture."""
    rim, holes = (coin.rim, coin.holes) if isinstance(coin, Holed) else (coin, ())
    canvas = np.zeros((size, size), dtype=np.uint8)
    for outline, value in ((rim, 1), *((hole, 0) for hole in holes)):
        corners = _corners(outline) @ onto[:, :2].T + onto[:, 2]
        fixed = np.round(corners * 2**_FRACTION_BITS).astype(np.int32)
        cv2.fillPoly(canvas, [fixed], value, shift=_FRACTION_BITS)
    return canvas.astype(np.bool_)


def _corners(rim: Rim) -> NDArray[np.float64]:
    """Points along an outline, n × 2."""
    if isinstance(rim, Polygon):
        return np.array(rim.corners)
    return _ellipse_corners(rim)


def _ellipse_corners(ellipse: Ellipse) -> NDArray[np.float64]:
    around = np.linspace(0, 2 * math.pi, _CORNERS, endpoint=False)
    turn = math.radians(ellipse.degrees)
    along, across = ellipse.rx * np.cos(around), ellipse.ry * np.sin(around)
    return np.column_stack(
        [
            ellipse.cx + along * math.cos(turn) - across * math.sin(turn),
            ellipse.cy + along * math.sin(turn) + across * math.cos(turn),
        ]
    )
