"""Logits as a perfect network would give them, of ellipses known exactly."""

import numpy as np

from coinvec.domain.images import Ellipse

SHARPNESS = 2.0
"""Logits a pixel from the rim."""
CORE_SHARE = 0.6


def signed(ellipse, size):
    """About the distance to the rim in pixels, positive inside, size × size."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    turn = np.radians(ellipse.degrees)
    along = (x - ellipse.cx) * np.cos(turn) + (y - ellipse.cy) * np.sin(turn)
    across = (y - ellipse.cy) * np.cos(turn) - (x - ellipse.cx) * np.sin(turn)
    radius = np.hypot(along / ellipse.rx, across / ellipse.ry)
    return (1 - radius) * np.sqrt(ellipse.rx * ellipse.ry)


def logits(*coins, size=256, holes=()):
    """2 × size × size; later coins lie on earlier ones."""
    coin = np.full((size, size), -50.0)
    core = np.full((size, size), -50.0)
    for each in coins:
        coin = np.maximum(coin, signed(each, size))
        small = Ellipse(each.cx, each.cy, each.rx * CORE_SHARE, each.ry * CORE_SHARE, each.degrees)
        core = np.maximum(core, signed(small, size))
    for hole in holes:
        coin = np.minimum(coin, -signed(hole, size))
    return (np.stack([coin, core]) * SHARPNESS).clip(-12, 12).astype(np.float32)
