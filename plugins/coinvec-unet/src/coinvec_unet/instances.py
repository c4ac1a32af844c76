"""Parting the coins of one prediction: which pixel belongs to which coin.

The network draws all coins as one area, and a *core* in the middle of each. Cores do not touch. A
pixel goes to the core that it is nearest to, in units of the core's own size, so that a small coin
beside a large one keeps its pixels.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import MaskArray
from coinvec.domain.vectors import FloatArray
from coinvec_unet.network import COIN, CORE

_REACH = 1.15
"""How far a coin may reach from its core, in radii of the core. A disc reaches 0.67, the corners of
a square 0.84, a disc seen so obliquely that it is a third as high as wide 1.1."""
_LEAST_CORE = 6
"""Fewest pixels of a core."""
_LEAST_COIN = 0.25
"""Least share of a core that is on the coin: a holed coin's core is partly in its hole."""

_Window = tuple[slice, slice]
_Labels = NDArray[np.int32]


def part(logits: FloatArray) -> list[MaskArray]:
    """Part the coins of one prediction.

    Args:
        logits: 2 × S × S.

    Returns:
        One S × S mask a coin, largest first; no two share a pixel.
    """
    coin, core = logits[COIN] > 0, (logits[CORE] > 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    windows = {
        label: _window(stats[label])
        for label in range(1, count)
        if stats[label, cv2.CC_STAT_AREA] >= _LEAST_CORE
    }
    kept = {
        label: window
        for label, window in windows.items()
        if coin[window][labels[window] == label].mean() >= _LEAST_COIN
    }
    owners = _owners(labels, stats, kept)
    masks = (_coin(coin, owners, labels, label, window) for label, window in kept.items())
    return sorted((mask for mask in masks if mask.any()), key=np.count_nonzero, reverse=True)


def _window(stats: NDArray[np.int32]) -> _Window:
    """Where the pixels of a core's coin can lie."""
    x, y, width, height, _ = (int(value) for value in stats)
    margin = math.ceil(_REACH * _radius(stats)) + 1
    return (
        slice(max(0, y - margin), y + height + margin),
        slice(max(0, x - margin), x + width + margin),
    )


def _radius(stats: NDArray[np.int32]) -> float:
    """The radius of the disc of a core's area."""
    return math.sqrt(int(stats[cv2.CC_STAT_AREA]) / math.pi)


def _owners(labels: _Labels, stats: NDArray[np.int32], windows: dict[int, _Window]) -> _Labels:
    """For each pixel the core it is nearest to, in radii of that core; 0 where none is near."""
    owners = np.zeros(labels.shape, dtype=np.int32)
    nearest = np.full(labels.shape, _REACH, dtype=np.float32)
    for label, window in windows.items():
        outside = (labels[window] != label).astype(np.uint8)
        distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_5)
        distance = distance / _radius(stats[label])
        closer = distance < nearest[window]
        nearest[window][closer] = distance[closer]
        owners[window][closer] = label
    return owners


def _coin(
    coin: MaskArray, owners: _Labels, labels: _Labels, label: int, window: _Window
) -> MaskArray:
    """The coin's pixels that hang together with its core; a neighbour's crumbs do not."""
    core = labels[window] == label
    own = coin[window] & (owners[window] == label)
    _, parts = cv2.connectedComponents((own | core).astype(np.uint8), connectivity=4)
    mask = np.zeros(coin.shape, dtype=np.bool_)
    # A core is one component, so that all its pixels carry one label.
    mask[window] = own & (parts == parts[core][0])
    return mask
