"""What a lamp does to a photograph, taken out of it before the network looks."""

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.domain.vectors import FloatArray

_CONTRAST = 0.4
"""Standard deviation of the lightness that the network sees; its input runs from -1 to 1."""
_LEAST_DEVIATION = 3.0
"""In grey levels; below it there is noise alone."""
_COLOUR_RANGE = 0.6
"""How far a channel's mean may lie from the mean of all, as a share of it."""


def resized(cutout: RgbArray, size: int) -> RgbArray:
    """A cut-out at the network's size, size × size × 3."""
    if cutout.shape[0] == size:
        return cutout
    return np.asarray(cv2.resize(cutout, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def evened(cutout: RgbArray) -> FloatArray:
    """A cut-out with the same brightness and contrast whatever light it was taken in.

    Dark, hazy and glaring photographs of a coin differ in an offset and a gain above all. The
    coin's own colour stays, as the ratio of its channels, for copper and silver are different
    coins; what is around the coin is black.

    Args:
        cutout: H × W × 3, RGB, black around the coin.

    Returns:
        H × W × 3 in [-1, 1].
    """
    pixels = cutout.astype(np.float32)
    inside = np.asarray(cutout.any(axis=2))
    if not inside.any():
        return np.full(cutout.shape, -1.0, dtype=np.float32)
    coin = pixels[inside]
    means = coin.mean(axis=0)
    brightness = max(float(means.mean()), 1.0)
    deviation = max(float(coin.mean(axis=1).std()), _LEAST_DEVIATION)
    colour = np.clip(means / brightness - 1.0, -_COLOUR_RANGE, _COLOUR_RANGE)
    light = (pixels - means) * (_CONTRAST / deviation) + colour
    return np.where(inside[:, :, np.newaxis], np.clip(light, -1.0, 1.0), -1.0).astype(np.float32)
