"""The preprocessor `hough`: finds coins by the Hough circle transform and fits their rims.

Candidates are circles of small pictures (`coinvec_classic.circles`) and, for a coin alone on a
plain ground, its outline by colour (`coinvec_classic.ground`). All are fitted to the rims near them
and judged by one measure (`coinvec_classic.rim`): how far the rim stands out of the ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Crop, Picture, RgbArray
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.cutout import cut_out
from coinvec_classic import circles, ground, rim
from coinvec_classic.outlines import Outlines, ellipse_of, scaled_frames

ACCEPT = 0.5
"""Least score of a coin."""


@dataclass(frozen=True, slots=True)
class _Level:
    """One scale at which coins are looked for.

    Attributes:
        voting: Longest side of the picture that votes for circles, in pixels.
        fitting: Longest side of the picture that rims are fitted in, in pixels.
        least: Least radius, as a share of the longest side.
        greatest: Greatest radius, as a share of the longest side.
        votes: How many circles of each channel to follow.
        keep: How many rims to follow to the end.
    """

    voting: int
    fitting: int
    least: float
    greatest: float
    votes: int
    keep: int


_LARGE = _Level(voting=128, fitting=320, least=0.08, greatest=0.60, votes=10, keep=16)
_SMALL = _Level(voting=320, fitting=640, least=0.02, greatest=0.10, votes=40, keep=100)
_GROWTH = ((0.85, 0.85), (1.15, 1.15), (1.05, 0.7))
"""Each circle starts three fits: from within its rim, from without, and as a coin on a table that
is seen from the side; horizontal and vertical factors."""
_OVERLAP = 0.35
"""The share of the smaller of two outlines that they may have in common and both be coins."""
_OUTER = 0.10
"""What twice the radius is worth, in score, among outlines of one coin: the inner ring of a
two-metal coin often stands out better than its rim."""
_RASTER = 160
"""Longest side of the raster on which overlaps are counted, in pixels."""


class HoughPreprocessor:
    """Finds coins by their rims. Stateless, hence safe to call from several threads."""

    def find(self, picture: Picture, *, all_coins: bool = False) -> Sequence[Crop]:
        """Find the largest coin, or every coin, largest first.

        Args:
            picture: Upright photograph.
            all_coins: Return every coin instead of the largest alone.

        Returns:
            The crops, each of a score from `ACCEPT` to 1; empty where there is no coin.
        """
        pixels = _reduced(picture.pixels, _SMALL.fitting)
        outlines, scores = _search(pixels, _LARGE)
        certain = len(outlines)
        if all_coins or not certain:
            small, small_scores = _search(pixels, _SMALL)
            outlines = Outlines.joined(outlines, small)
            scores = np.concatenate([scores, small_scores])
        # What was found first stays, so that the wanted coin is the first of all coins.
        later = np.arange(len(outlines)) >= certain
        kept = _distinct(outlines, scores, later, pixels.shape)
        kept = kept[np.argsort(-outlines.areas()[kept], kind="stable")]
        found = outlines.take(kept if all_coins else kept[:1])
        full = found.scaled(picture.width / pixels.shape[1])
        return [
            cut_out(picture, ellipse_of(frame), polygon, score=float(score))
            for frame, polygon, score in zip(
                full.frames, full.polygons(), scores[kept[: len(full)]], strict=True
            )
        ]


def _reduced(pixels: RgbArray, longest: int) -> RgbArray:
    """The picture with no side longer than `longest` pixels."""
    height, width = pixels.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1.0:
        return pixels
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _search(pixels: RgbArray, level: _Level) -> tuple[Outlines, FloatArray]:
    """Accepted outlines of one scale and their scores, in pixels of the picture given."""
    fitting = _reduced(pixels, level.fitting)
    voting = _reduced(fitting, level.voting)
    lab = rim.smoothed_lab(fitting)
    longest = max(voting.shape[:2])
    seeds = circles.vote(
        voting,
        least=level.least * longest,
        greatest=level.greatest * longest,
        top=level.votes,
    )
    seeds = scaled_frames(seeds, fitting.shape[1] / voting.shape[1])
    region = ground.alone(lab) if level is _LARGE else Outlines.none()
    frames = np.concatenate([*(_grown(seeds, growth) for growth in _GROWTH), region.frames])
    fitted = Outlines.round(rim.refine(lab, frames, keep=level.keep))
    outlines = Outlines.joined(fitted, region.take(np.flatnonzero(region.profiles.std(axis=1))))
    scores = rim.scores(lab, outlines)
    accepted = np.flatnonzero(scores >= ACCEPT)
    scale = pixels.shape[1] / fitting.shape[1]
    return outlines.take(accepted).scaled(scale), scores[accepted]


def _grown(frames: FloatArray, factors: tuple[float, float]) -> FloatArray:
    """Frames of coins wider and higher by two factors, about the same centres."""
    return frames * np.array([[[factors[0], 1, 1], [1, factors[1], 1]]], dtype=np.float32)


def _distinct(
    outlines: Outlines, scores: FloatArray, later: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.intp]:
    """Places of the best outlines of which no two show the same coin, the earlier ones first."""
    worth = scores + _OUTER * 0.5 * np.log2(np.maximum(outlines.areas(), 1.0))
    factor = _RASTER / max(shape[:2])
    rasters = [
        _raster(polygon * factor, shape[0] * factor, shape[1] * factor)
        for polygon in outlines.polygons()
    ]
    kept: list[int] = []
    for at in np.lexsort((-worth, later)).tolist():
        if all(_overlap(rasters[at], rasters[other]) <= _OVERLAP for other in kept):
            kept.append(at)
    return np.array(kept, dtype=np.intp)


def _raster(polygon: FloatArray, height: float, width: float) -> NDArray[np.bool_]:
    """A polygon's pixels, and at least one of them."""
    canvas = np.zeros((max(1, round(height)), max(1, round(width))), dtype=np.uint8)
    cv2.fillPoly(canvas, [np.round(polygon).astype(np.int32)], 1)
    return canvas.astype(np.bool_)


def _overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """The common area of two rasters as a share of the smaller one's."""
    smaller = min(int(one.sum()), int(other.sum()))
    return int((one & other).sum()) / max(smaller, 1)
