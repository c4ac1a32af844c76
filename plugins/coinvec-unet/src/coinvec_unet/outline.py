"""From one coin's pixels to its outline: rays to the rim, and an ellipse through their ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Ellipse, MaskArray
from coinvec.domain.vectors import FloatArray

RIM_LOGIT = 1.0
"""Logit of the coin at its rim."""
RAYS = 180
_STEP = 0.5
"""Distance of two samples along a ray, in pixels of the view."""
_BRIDGE = 4.0
"""Logit within a coin at least, for rays must pass holes."""
_ROUNDS = 4
_LEAST_POINTS = 12
"""Fewest points an ellipse is fitted to."""
_LEAST_AXIS = 2.0
"""Least axis of an ellipse, in pixels of the view."""
_FLATTEST = 0.2
"""Least ratio of a coin's axes; a coin on a table is seen so from 12 degrees above it."""
_CLOSE = 0.01
"""Points that miss an ellipse by this share of its radius lie on it."""
_SAMPLE, _SAMPLES = 6, 60
"""Points of a trial fit, and how many trials: one is good for sure where a quarter are astray."""
_ALIKE = 1.7
"""Greatest ratio of the areas of a trial fit and the fit to all points."""
_OUTLIER = 3.0
"""Points that miss the ellipse by more median deviations are left out of the next fit."""
_LEAST_DEVIATION = 0.004
"""Deviations below this share of the radius are the grid's, not the coin's."""
_ROUND = 0.015
_MOST = 0.7
"""An outline is an ellipse if most of it lies within a share of the radius of that; the network's
grid is about 0.01 wide, and neighbours bite."""
_AT_FRAME = 1.5
"""What ends less than this from the picture's edge, in pixels of the view, is cut by it."""
_ANGLES = np.linspace(0, 2 * np.pi, RAYS, endpoint=False, dtype=np.float32)
_DIRECTIONS: FloatArray = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A coin's rim.

    Attributes:
        ellipse: Through the rim, and beyond the picture where that cuts the coin.
        rim: Its corners, P × 2; those of the ellipse itself where the coin is round.
    """

    ellipse: Ellipse
    rim: FloatArray


def trace(logits: FloatArray, mask: MaskArray, frame: FloatArray) -> Outline | None:
    """Trace the outline of one coin.

    Where a coin ends is read off the logits between pixels, for the network's grid is coarse.

    Args:
        logits: Of the coin, H × W; negative on other coins.
        mask: The coin's pixels, H × W, some of them True.
        frame: What of them shows the picture: upper left and lower right corner, 2 × 2.

    Returns:
        None where the pixels are no coin's.
    """
    contour = _contour(mask)
    filled = np.zeros(mask.shape, dtype=np.uint8)
    cv2.drawContours(filled, [contour], -1, 1, cv2.FILLED)
    moments = cv2.moments(filled, binaryImage=True)
    centre = np.array([moments["m10"], moments["m01"]], dtype=np.float32) / moments["m00"]
    # The rim is less than a pixel from the outermost pixels.
    farthest = float(np.hypot(*(contour[:, 0] - centre).T).max()) + 1.5
    reach = _reach(_bridged(logits, filled), centre, farthest, frame)
    points: FloatArray = centre + reach[:, None] * _DIRECTIONS
    seen = points[_within(points, frame)]
    ellipse = fit_ellipse(seen)
    if ellipse is None or min(ellipse.rx, ellipse.ry) < _FLATTEST * max(ellipse.rx, ellipse.ry):
        return None
    is_round = np.mean(_missed(seen, [ellipse]) <= _ROUND) >= _MOST
    return Outline(ellipse, _on_ellipse(ellipse) if is_round else _smoothed(centre, reach))


def fit_ellipse(points: FloatArray) -> Ellipse | None:
    """The ellipse through most of the points, by direct least squares (Fitzgibbon et al. 1999).

    Points that miss it are left out and it is fitted again, for a neighbour may cover the rim.
    Where most miss it, the first fit is by least median of squares (Rousseeuw 1984) instead.

    Args:
        points: n × 2.

    Returns:
        None where there are too few points, or they lie on no ellipse.
    """
    if len(points) < _LEAST_POINTS:
        return None
    ellipse = _through(points)
    if ellipse is not None and _median_miss(points, ellipse) > _CLOSE:
        ellipse = _through_half(points, ellipse)
    for _ in range(_ROUNDS):
        if ellipse is None:
            return None
        (missed,) = _missed(points, [ellipse])
        kept = missed <= _OUTLIER * max(float(np.median(missed)), _LEAST_DEVIATION)
        ellipse = _through(points[kept])
    return ellipse


def _through(points: FloatArray) -> Ellipse | None:
    (cx, cy), (width, height), degrees = cv2.fitEllipseDirect(points)
    if not (np.isfinite([cx, cy, width, height]).all() and min(width, height) > _LEAST_AXIS):
        return None
    return Ellipse(cx, cy, width / 2, height / 2, degrees)


def _through_half(points: FloatArray, rough: Ellipse) -> Ellipse:
    """An ellipse to which half the points are close; the rough one where there is none.

    There is none for a coin with corners, whose ellipse must not prefer some of its sides; that two
    of four sides lie on a long ellipse is why it must be of about the rough one's area.
    """
    chance = np.random.default_rng(0)
    samples = (chance.choice(points, _SAMPLE, replace=False) for _ in range(_SAMPLES))
    fitted = (ellipse for sample in samples if (ellipse := _through(sample)) is not None)
    trials = [each for each in fitted if 1 / _ALIKE < _area(each) / _area(rough) < _ALIKE]
    if not trials:
        return rough
    misses = np.median(_missed(points, trials), axis=1)
    best = int(np.argmin(misses))
    return trials[best] if misses[best] < _CLOSE else rough


def _area(ellipse: Ellipse) -> float:
    return np.pi * ellipse.rx * ellipse.ry


def _median_miss(points: FloatArray, ellipse: Ellipse) -> float:
    return float(np.median(_missed(points, [ellipse])))


def _missed(points: FloatArray, ellipses: Sequence[Ellipse]) -> FloatArray:
    """How far n points are from each ellipse, as shares of its radius there: E × n."""
    measures = np.array([each.as_tuple() for each in ellipses]).T[..., np.newaxis]
    cx, cy, rx, ry, degrees = measures
    turn = np.radians(degrees)
    x, y = points[:, 0] - cx, points[:, 1] - cy
    along = (x * np.cos(turn) + y * np.sin(turn)) / rx
    across = (y * np.cos(turn) - x * np.sin(turn)) / ry
    missed: FloatArray = np.abs(np.hypot(along, across) - 1).astype(np.float32)
    return missed


def _contour(mask: MaskArray) -> NDArray[np.int32]:
    """The longest outer contour of a mask, n × 1 × 2."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(contours, key=len), dtype=np.int32)


