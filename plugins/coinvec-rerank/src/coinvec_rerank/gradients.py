"""Local gradients of a coin on a polar grid.

Histograms of gradient orientations over small cells (N. Dalal, B. Triggs: Histograms of oriented
gradients for human detection, 2005), the cells laid out in rings: cut-outs are rectified circles,
so that two coins of one design differ by a turn, which shifts the grid along its rings.
"""

from typing import Final

import cv2
import numpy as np

from coinvec.domain.images import Crop
from coinvec.domain.vectors import FloatArray

REVISION: Final = 2
"""Changes whenever the grid of the same cut-out changes; kept ones are then not read."""

ORIENTATIONS, RINGS, SECTORS = 8, 16, 128
STEPS: Final = (1, 2)
"""Samples that become one, along both the angle and the radius, for each scale of detail."""
SHAPE: Final = (len(STEPS) * ORIENTATIONS, RINGS, SECTORS)
"""Of a grid."""

Offset = tuple[float, float]
"""Pixels to the right and down."""

_SIZE: Final = 256
_REACH: Final = 112
"""Pixels from the middle that are unrolled; a coin's radius in a cut-out is 116."""
_INNER: Final = 8
_CELL: Final = (4, 6)
"""Samples of a cell along the angle and along the radius."""
_BLUR: Final = (1.2, 1.8)
"""Of each scale, in its own samples."""
_WRAP: Final = 16
_FLOOR: Final = 0.5
"""Gradients this weak against the coin's own count for less: in the field there is only grain."""
_INNERMOST_WEIGHT: Final = 0.4


def gradient_grid(crop: Crop, aside: Offset = (0.0, 0.0)) -> FloatArray:
    """The gradients of a coin: of its details, and of what a blurred or grainy photo leaves.

    Args:
        crop: The coin; its cut-out a centred circle.
        aside: Where the middle of the coin's face is taken to be, from that circle's.

    Returns:
        Float32 of `SHAPE`, the orientations of each scale one after another and each scale of norm
        1, or all zeros where the coin shows nothing: how strong gradients of each orientation are
        in each cell. An orientation is relative to the radius and has no sign: under light from the
        other side, relief is bright where it was dark.
    """
    polar = _unrolled(crop, aside)
    scales = zip(STEPS, _BLUR, strict=True)
    return np.concatenate([_even(_binned(polar, step, blur)) for step, blur in scales])


def _unrolled(crop: Crop, aside: Offset) -> FloatArray:
    """Grey values by angle and radius, the first angles once more at the end and vice versa."""
    grey = cv2.cvtColor(crop.cutout, cv2.COLOR_RGB2GRAY)
    if grey.shape != (_SIZE, _SIZE):
        grey = cv2.resize(grey, (_SIZE, _SIZE), interpolation=cv2.INTER_AREA)
    middle = ((_SIZE - 1) / 2 + aside[0], (_SIZE - 1) / 2 + aside[1])
    size = (_REACH, SECTORS * _CELL[0])
    polar = cv2.warpPolar(grey, size, middle, _REACH, cv2.INTER_LINEAR)
    return np.pad(polar, ((_WRAP, _WRAP), (0, 0)), mode="wrap").astype(np.float32)


def _binned(polar: FloatArray, step: int, blur: float) -> FloatArray:
    """Mean strengths in each cell, smoothed around; orientations × rings × sectors."""
    height, width = (length // step for length in polar.shape)
    coarse = cv2.resize(polar, (width, height), interpolation=cv2.INTER_AREA)
    blurred = np.asarray(cv2.GaussianBlur(coarse, (0, 0), blur), dtype=np.float32)
    strength, bins = _gradients(blurred, step)
    lower = np.floor(bins)
    upper = strength * (bins - lower)
    cells = _cells(strength - upper, lower, step) + _cells(upper, lower + 1, step)
    smooth: FloatArray = (np.roll(cells, 1, axis=2) + cells + np.roll(cells, -1, axis=2)) / 3
    return smooth


def _gradients(polar: FloatArray, step: int) -> tuple[FloatArray, FloatArray]:
    """Square roots of the gradients' strengths, and orientations in bins, 0 to `ORIENTATIONS`."""
    radial = np.asarray(cv2.Sobel(polar, cv2.CV_32F, 1, 0), dtype=np.float32)
    around = np.asarray(cv2.Sobel(polar, cv2.CV_32F, 0, 1), dtype=np.float32)
    per_sample = SECTORS * _CELL[0] / (2 * np.pi * step)
    radius = np.maximum(np.arange(polar.shape[1], dtype=np.float32), _INNER / step)
    around *= np.float32(per_sample) / radius
    strength = np.sqrt(np.hypot(radial, around))
    bins = np.mod(np.arctan2(around, radial), np.float32(np.pi)) * np.float32(ORIENTATIONS / np.pi)
    wrap, inner = _WRAP // step, _INNER // step
    used = np.s_[wrap:-wrap, inner : inner + RINGS * _CELL[1] // step]
    return strength[used], bins[used]


def _cells(strength: FloatArray, bins: FloatArray, step: int) -> FloatArray:
    """Means of strengths by the bin that they fall in; orientations × rings × sectors."""
    along, across = (each // step for each in _CELL)
    orientations = bins.astype(np.intp) % ORIENTATIONS
    sectors, rings = (np.arange(n) // by for n, by in zip(bins.shape, (along, across), strict=True))
    places = (orientations * RINGS + rings) * SECTORS + sectors[:, np.newaxis]
    sums = np.bincount(places.ravel(), strength.ravel(), ORIENTATIONS * RINGS * SECTORS)
    means = (sums / (along * across)).astype(np.float32)
    return means.reshape(ORIENTATIONS, RINGS, SECTORS)


def _even(cells: FloatArray) -> FloatArray:
    """Even in contrast; of norm 1, or all zeros."""
    strength = np.sqrt((cells**2).sum(axis=0, keepdims=True)) + _FLOOR * cells.std()
    even = np.divide(cells, strength, out=np.zeros_like(cells), where=strength > 0)
    even -= even.mean(axis=2, keepdims=True)  # what a turn does not change tells no turn
    even *= np.sqrt(np.linspace(_INNERMOST_WEIGHT, 1.0, RINGS, dtype=np.float32))[:, np.newaxis]
    norm = float(np.linalg.norm(even))
    unit: FloatArray = even / norm if norm > 0 else even
    return unit
