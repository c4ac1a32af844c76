"""Circle candidates by the Hough transform.

OpenCV's gradient method (Yuen, Princen, Illingworth and Kittler 1990, "A comparative study of Hough
transform methods for circle finding") votes in small smoothed pictures: of the brightness, where
most rims show, and of the saturation, where a metal stands out of a ground as bright as itself. A
coarse accumulator also catches coins seen obliquely; the rim fit makes the ellipse of them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import RgbArray
from coinvec.domain.vectors import FloatArray

_GREY = (1.5, 100.0)
_SATURATION = (2.0, 60.0)
"""Smoothing in pixels and Canny's upper limit."""
_LEAST_VOTES = 20.0


def vote(pixels: RgbArray, *, least: float, greatest: float, top: int) -> FloatArray:
    """Candidate circles of a small picture, the best supported of each channel.

    Args:
        pixels: H × W × 3 RGB, uint8, a few hundred pixels wide at most.
        least: Least radius in pixels.
        greatest: Greatest radius in pixels.
        top: How many circles of each channel to give, by falling number of votes.

    Returns:
        N × 2 × 3 frames, float32; the same circle may come from both channels.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    saturation = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV), dtype=np.uint8)[:, :, 1]
    found = np.concatenate(
        [
            _circles(channel, settings, least, greatest)[:top]
            for channel, settings in ((grey, _GREY), (saturation, _SATURATION))
        ]
    )
    return _frames(found)


def _frames(circles: FloatArray) -> FloatArray:
    """Circles `(cx, cy, r)` as frames, N × 2 × 3."""
    frames = np.zeros((len(circles), 2, 3), dtype=np.float32)
    frames[:, 0, 0] = frames[:, 1, 1] = circles[:, 2]
    frames[:, :, 2] = circles[:, :2]
    return frames


def _circles(
    channel: NDArray[np.uint8],
    settings: tuple[float, float],
    least: float,
    greatest: float,
) -> FloatArray:
    smoothing, canny = settings
    found = cv2.HoughCircles(
        cv2.GaussianBlur(channel, (0, 0), smoothing),
        cv2.HOUGH_GRADIENT,
        dp=2,
        minDist=max(1.0, least),
        param1=canny,
        param2=_LEAST_VOTES,
        minRadius=max(3, round(least)),
        maxRadius=max(4, round(greatest)),
    )
    if found is None:
        return np.zeros((0, 3), dtype=np.float32)
    return found.reshape(-1, found.shape[-1])[:, :3].astype(np.float32)
