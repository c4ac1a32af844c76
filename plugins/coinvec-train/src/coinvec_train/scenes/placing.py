"""Where a coin lies in the scene: padding, place, turn and tilt."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.vectors import FloatArray
from coinvec_train.scenes.settings import SceneSettings
from coinvec_train.scenes.sprites import Sprite

GREATEST_PADDING = 36.0
"""The article pads from 1:1 to 1:36, the coin's square against the padded picture, by area."""
_CLOSE = 1.5
_GREATEST_TILT = math.radians(62)


def drawn_diameter(rng: np.random.Generator, size: int, settings: SceneSettings) -> float:
    """The wanted coin's diameter in pixels: every ratio of sides from 1 to 6 is as likely."""
    if rng.random() < settings.close:
        return size / rng.uniform(1.0, _CLOSE)
    return float(size / math.sqrt(math.exp(rng.uniform(0, math.log(GREATEST_PADDING)))))


def drawn_place(
    rng: np.random.Generator, size: int, diameter: float, settings: SceneSettings
) -> NDArray[np.float64]:
    """The wanted coin's middle: anywhere it is seen whole, or cut by the frame."""
    reach = (size - diameter) / 2
    if rng.random() < settings.cut:
        reach += diameter / 4
    return size / 2 + rng.uniform(-1, 1, 2) * reach


def beside(
    rng: np.random.Generator, place: NDArray[np.float64], distance: float
) -> NDArray[np.float64]:
    """A place at some distance in any direction."""
    angle = rng.uniform(0, 2 * math.pi)
    return place + distance * np.array([math.cos(angle), math.sin(angle)])


def placed(
    sprite: Sprite,
    rng: np.random.Generator,
    size: int,
    diameter: float,
    place: NDArray[np.float64],
    *,
    oblique: bool,
) -> tuple[FloatArray, FloatArray]:
    """Turn a sprite by any angle, tilt it, and put it in its place.

    Returns:
        Its pixels, size × size × 3, and its alpha, size × size from 0 to 1; float32.
    """
    factor = diameter / max(sprite.diameter, 1.0)
    linear = factor * _tilt(rng, oblique=oblique) @ _rotation(rng.uniform(0, 2 * math.pi))
    height, width = sprite.alpha.shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    onto = np.column_stack([linear, place - linear @ middle])
    # To sample a large sprite at few points would alias.
    pixels = (
        sprite.pixels if factor >= 0.7 else cv2.GaussianBlur(sprite.pixels, (0, 0), 0.4 / factor)
    )
    shown = cv2.warpAffine(
        pixels, onto, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    alpha = cv2.warpAffine(sprite.alpha, onto, (size, size), flags=cv2.INTER_LINEAR)
    return shown.astype(np.float32), (alpha / 255).astype(np.float32)


def _rotation(angle: float) -> NDArray[np.float64]:
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def _tilt(rng: np.random.Generator, *, oblique: bool) -> NDArray[np.float64]:
    """What a circle becomes when it is seen from the side: shorter in one direction."""
    if not oblique:
        return np.eye(2)
    direction = _rotation(rng.uniform(0, math.pi))
    return direction @ np.diag([1.0, math.cos(rng.uniform(0, _GREATEST_TILT))]) @ direction.T
