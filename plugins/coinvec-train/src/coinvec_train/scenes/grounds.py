"""Grounds: random crops of background pictures, and plain ones."""

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec_train.pictures import read_rgb
from coinvec_train.scenes.settings import SceneSettings

_LEAST_CROP = 0.25
"""Least side of a crop, as a share of the shorter side of the background."""


class Grounds:
    """Background pictures, decoded when first wanted and kept."""

    def __init__(self, paths: Sequence[Path], settings: SceneSettings) -> None:
        self._paths, self._settings = list(paths), settings
        self._kept: dict[int, RgbArray] = {}

    def draw(self, rng: np.random.Generator, size: int) -> RgbArray:
        """A ground of size × size pixels."""
        if rng.random() < self._settings.plain_ground:
            return plain(rng, size)
        at = int(rng.integers(len(self._paths)))
        if at not in self._kept:
            self._kept[at] = read_rgb(self._paths[at])
        return cropped(self._kept[at], rng, size)


def plain(rng: np.random.Generator, size: int) -> RgbArray:
    """One colour, dark, grey or light, as catalogues have behind their coins."""
    low, high = ((0, 40), (90, 200), (225, 255))[rng.integers(3)]
    colour = rng.uniform(low, high) + rng.normal(0, 6, 3)
    return np.full((size, size, 3), colour.clip(0, 255), dtype=np.uint8)


def cropped(background: RgbArray, rng: np.random.Generator, size: int) -> RgbArray:
    """A part of random size and place, turned by any angle."""
    height, width = background.shape[:2]
    side = rng.uniform(_LEAST_CROP, 1.0) * min(height, width)
    centre = rng.uniform(side / 2, (width - side / 2, height - side / 2))
    angle, factor = rng.uniform(0, 2 * math.pi), size / side
    linear = factor * np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    onto = np.column_stack([linear, np.full(2, size / 2) - linear @ centre])
    return np.asarray(
        cv2.warpAffine(
            background, onto, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        ),
        dtype=np.uint8,
    )
