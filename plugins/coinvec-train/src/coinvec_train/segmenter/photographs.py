"""Crops of labelled photographs, for training and for watching it."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import MaskArray, RgbArray
from coinvec.plugin.cutout import filled
from coinvec_train.contact_sheet import rim_points
from coinvec_train.labels import LabelledPicture
from coinvec_train.outlines import Holed, Outline
from coinvec_train.pictures import read_rgb
from coinvec_train.scenes import Scene


class LabelledPhotographs:
    """Photographs in which every coin is labelled; decoded once and kept, with their halves.

    Args:
        pictures: At least one, each with at least one labelled coin.
    """

    def __init__(self, pictures: Sequence[LabelledPicture]) -> None:
        self._pictures = [each for each in pictures if each.coins]
        self._levels: dict[int, list[RgbArray]] = {}

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
        # To sample a large photograph at few points would alias.
        halvings = max(0, round(-math.log2(max(math.sqrt(abs(np.linalg.det(onto[:, :2]))), 1e-3))))
        from_half = np.column_stack([onto[:, :2] * 2**halvings, _shifted(onto, halvings)])
        pixels = cv2.warpAffine(
            self._reduced(at, halvings),
            from_half,
            (size, size),
            flags=cv2.INTER_LINEAR,
            # What lies outside is unknown; to mirror it would show coins that nobody labelled.
            borderMode=cv2.BORDER_REPLICATE,
        )
        masks = [drawn(coin, onto, size) for coin in coins]
        seen = sorted((mask for mask in masks if mask.any()), key=np.count_nonzero, reverse=True)
        return Scene(np.asarray(pixels, dtype=np.uint8), seen)

    def _reduced(self, at: int, halvings: int) -> RgbArray:
        """A photograph, some times halved."""
        levels = self._levels.setdefault(at, [])
        if not levels:
            levels.append(read_rgb(self._pictures[at].path))
        while len(levels) <= halvings:
            fine = levels[-1]
            size = (max(1, fine.shape[1] // 2), max(1, fine.shape[0] // 2))
            small = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
            levels.append(np.asarray(small, dtype=np.uint8))
        return levels[halvings]


def _shifted(onto: NDArray[np.float64], halvings: int) -> NDArray[np.float64]:
    """The shift of a map from a halved picture; pixels are counted at their centres."""
    half = np.full(2, 2**halvings / 2 - 0.5)
    shift: NDArray[np.float64] = onto[:, 2] + onto[:, :2] @ half
    return shift


def _random_view(
    coin: Outline, rng: np.random.Generator, size: int, *, turned: bool
) -> NDArray[np.float64]:
    """The affine map from a photograph to a part of it around a coin, 2 × 3."""
    corners = rim_points(coin.rim if isinstance(coin, Holed) else coin)
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
    rims = (coin.rim, *coin.holes) if isinstance(coin, Holed) else (coin,)
    seen = [rim_points(rim) @ onto[:, :2].T + onto[:, 2] for rim in rims]
    return filled(seen, size, size)
