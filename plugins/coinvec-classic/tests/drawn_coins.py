"""Drawn coins for the tests: patterned discs on grounds, and the masks they truly have."""

import cv2
import numpy as np

from coinvec.domain.images import Box, Crop, Ellipse


def pattern(seed: int, size: int = 400) -> np.ndarray:
    """A grey coin face filling a square: a rim, a portrait-like blob, strokes and dots."""
    chance = np.random.default_rng(seed)
    face = np.full((size, size), 150, np.uint8)
    middle, radius = (size // 2, size // 2), size // 2
    cv2.circle(face, middle, int(radius * 0.93), 205, max(2, size // 60))
    for _ in range(14):
        at = (chance.normal(0, 0.3, 2) * radius + radius).astype(int)
        axes = (chance.uniform(0.05, 0.25, 2) * radius).astype(int)
        tone = int(chance.integers(60, 240))
        cv2.ellipse(face, at.tolist(), axes.tolist(), chance.uniform(0, 180), 0, 360, tone, -1)
    for angle in chance.uniform(0, 2 * np.pi, 18):
        at = radius + 0.8 * radius * np.array([np.cos(angle), np.sin(angle)])
        cv2.circle(face, at.astype(int).tolist(), int(radius * 0.05), 90, -1)
    return np.repeat(cv2.GaussianBlur(face, (0, 0), 1.2)[..., None], 3, axis=2)


def ground(height: int, width: int, level: int = 60, seed: int = 0) -> np.ndarray:
    """A faintly textured, slightly coloured ground."""
    chance = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(chance.normal(0, 14, (height, width, 1)), (0, 0), 2.0)
    tinted = level + noise[..., None] + np.array([12.0, 0.0, -12.0])
    return np.clip(tinted, 0, 255).astype(np.uint8)


def place(picture: np.ndarray, ellipse: Ellipse, seed: int) -> np.ndarray:
    """Put a patterned coin into a picture (changed in place); its true mask."""
    height, width = picture.shape[:2]
    face = pattern(seed)
    turn = np.radians(ellipse.degrees)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = axes @ np.diag([ellipse.rx, ellipse.ry]) @ axes.T / (len(face) / 2)
    offset = np.array([ellipse.cx, ellipse.cy]) - linear @ np.full(2, (len(face) - 1) / 2)
    matrix = np.column_stack([linear, offset])
    warped = cv2.warpAffine(face, matrix, (width, height), flags=cv2.INTER_AREA)
    mask = ellipse.mask(width, height)
    picture[mask] = warped[mask]
    return mask


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two masks."""
    return float((one & other).sum() / (one | other).sum())


def turned_crop(seed: int, degrees: float, size: int = 256) -> Crop:
    """A perfect crop of a patterned coin, turned about its centre."""
    face = pattern(seed)
    middle = (len(face) - 1) / 2
    scale = 2 * 0.45 * size / len(face)
    matrix = cv2.getRotationMatrix2D((middle, middle), degrees, scale)
    matrix[:, 2] += (size - 1) / 2 - middle
    cutout = cv2.warpAffine(face, matrix, (size, size), flags=cv2.INTER_LINEAR)
    ellipse = Ellipse((size - 1) / 2, (size - 1) / 2, 0.45 * size, 0.45 * size)
    mask = ellipse.mask(size, size)
    cutout[~mask] = 0
    return Crop((size, size), Box(0, 0, size, size), ellipse, mask, cutout, mask, 1.0)
