"""Merging a coin with its ground by its mask."""

import math
from itertools import pairwise

import cv2
import numpy as np

from coinvec.domain.vectors import FloatArray

_LEVELS = 2
_LEAST_DIAMETER = 24
"""A seam must be narrow beside the coin; each level doubles it."""


def merged(ground: FloatArray, coin: FloatArray, alpha: FloatArray) -> FloatArray:
    """The coin over the ground where alpha is 1; S × S × 3."""
    over = alpha[..., None]
    shown: FloatArray = ground * (1 - over) + coin * over
    return shown


def pyramid_merged(
    ground: FloatArray, coin: FloatArray, alpha: FloatArray, diameter: float
) -> FloatArray:
    """The same with a seam as wide as the detail it joins.

    The Laplacian pyramids of both are merged level by level under the Gaussian pyramid of the mask
    (Burt and Adelson, "A multiresolution spline with application to image mosaics", 1983).
    """
    depth = min(_LEVELS, int(math.log2(max(diameter / _LEAST_DIAMETER, 1.0))))
    masks = gaussian_pyramid(alpha, depth)
    levels = [
        merged(below, above, mask)
        for below, above, mask in zip(
            laplacian_pyramid(ground, depth),
            laplacian_pyramid(coin, depth),
            masks,
            strict=True,
        )
    ]
    return collapsed(levels)


def gaussian_pyramid(picture: FloatArray, levels: int) -> list[FloatArray]:
    """The picture, and `levels` times its half."""
    pyramid = [picture]
    for _ in range(levels):
        pyramid.append(np.asarray(cv2.pyrDown(pyramid[-1]), dtype=np.float32))
    return pyramid


def laplacian_pyramid(picture: FloatArray, levels: int) -> list[FloatArray]:
    """What each level of the Gaussian pyramid adds to the next; the last is what is left."""
    gaussian = gaussian_pyramid(picture, levels)
    details = [fine - _enlarged(coarse, fine) for fine, coarse in pairwise(gaussian)]
    return [*details, gaussian[-1]]


def collapsed(pyramid: list[FloatArray]) -> FloatArray:
    """The picture of a Laplacian pyramid."""
    picture = pyramid[-1]
    for detail in reversed(pyramid[:-1]):
        picture = detail + _enlarged(picture, detail)
    return picture


def _enlarged(coarse: FloatArray, like: FloatArray) -> FloatArray:
    return np.asarray(cv2.pyrUp(coarse, dstsize=like.shape[1::-1]), dtype=np.float32)
