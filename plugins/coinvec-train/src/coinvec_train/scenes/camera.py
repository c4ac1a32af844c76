"""What a camera does to a scene: exposure, white balance, focus, noise and compression."""

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.domain.vectors import FloatArray


def photographed(picture: RgbArray, rng: np.random.Generator) -> RgbArray:
    """A picture as a phone might have taken it."""
    shown = _exposed(picture.astype(np.float32), rng)
    if rng.random() < 0.35:
        shown = _defocused(shown, rng)
    if rng.random() < 0.5:
        channels = 1 if rng.random() < 0.5 else 3
        grain = rng.normal(0, rng.uniform(1, 14), (*shown.shape[:2], channels))
        shown = shown + grain.astype(np.float32)
    clipped = shown.clip(0, 255).astype(np.uint8)
    return _compressed(clipped, rng) if rng.random() < 0.35 else clipped


def _exposed(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    if rng.random() < 0.8:
        shown = shown * np.float32(rng.uniform(0.55, 1.35)) + np.float32(rng.uniform(-25, 30))
    if rng.random() < 0.5:
        shown = shown * rng.normal(1, 0.12, 3).clip(0.7, 1.3).astype(np.float32)
    if rng.random() < 0.3:
        shown = _uneven(shown, rng)
    if rng.random() < 0.1:
        shown = np.repeat(shown.mean(axis=2, keepdims=True), 3, axis=2)
    shown = shown.clip(0, 255)
    if rng.random() < 0.2:
        gamma = rng.uniform(0.6, 1.8)
        shown = (255 * (shown / 255) ** gamma).astype(np.float32)
    return shown


def _uneven(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Brighter on one side than on the other."""
    ramp = np.linspace(rng.uniform(0.4, 1), rng.uniform(0.8, 1.3), shown.shape[1], dtype=np.float32)
    along = ramp[None, :, None] if rng.random() < 0.5 else ramp[:, None, None]
    uneven: FloatArray = shown * along
    return uneven


def _defocused(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Out of focus, or moved in one direction."""
    if rng.random() < 0.7:
        return np.asarray(cv2.GaussianBlur(shown, (0, 0), rng.uniform(0.4, 1.8)), np.float32)
    length = int(rng.integers(3, 9))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), rng.uniform(0, 180), 1)
    turned = cv2.warpAffine(kernel, turn, (length, length))
    return np.asarray(cv2.filter2D(shown, -1, turned / max(turned.sum(), 1e-6)), np.float32)


def _compressed(picture: RgbArray, rng: np.random.Generator) -> RgbArray:
    quality = int(rng.integers(30, 92))
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
