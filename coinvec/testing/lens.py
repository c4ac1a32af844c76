"""What lens and sensor make of a scene: vignette, colour cast, defocus, noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.testing.backgrounds import Ground


@dataclass(frozen=True, slots=True)
class Lens:
    """What the camera does to the picture.

    Attributes:
        blur: Standard deviation of the defocus in pixels.
        noise: Standard deviation of the sensor noise, of 255.
        cast: How far colours may drift from neutral, as a fraction.
        vignette: Loss of light in the corners, as a fraction.
    """

    blur: float
    noise: float
    cast: float
    vignette: float


PHONE = Lens(blur=0.9, noise=4.0, cast=0.06, vignette=0.22)
"""A phone in the hand, indoors."""
STUDIO = Lens(blur=0.4, noise=1.2, cast=0.01, vignette=0.03)
"""A copy stand under two lamps."""


def expose(scene: Ground, lens: Lens, rng: np.random.Generator) -> RgbArray:
    """Photograph a scene.

    Args:
        scene: H × W × 3 RGB, 0 to 255; is overwritten.
        lens: The camera.
        rng: Source of cast and noise.

    Returns:
        H × W × 3 RGB uint8.
    """
    height, width = scene.shape[:2]
    u = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    v = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    slant = rng.uniform(-0.1, 0.1, 2) * lens.vignette / PHONE.vignette
    dimming = 1 - np.float32(lens.vignette / 2) * (u * u + v * v)
    dimming += np.float32(slant[0]) * u + np.float32(slant[1]) * v
    gains = 1 + rng.uniform(-lens.cast, lens.cast, 3)
    grain = np.float32(lens.noise) * rng.standard_normal((height, width), dtype=np.float32)
    if lens.blur > 0.0:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), lens.blur), dtype=np.float32)
    # Neighbouring sensor cells see other colours, so each channel's noise is its own.
    planes = [
        plane * (dimming * np.float32(gain)) + np.roll(grain, 7 * k, axis=1)
        for k, (plane, gain) in enumerate(zip(cv2.split(scene), gains, strict=True))
    ]
    return np.asarray(np.clip(cv2.merge(planes), 0, 255), dtype=np.uint8)