def _bridged(logits: FloatArray, filled: NDArray[np.uint8]) -> FloatArray:
    """The logits with holes closed, so that rays from the middle reach the rim."""
    inner = cv2.erode(filled, np.ones((3, 3), dtype=np.uint8)) > 0
    bridged: FloatArray = np.where(inner, np.maximum(logits, np.float32(_BRIDGE)), logits)
    return bridged


def _reach(
    logits: FloatArray, centre: FloatArray, farthest: float, frame: FloatArray
) -> FloatArray:
    """How far the coin reaches along each ray: where the logit last falls to `RIM_LOGIT`."""
    steps = np.arange(0, farthest + _STEP, _STEP, dtype=np.float32)
    at = centre + steps[None, :, None] * _DIRECTIONS[:, None]
    x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    sampled = cv2.remap(logits, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    (left, top), (right, bottom) = frame
    on_coin = (sampled > RIM_LOGIT) & (x > left) & (x < right) & (y > top) & (y < bottom)
    last = on_coin.shape[1] - 1 - np.argmax(on_coin[:, ::-1], axis=1)
    rays, after = np.arange(RAYS), np.minimum(last + 1, on_coin.shape[1] - 1)
    inner, outer = sampled[rays, last], sampled[rays, after]
    # A straight line between the last sample on the coin and the next; full length at the frame.
    beyond = ((inner - RIM_LOGIT) / np.maximum(inner - outer, 1e-6)).clip(0, 1)
    reach = np.where(on_coin.any(axis=1), (last + beyond) * _STEP, 0.0)
    return reach.astype(np.float32)


def _within(points: FloatArray, frame: FloatArray) -> NDArray[np.bool_]:
    """Which points are well within the picture, so that the coin and not the frame ends there."""
    within: NDArray[np.bool_] = (
        (points > frame[0] + _AT_FRAME) & (points < frame[1] - _AT_FRAME)
    ).all(axis=1)
    return within


def _smoothed(centre: FloatArray, reach: FloatArray) -> FloatArray:
    """The ends of the rays, each length the mean of three neighbours'."""
    around = np.concatenate([reach[-1:], reach, reach[:1]])
    smooth = np.convolve(around, np.full(3, 1 / 3), mode="valid").astype(np.float32)
    corners: FloatArray = centre + smooth[:, None] * _DIRECTIONS
    return corners


def _on_ellipse(ellipse: Ellipse) -> FloatArray:
    turn = np.radians(ellipse.degrees)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    spokes = (_DIRECTIONS * (ellipse.rx, ellipse.ry)) @ axes
    centre = np.array([ellipse.cx, ellipse.cy])
    rim: FloatArray = (spokes + centre).astype(np.float32)
    return rim
