"""What the network learns to draw: the coins, and the core of each."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import MaskArray

CHANNELS = ("coin", "core")
CORE_SHARE = 0.6
"""How wide a core is beside its coin."""


def targets(masks: Sequence[MaskArray], size: int) -> NDArray[np.uint8]:
    """Draw the target of one picture.

    A core is a coin's outline, holes filled, shrunk about its centre. Cores do not touch where
    coins do, so they tell how many coins there are and which pixel belongs to which.

    Args:
        masks: One size × size mask for each coin.
        size: Sides of the picture in pixels.

    Returns:
        2 × size × size, 0 or 1: the coins' pixels, the cores' pixels.
    """
    drawn = np.zeros((2, size, size), dtype=np.uint8)
    for mask in masks:
        drawn[0] |= mask.astype(np.uint8)
        core = _core(mask)
        if core is not None:
            cv2.fillPoly(drawn[1], [core], 1)
    return drawn


def _core(mask: MaskArray) -> NDArray[np.int32] | None:
    """Corners of the core, n × 1 × 2; None where the mask is empty."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    rim = max(contours, key=len).astype(np.float64)
    moments = cv2.moments(rim.astype(np.float32))
    if moments["m00"] <= 0:
        return None
    centre = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    return np.round(centre + (rim - centre) * CORE_SHARE).astype(np.int32)
