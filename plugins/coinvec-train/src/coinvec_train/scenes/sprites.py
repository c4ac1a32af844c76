"""Coins cut out of the pictures they are labelled in."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import RgbArray
from coinvec_train.labels import LabelledPicture
from coinvec_train.pictures import read_rgb

_SOFTNESS = 0.7
"""Sigma of the rim's softness, in pixels of the sprite."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A thing cut out of its picture.

    Attributes:
        pixels: H × W × 3 RGB.
        alpha: H × W uint8, 255 on the thing, 0 outside and in its holes, soft between.
    """

    pixels: RgbArray
    alpha: NDArray[np.uint8]

    @property
    def diameter(self) -> float:
        """Diameter of a disc of the thing's area, in pixels."""
        return float(2 * np.sqrt(np.count_nonzero(self.alpha > 127) / np.pi))


class CoinSprites:
    """The coins of labelled pictures, cut out when first wanted and kept."""

    def __init__(self, pictures: Sequence[LabelledPicture]) -> None:
        self._pictures = [each for each in pictures if each.coins]
        self._kept: dict[int, Sprite] = {}

    def draw(self, rng: np.random.Generator) -> Sprite:
        """A random coin."""
        at = int(rng.integers(len(self._pictures)))
        if at not in self._kept:
            self._kept[at] = _cut(self._pictures[at])
        return self._kept[at]


def _cut(picture: LabelledPicture) -> Sprite:
    """Cut the first coin out, a pixel within its outline so that no old ground comes along."""
    outline = (picture.coins or ())[0]
    mask = outline.mask(picture.width, picture.height).astype(np.uint8)
    inner = cv2.erode(mask, np.ones((3, 3), dtype=np.uint8))
    return Sprite(read_rgb(picture.path), soft(np.asarray(inner * 255, dtype=np.uint8)))


def soft(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An alpha channel with a soft edge."""
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), _SOFTNESS), dtype=np.uint8)
