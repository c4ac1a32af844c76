"""Labelled pictures for tests, drawn from a seed."""

import cv2
import numpy as np
from coinvec_train.labels import LabelledPicture

from coinvec.domain.images import Ellipse

SIDE = 96


def write_coin(folder, seed):
    """A picture of one coin on a dark ground."""
    rng = np.random.default_rng(seed)
    radius = rng.uniform(30, 42)
    ellipse = Ellipse(47.5, 47.5, radius, 0.97 * radius, rng.uniform(0, 180))
    pixels = np.full((SIDE, SIDE, 3), 20, dtype=np.uint8)
    coin = rng.integers(120, 250, (SIDE, SIDE, 3), dtype=np.uint8)
    mask = ellipse.mask(SIDE, SIDE)
    pixels[mask] = cv2.GaussianBlur(coin, (0, 0), 2)[mask]
    return _labelled(folder / f"coin-{seed}.png", pixels, (ellipse,))


def write_scene(folder, seed):
    """A picture of two coins on a blue ground."""
    pixels = np.full((120, 160, 3), (30, 60, 160), dtype=np.uint8)
    coins = (Ellipse(45, 60, 30, 26, 20), Ellipse(115, 55, 24, 24))
    for coin in coins:
        pixels[coin.mask(160, 120)] = (200, 180, 120)
    return _labelled(folder / f"scene-{seed}.png", pixels, coins)


def write_ground(folder, seed):
    """A blotchy ground."""
    noise = np.random.default_rng(seed).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    path = folder / f"ground-{seed}.png"
    cv2.imwrite(str(path), cv2.GaussianBlur(noise, (0, 0), 3))
    return path


def _labelled(path, pixels, coins):
    cv2.imwrite(str(path), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    height, width = pixels.shape[:2]
    return LabelledPicture(path, width, height, "train", coins, "drawn", "CC0")
