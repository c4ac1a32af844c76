"""Augmentation: what cut-outs look like on other photographs of the same coin.

`article` is the recipe of Grid Dynamics' coin recognition article: blur, ISO noise, perspective,
Gaussian noise, brightness and contrast, shadows, flips and rotations. `phone` is what changes from
a dealer's picture to a coin in the hand: light from elsewhere on the relief, or from everywhere;
glare, shadows, colour casts, darkness, wear, few pixels; and no flips, for no photograph mirrors a
coin. A share of either may be taken in poor light: of the relief a few grey levels are left, in the
grain.
"""

from dataclasses import dataclass
from typing import Any

import albumentations as alb
import cv2
import numpy as np
from numpy.random import Generator

from coinvec.domain.images import RgbArray
from coinvec.plugin.cutout import RADIUS, SIZE

_Float = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class _Geometry:
    """How far a coin is moved: shares of the picture's side, and of the coin's size."""

    shift: float
    scale: tuple[float, float]
    oblique: float
    flips: float


_GEOMETRY = {
    "article": _Geometry(shift=0.02, scale=(0.95, 1.05), oblique=0.06, flips=0.5),
    "phone": _Geometry(shift=0.03, scale=(0.90, 1.08), oblique=0.08, flips=0.0),
}


class Views:
    """Draws changed views of cut-outs.

    Args:
        kind: `article` or `phone`.
        size: Sides of the views, in pixels.
        poor_light: Share of the views that are taken in poor light besides.
    """

    def __init__(self, kind: str, size: int, *, poor_light: float = 0.0) -> None:
        self._geometry = _GEOMETRY[kind]
        self._size = size
        self._is_phone, self._poor_light = kind == "phone", poor_light
        self._optics = _phone_optics() if self._is_phone else _article_optics()

    def draw(self, cutout: RgbArray, rng: Generator) -> RgbArray:
        """A view of a cut-out (`SIZE` × `SIZE` × 3), size × size × 3."""
        pixels = self._moved(cutout, rng)
        if self._is_phone:
            if rng.random() < 0.5:
                pixels = relit(pixels, rng)
            if rng.random() < 0.5:
                pixels = fainter(pixels, rng)
            if rng.random() < 0.3:
                pixels = with_glare(pixels, rng)
            if rng.random() < 0.4:
                pixels = with_shadow(pixels, rng)
            if rng.random() < 0.5:
                pixels = with_cast(pixels, rng)
        inside = np.asarray(pixels.any(axis=2))
        self._optics.set_random_seed(int(rng.integers(2**31)))
        seen: RgbArray = self._optics(image=pixels)["image"]
        if self._poor_light and rng.random() < self._poor_light:
            seen = in_poor_light(seen, rng)
        return np.where(inside[:, :, np.newaxis], seen, 0).astype(np.uint8)

    def _moved(self, cutout: RgbArray, rng: Generator) -> RgbArray:
        """Turned by any angle, shifted, scaled, seen from aside; the rim found a little wrong."""
        how, side = self._geometry, self._size
        if self._is_phone and rng.random() < 0.5:
            cutout = _trimmed(cutout, rng)
        angle = rng.uniform(0, 2 * np.pi)
        middle, half = (SIZE - 1) / 2, SIZE / 2
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
        source = corners @ turn.T / rng.uniform(*how.scale) + middle
        source += rng.uniform(-how.shift, how.shift, 2) * SIZE
        source += rng.normal(0, how.oblique / 2, (4, 2)) * SIZE * (rng.random() < 0.6)
        target = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * side - 0.5
        if rng.random() < how.flips:
            target = target[::-1]
        matrix = cv2.getPerspectiveTransform(
            source.astype(np.float32), np.ascontiguousarray(target, dtype=np.float32)
        )
        if side < SIZE:  # two pixels for each of the view's; fewer would alias
            cutout = np.asarray(cv2.GaussianBlur(cutout, (0, 0), 0.35 * SIZE / side), np.uint8)
        return np.asarray(cv2.warpPerspective(cutout, matrix, (side, side)), dtype=np.uint8)


def relit(pixels: RgbArray, rng: Generator) -> RgbArray:
    """Lit from elsewhere: edges of the estimated relief become lighter on one side.

    A coin is of one metal, so that lightness without its slow changes follows the slope towards
    the light; its derivative along another direction is what a lamp there would add.
    """
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1)
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.cos(angle) * cv2.Sobel(grey, cv2.CV_32F, 1, 0) + np.sin(angle) * cv2.Sobel(
        grey, cv2.CV_32F, 0, 1
    )
    own = rng.uniform(0.3, 1.0)
    slow = _slow(pixels, pixels.shape[0] / 16)
    detail = pixels.astype(np.float32) - slow
    light = slow + own * detail + rng.uniform(0.1, 0.6) * slope[:, :, np.newaxis]
    return _kept_black(light, pixels)


def fainter(pixels: RgbArray, rng: Generator) -> RgbArray:
    """Lit from everywhere: little of the relief is seen.

    Coins on the phone photos that are trained on have 0.6 of the contrast and half of the detail of
    catalogue pictures (medians).
    """
    slow = _slow(pixels, pixels.shape[0] / 8)
    return _kept_black(slow + rng.uniform(0.25, 0.9) * (pixels - slow), pixels)


