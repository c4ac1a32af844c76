"""Light on a coin and on its ground: brightness, colour, highlights and shadows."""

import math

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.domain.vectors import FloatArray


def lit_ground(ground: RgbArray, rng: np.random.Generator) -> FloatArray:
    """Brightness, colour and focus of the ground, float32 from 0 to 255."""
    shown: FloatArray = ground.astype(np.float32) * _tint(rng) * rng.uniform(0.5, 1.4)
    if rng.random() < 0.3:
        shown = cv2.GaussianBlur(shown, (0, 0), rng.uniform(0.5, 4)).astype(np.float32)
    clipped: FloatArray = shown.clip(0, 255).astype(np.float32)
    return clipped


def lit_coin(
    coin: FloatArray, rng: np.random.Generator, place: FloatArray, diameter: float
) -> FloatArray:
    """Brightness, metal, highlight and focus of a coin, float32 from 0 to 255."""
    shown: FloatArray = coin * _tint(rng) * np.float32(rng.uniform(0.5, 1.4))
    if rng.random() < 0.25:  # another metal
        shown = shown.mean(axis=2, keepdims=True) * rng.uniform(0.8, 1.2, 3).astype(np.float32)
    if rng.random() < 0.3:
        shown = shown + _highlight(rng, coin.shape[0], place, diameter)
    if rng.random() < 0.2:
        shown = cv2.GaussianBlur(shown, (0, 0), rng.uniform(0.4, 1.6)).astype(np.float32)
    clipped: FloatArray = shown.clip(0, 255).astype(np.float32)
    return clipped


def cast_shadow(
    ground: FloatArray, alpha: FloatArray, rng: np.random.Generator, diameter: float
) -> FloatArray:
    """The ground under the shadow that a coin throws beside itself."""
    shift = rng.normal(0, 0.04 * diameter, 2)
    onto = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    moved = cv2.warpAffine(alpha, onto, alpha.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), max(1.0, diameter * rng.uniform(0.01, 0.06)))
    shaded: FloatArray = ground * (1 - np.float32(rng.uniform(0.2, 0.8)) * soft)[..., None]
    return shaded


def shaded_edge(coin: FloatArray, alpha: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A rim that is brighter or darker than the coin, as its edge catches the light or does not."""
    edge = alpha - cv2.erode(alpha, np.ones((3, 3), dtype=np.uint8))
    shown: FloatArray = coin + edge[..., None] * np.float32(rng.uniform(-120, 80))
    return shown.clip(0, 255).astype(np.float32)


def _tint(rng: np.random.Generator) -> FloatArray:
    tint: FloatArray = rng.normal(1, 0.1, 3).clip(0.75, 1.25).astype(np.float32)
    return tint


def _highlight(
    rng: np.random.Generator, size: int, place: FloatArray, diameter: float
) -> FloatArray:
    """A soft glare somewhere on the coin, size × size × 1."""
    x, y = np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32)[:, None]
    cx, cy = place + rng.uniform(-0.3, 0.3, 2) * diameter
    width = max(1.0, diameter * rng.uniform(0.1, 0.5))
    glare = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * width**2))
    shown: FloatArray = (glare * rng.uniform(40, 200)).astype(np.float32)[..., None]
    return shown


def broad_shadow(picture: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A shadow with a straight soft edge over part of the picture, of a hand or a head."""
    size = picture.shape[0]
    angle, place = rng.uniform(0, 2 * math.pi), rng.uniform(-0.3, 0.3) * size
    x = np.arange(size, dtype=np.float32) - size / 2
    along = x * math.cos(angle) + x[:, None] * math.sin(angle) - place
    dark = 0.5 + 0.5 * np.tanh(along / (2 * size * rng.uniform(0.01, 0.1)))
    shaded: FloatArray = picture * (1 - np.float32(rng.uniform(0.2, 0.65)) * dark)[..., None]
    return shaded.astype(np.float32)
