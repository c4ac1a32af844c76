"""Fitting ellipses to rims, many candidates at once, along rays from their centres.

Seen from inside its frame (see `coinvec_classic.outlines`) a nearly right ellipse is a nearly unit
circle, and to first order its rim is linear in five numbers, a shift `t` and a symmetric strain
`S`::

    r(θ) = 1 + u·t + uᵀ S u,    u = (cos θ, sin θ)

So each round looks for the strongest edge along every ray, solves a small robust least-squares
problem (Tukey's biweight, iteratively reweighted: Huber and Ronchetti, "Robust Statistics", 2009,
chapter 7), moves the frame to `[A(I + S) | A t + centre]`, and looks again in a narrower band: a
Gauss–Newton fit of the ellipse, without the bias of algebraic conic fits.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import RgbArray
from coinvec.domain.vectors import FloatArray
from coinvec_classic.outlines import DIRECTIONS, Outlines, spokes

BATCH = 300
"""The most candidates of one call: OpenCV's remap takes at most 32,767 rays."""
_RADII = np.arange(0.64, 1.42, 0.02, dtype=np.float32)
"""Where rays are sampled, in units of the candidate's radius."""
_BANDS = (0.22, 0.16, 0.10, 0.06, 0.04)
"""Standard deviation of where the rim is expected, round by round, in radii."""
_FAR = 0.2
"""In a band as wide as this, candidates are too far from their rims to be compared."""
_STEP = 2
"""Samples on either side of an edge that are compared."""
_REWEIGHTINGS = 4
_FURTHEST = 0.4
"""The most that one round may move or stretch a frame, in radii."""
_ALIKE = 0.06
"""Candidates that differ by less than this, in radii, are on their way to the same rim."""
_NOISE = 6.0
"""Edge strength that camera noise and faint texture reach, in 8-bit Lab units."""
_CLUTTER = 1.5
"""How many times the ground's mean edge strength a rim must reach to count for half."""
_NEAR = 0.045
"""How far from the outline its edge may lie when it is judged, in radii."""
_LEAST_VISIBLE = 0.6
_LEAST_JUDGED = 0.15
_LEAST_RATIO = 0.4
"""Axis ratio of a coin seen at 66° from its axis; beyond, its design could not be made out."""
_IRREGULARITY = 1.5
"""What a profile's standard deviation costs, in score: coins are nearly round, hands are not."""

_COS, _SIN = DIRECTIONS.T
_DESIGN: FloatArray = np.stack([_COS, _SIN, _COS**2, _SIN**2, 2 * _COS * _SIN], axis=1)
_RIDGE = np.diag(np.array([0.1, 0.1, 0.5, 0.5, 0.5], dtype=np.float32))
"""Keeps the fit determined where few rays see an edge, and ellipses from growing eccentric."""


def smoothed_lab(pixels: RgbArray) -> FloatArray:
    """A picture as rims are looked for in it: CIE Lab in 8-bit units, lightly smoothed, float32."""
    lab = cv2.cvtColor(cv2.GaussianBlur(pixels, (0, 0), 1.0), cv2.COLOR_RGB2LAB)
    return lab.astype(np.float32)


def refine(lab: FloatArray, frames: FloatArray, *, keep: int) -> FloatArray:
    """Move frames onto the rims near them.

    Args:
        lab: H × W × 3, from `smoothed_lab`.
        frames: N × 2 × 3 candidates, N ≤ `BATCH`.
        keep: How many of the most promising are followed to the end.

    Returns:
        M × 2 × 3 refined frames, M ≤ `keep`: candidates that meet on the way go on as one.
    """
    for band in _BANDS if len(frames) else ():
        edges, inside = _edges(lab, Outlines.round(frames))
        weighted = _peaked(edges) * np.exp(-0.5 * ((_RADII - 1.0) / band) ** 2)
        peak = weighted.argmax(axis=2)
        strength = np.take_along_axis(edges, peak[..., None], axis=2)[..., 0]
        usable = np.take_along_axis(inside, peak[..., None], axis=2)[..., 0]
        trust = np.where(usable, strength / (strength + _NOISE), np.float32(0))
        solution, agreement = _solve(_RADII[peak] - 1.0, trust, scale=band)
        promising = np.argsort(-agreement, kind="stable")[: keep if band < _FAR else None]
        frames = _unlike(_moved(frames, solution)[promising])
    return frames