def with_shadow(pixels: RgbArray, rng: Generator) -> RgbArray:
    """Darker towards one side, softly or along an edge, as under a hand or a phone."""
    side = pixels.shape[0]
    y, x = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    angle, width = rng.uniform(0, 2 * np.pi), np.exp(rng.uniform(np.log(0.01), np.log(0.4)))
    depth = (x * np.cos(angle) + y * np.sin(angle) - rng.uniform(-0.3, 0.3)) / width
    dark = rng.uniform(0.2, 0.6) / (1 + np.exp(-depth))
    return _kept_black(pixels * (1 - dark[:, :, np.newaxis]), pixels)


def with_glare(pixels: RgbArray, rng: Generator) -> RgbArray:
    """A soft bright spot, as of a lamp mirrored in the metal."""
    side = pixels.shape[0]
    y, x = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    angle, (cx, cy) = rng.uniform(0, np.pi), rng.uniform(-0.4, 0.4, 2)
    along = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
    across = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
    long, wide = rng.uniform(0.1, 0.5), rng.uniform(0.04, 0.2)
    spot = np.exp(-((along / long) ** 2) - (across / wide) ** 2)[:, :, np.newaxis]
    strength = rng.uniform(0.3, 0.95) * spot
    return _kept_black(pixels + strength * (255 - pixels.astype(np.float32)), pixels)


def with_cast(pixels: RgbArray, rng: Generator) -> RgbArray:
    """Another metal or lamp: grey or faded colours, then a colour of its own, often dark."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[:, :, np.newaxis].astype(np.float32)
    colour = rng.choice([0.0, rng.uniform(0, 1.3)])
    faded = grey + colour * (pixels - grey)
    gains = np.exp(rng.normal(0, 0.18, 3)).astype(np.float32)
    return _kept_black(faded * gains * np.exp(rng.uniform(-0.7, 0.25)), pixels)


def in_poor_light(pixels: RgbArray, rng: Generator) -> RgbArray:
    """Flat and underexposed, with a camera's grain, its smoothing and JPEG's on what is left."""
    slow = _slow(pixels, pixels.shape[0] / 8)
    detail, gain = np.exp(rng.uniform(np.log((0.3, 0.15)), np.log((0.9, 0.9))))
    light = gain * (slow + detail * (pixels - slow))
    light += rng.normal(0, rng.uniform(0.5, 3.0), pixels.shape)
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), rng.uniform(0.4, 1.2)), dtype=np.float32)
    kept = np.clip(light, 0, 255).astype(np.uint8)[:, :, ::-1]  # OpenCV's coder wants blue first
    quality = (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 96)))
    _, packed = cv2.imencode(".jpg", kept, quality)
    seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.float32)[:, :, ::-1]
    return _kept_black(seen, pixels)


def _slow(pixels: RgbArray, sigma: float) -> _Float:
    """The light without the relief; what is around the coin does not darken its rim."""
    inside = np.asarray(pixels.any(axis=2), dtype=np.float32)
    light = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), sigma)
    share = cv2.GaussianBlur(inside, (0, 0), sigma)[:, :, np.newaxis]
    return np.asarray(light / np.maximum(share, 1e-3), dtype=np.float32)


def _trimmed(cutout: RgbArray, rng: Generator) -> RgbArray:
    """Cut out along a circle of another size, as when the rim was found too far in."""
    middle = (SIZE - 1) / 2
    y, x = np.ogrid[:SIZE, :SIZE]
    radius = RADIUS * rng.uniform(0.93, 1.02)
    inside = (x - middle) ** 2 + (y - middle) ** 2 <= radius**2
    return np.where(inside[:, :, np.newaxis], cutout, 0).astype(np.uint8)


def _kept_black(light: _Float, before: RgbArray) -> RgbArray:
    """Rounded to bytes; what was cut away stays black, and nothing else becomes so."""
    inside = before.any(axis=2, keepdims=True)
    return np.where(inside, np.clip(light, 1, 255), 0).astype(np.uint8)


def _article_optics() -> alb.Compose:
    return alb.Compose([
        alb.OneOf([alb.GaussianBlur((3, 5)), alb.MotionBlur((3, 5))], p=0.3),
        alb.OneOf([alb.ISONoise(), alb.GaussNoise((0.02, 0.08))], p=0.4),
        alb.RandomBrightnessContrast(0.3, 0.3, p=0.6),
        alb.RandomShadow(p=0.2),
    ])  # fmt: skip


def _phone_optics() -> alb.Compose:
    blurs: list[Any] = [
        alb.GaussianBlur((3, 9)),
        alb.MotionBlur((3, 9)),
        alb.Downscale((0.3, 0.8)),
    ]
    return alb.Compose([
        alb.RandomBrightnessContrast((-0.15, 0.25), (-0.4, 0.4), p=0.5),
        alb.RandomGamma((50, 180), p=0.3),
        alb.OneOf(blurs, p=0.55),
        alb.OneOf([alb.ISONoise((0.02, 0.08), (0.1, 0.5)), alb.GaussNoise((0.005, 0.04))], p=0.4),
        alb.ImageCompression(quality_range=(30, 90), p=0.3),
    ])  # fmt: skip
