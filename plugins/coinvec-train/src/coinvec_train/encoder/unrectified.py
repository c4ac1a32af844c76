"""What a segmenter would give without mapping ellipses to circles, to measure what that brings."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from coinvec.domain.images import Crop, MaskArray, Picture
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.cutout import cut_out
from coinvec.plugin.protocols import Preprocessor


class Unrectified:
    """Finds what another preprocessor finds; coins seen from aside stay so in the cut-outs.

    Args:
        preprocessor: Finds the coins.
    """

    def __init__(self, preprocessor: Preprocessor) -> None:
        self._preprocessor = preprocessor

    def find(self, picture: Picture, *, all_coins: bool = False) -> Sequence[Crop]:
        """The crops, cut out along the circle around each coin's ellipse."""
        return [
            _upright(picture, each)
            for each in self._preprocessor.find(picture, all_coins=all_coins)
        ]


def _upright(picture: Picture, crop: Crop) -> Crop:
    radius = max(crop.ellipse.rx, crop.ellipse.ry)
    circle = replace(crop.ellipse, rx=radius, ry=radius)
    outline = _outline(crop.mask) + np.array([crop.box.x0, crop.box.y0], np.float32)
    return cut_out(picture, circle, outline, score=crop.score, passes=crop.passes)


def _outline(mask: MaskArray) -> FloatArray:
    """The corners of the largest piece, P × 2."""
    pieces, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(pieces, key=cv2.contourArea)[:, 0], dtype=np.float32)
