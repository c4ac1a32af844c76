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

REVISION: Final = 1
"""Changes whenever the grid of the same cut-out changes; kept ones are then not read."""

ORIENTATIONS, RINGS, SECTORS = 8, 16, 128
SHAPE: Final = (ORIENTATIONS, RINGS, SECTORS)
"""Of a grid."""

_SIZE: Final = 256
_REACH: Final = 112
"""Pixels from the middle that are unrolled; a coin's radius in a cut-out is 116."""
_INNER: Final = 8
_CELL: Final = (4, 6)
"""Samples of a cell along the angle and along the radius."""
_BLUR: Final = 1.2
_WRAP: Final = 16
_FLOOR: Final = 0.5
"""Gradients this weak against the coin's own count for less: in the field there is only grain."""
_INNERMOST_WEIGHT: Final = 0.4


def gradient_grid(crop: Crop) -> FloatArray:
    """The gradients of a coin.

    Args:
        crop: The coin; its cut-out a centred circle.

    Returns:
        Float32 of `SHAPE` and norm 1, or all zeros where the coin shows nothing: how strong
        gradients of each orientation are in each cell. An orientation is relative to the radius
        and has no sign: under light from the other side, relief is bright where it was dark.
    """
    cells = _binned(*_gradients(_unrolled(crop)))
    strength = np.sqrt((cells**2).sum(axis=0, keepdims=True)) + _FLOOR * cells.std()
    even = np.divide(cells, strength, out=np.zeros_like(cells), where=strength > 0)
    even -= even.mean(axis=2, keepdims=True)  # what a turn does not change tells no turn
    even *= np.sqrt(np.linspace(_INNERMOST_WEIGHT, 1.0, RINGS, dtype=np.float32))[:, np.newaxis]
    norm = float(np.linalg.norm(even))
    grid: FloatArray = even / norm if norm > 0 else even
    return grid


def _unrolled(crop: Crop) -> FloatArray:
    """Grey values by angle and radius, the first angles once more at the end and vice versa."""
    grey = cv2.cvtColor(crop.cutout, cv2.COLOR_RGB2GRAY)
    if grey.shape != (_SIZE, _SIZE):
        grey = cv2.resize(grey, (_SIZE, _SIZE), interpolation=cv2.INTER_AREA)
    middle = (_SIZE - 1) / 2
    size = (_REACH, SECTORS * _CELL[0])
    polar = cv2.warpPolar(grey, size, (middle, middle), _REACH, cv2.INTER_LINEAR)
    around = np.pad(polar, ((_WRAP, _WRAP), (0, 0)), mode="wrap").astype(np.float32)
    return np.asarray(cv2.GaussianBlur(around, (0, 0), _BLUR), dtype=np.float32)


def _gradients(polar: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Square roots of the gradients' strengths, and orientations in bins, 0 to `ORIENTATIONS`."""
    radial = np.asarray(cv2.Sobel(polar, cv2.CV_32F, 1, 0), dtype=np.float32)
    around = np.asarray(cv2.Sobel(polar, cv2.CV_32F, 0, 1), dtype=np.float32)
    per_pixel = SECTORS * _CELL[0] / (2 * np.pi)
    radius = np.maximum(np.arange(_REACH, dtype=np.float32), _INNER)
    around *= np.float32(per_pixel) / radius
    strength = np.sqrt(np.hypot(radial, around))
    bins = np.mod(np.arctan2(around, radial), np.float32(np.pi)) * np.float32(ORIENTATIONS / np.pi)
    return strength[_WRAP:-_WRAP], bins[_WRAP:-_WRAP]


def _binned(strength: FloatArray, bins: FloatArray) -> FloatArray:
    """Sums of strengths in each cell, shared between the two nearest orientations; `SHAPE`."""
    lower = np.floor(bins)
    share = bins - lower
    first = lower.astype(np.intp) % ORIENTATIONS
    planes = np.zeros((ORIENTATIONS, *strength.shape), dtype=np.float32)
    rows, columns = np.ogrid[: strength.shape[0], : strength.shape[1]]
    planes[first, rows, columns] += strength * (1 - share)
    planes[(first + 1) % ORIENTATIONS, rows, columns] += strength * share
    along, across = _CELL
    used = planes[:, :, _INNER : _INNER + RINGS * across]
    cells = used.reshape(ORIENTATIONS, SECTORS, along, RINGS, across).mean(axis=(2, 4))
    smooth = (np.roll(cells, 1, axis=1) + cells + np.roll(cells, -1, axis=1)) / 3
    return np.ascontiguousarray(np.moveaxis(smooth, 1, 2), dtype=np.float32)