def scores(lab: FloatArray, outlines: Outlines) -> FloatArray:
    """Judge how well each outline is a coin's rim.

    Along each ray the outline's edge is compared with the ground outside it, which gives a number
    from 0 to 1. A coin's rim stands out nearly everywhere, a knuckle's or a table edge's in places,
    so the score is the mean of the weakest third of the rays, less what an irregular shape costs.

    Args:
        lab: H × W × 3, from `smoothed_lab`.
        outlines: N candidates, N ≤ `BATCH`.

    Returns:
        N values, 0 to 1; 0 where too little of the outline lies in the picture.
    """
    if not len(outlines):
        return np.zeros(0, dtype=np.float32)
    edges, inside = _edges(lab, outlines)
    near, ground = np.abs(_RADII - 1.0) <= _NEAR, _RADII >= 1.10
    rim = np.where(inside[:, :, near], edges[:, :, near], 0).max(axis=2)
    clutter = np.where(inside[:, :, ground], edges[:, :, ground], 0).sum(axis=2)
    clutter /= np.maximum(inside[:, :, ground].sum(axis=2), 1)
    judged = np.logical_and.reduce(inside[:, :, near], axis=2)
    weakest = _mean_of_weakest_third(rim / (rim + _CLUTTER * clutter + _NOISE), judged)
    visible = inside[:, :, np.abs(_RADII - 0.98).argmin()].mean(axis=1)
    enough = (visible >= _LEAST_VISIBLE) & (judged.mean(axis=1) >= _LEAST_JUDGED)
    width, depth = np.linalg.svd(outlines.frames[:, :, :2], compute_uv=False).T
    enough &= depth >= _LEAST_RATIO * width
    regularity = 1.0 - _IRREGULARITY * outlines.profiles.std(axis=1)
    return np.where(enough, weakest * np.clip(regularity, 0, 1), 0).astype(np.float32)


def _mean_of_weakest_third(values: FloatArray, valid: NDArray[np.bool_]) -> FloatArray:
    """Mean of each row's least third among its valid values; 0 for a row without any."""
    ranked = np.sort(np.where(valid, values, np.inf), axis=1)
    counted = np.arange(values.shape[1]) < np.ceil(valid.sum(axis=1, keepdims=True) / 3)
    total = np.where(counted, ranked, 0).sum(axis=1)
    mean: FloatArray = (total / np.maximum(counted.sum(axis=1), 1)).astype(np.float32)
    return mean


def _unlike(frames: FloatArray) -> FloatArray:
    """The frames without those that nearly repeat an earlier one."""
    size = np.sqrt(np.abs(np.linalg.det(frames[:, :, :2])))
    change = np.abs(frames[:, None] - frames[None]).max(axis=(2, 3)) / size
    repeated = np.tril(change < _ALIKE, k=-1).any(axis=1)
    unlike: FloatArray = frames[~repeated]
    return unlike


def _peaked(edges: FloatArray) -> FloatArray:
    """Edge strength smoothed along the rays.

    A sharp edge is seen alike by all the samples whose two sides it parts; smoothing makes a peak
    at its middle of that plateau, without which fits from without would stop short of the rim.
    """
    rows = edges.reshape(-1, _RADII.size)
    return np.asarray(cv2.blur(rows, (2 * _STEP + 1, 1)), dtype=np.float32).reshape(edges.shape)


def _edges(lab: FloatArray, outlines: Outlines) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Edge strength across each ray, and what lies in the picture; N × RAYS × radii."""
    height, width = lab.shape[:2]
    reach = spokes(outlines.frames)
    radii = _RADII + (outlines.profiles[..., None] - 1.0)
    x = reach[..., :1] * radii + outlines.frames[:, :1, 2:]
    y = reach[..., 1:] * radii + outlines.frames[:, 1:, 2:]
    places = (x.reshape(-1, _RADII.size), y.reshape(-1, _RADII.size))
    strips = cv2.remap(lab, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    strips = strips.reshape(*x.shape, 3)
    steps = strips[:, :, 2 * _STEP :] - strips[:, :, : -2 * _STEP]
    steps *= steps
    slope = np.zeros_like(x)
    slope[:, :, _STEP:-_STEP] = np.sqrt(steps[..., 0] + steps[..., 1] + steps[..., 2])
    inside = np.abs(x - (width - 1) / 2) <= width / 2
    inside &= np.abs(y - (height - 1) / 2) <= height / 2
    return slope, inside


def _solve(
    offsets: FloatArray, trust: FloatArray, *, scale: float
) -> tuple[FloatArray, FloatArray]:
    """Shift and strain (N × 5) that explain the rays' offsets, and how far the rays agree (N).

    Both arguments are N × RAYS; the fit is by iteratively reweighted least squares.
    """
    weights: FloatArray = trust
    for _ in range(_REWEIGHTINGS):
        weighted = weights[..., None] * _DESIGN
        normal = weighted.transpose(0, 2, 1) @ _DESIGN + _RIDGE
        right = np.matmul(offsets[:, None, :], weighted)[:, 0]
        solution: FloatArray = np.linalg.solve(normal, right[..., None])[..., 0]
        residual = (offsets - solution @ _DESIGN.T) / (2.0 * scale)
        weights = (trust * np.clip(1.0 - residual**2, 0, None) ** 2).astype(np.float32)
    return solution, weights.mean(axis=1)


def _moved(frames: FloatArray, solution: FloatArray) -> FloatArray:
    """Frames after a shift and a strain given in their own coordinates."""
    x, y, xx, yy, xy = np.clip(solution, -_FURTHEST, _FURTHEST).T
    motion = np.stack([np.stack([1 + xx, xy, x], 1), np.stack([xy, 1 + yy, y], 1)], axis=1)
    moved: FloatArray = frames[:, :, :2] @ motion
    moved[:, :, 2] += frames[:, :, 2]
    return moved
