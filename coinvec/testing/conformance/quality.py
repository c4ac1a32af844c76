"""How well plugins do on rendered coins, and how that changes as one thing gets harder."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np

from coinvec.domain.images import Crop, MaskArray, Picture
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.cutout import RADIUS
from coinvec.plugin.protocols import Encoder, Preprocessor
from coinvec.testing.backgrounds import BACKGROUNDS
from coinvec.testing.conformance.material import coin_crop, designs, scene, with_pixels
from coinvec.testing.designs import CoinDesign

__all__ = ["Curve", "iou", "measure_encoder", "measure_preprocessor", "recognised"]

_TURNS = (15, 45, 90, 180)
_LIGHTS = (30, 90, 180)
_DIAMETERS = (128, 64, 32, 16)
_BLURS = (1, 2, 4, 8)
_TILTS = (0, 15, 30, 45)
_SHARES = (0.8, 0.4, 0.2, 0.1)
_SCENES = 3
"""Coins photographed for each point of a preprocessor's curves."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What is measured while one thing gets harder.

    Attributes:
        title: What is measured, against what.
        levels: How hard, in words; the first is the easiest.
        values: What was measured at each, 0 to 1.
    """

    title: str
    levels: tuple[str, ...]
    values: tuple[float, ...]


def recognised(encoder: Encoder) -> tuple[float, int]:
    """Hit rate at 1 of coins that are hardly turned and lit and worn a little differently.

    Returns:
        The rate, and how many coins there were: of as many was each to be chosen.
    """
    return _hit_rate(encoder, _gallery(encoder), _again), len(designs())


def measure_encoder(encoder: Encoder) -> list[Curve]:
    """Hit rates at 1 of rendered coins against rotation, light, scale and blur."""
    gallery = _gallery(encoder)

    def curve(what: str, levels: Sequence[int], probe: Callable[..., Crop]) -> Curve:
        rates = [_hit_rate(encoder, gallery, partial(probe, level=level)) for level in levels]
        return Curve(f"hit rate at 1 against {what}", tuple(map(str, levels)), tuple(rates))

    return [
        curve("rotation, degrees", _TURNS, lambda design, level: coin_crop(design, rotation=level)),
        curve("turn of the light, degrees", _LIGHTS, _lit_from),
        curve("diameter, pixels", _DIAMETERS, lambda design, level: _small(_again(design), level)),
        curve("blur, pixels", _BLURS, lambda design, level: _blurred(_again(design), level)),
    ]


def measure_preprocessor(preprocessor: Preprocessor) -> list[Curve]:
    """Mean IoU of masks on rendered scenes against ground, tilt and size of the coin."""
    boards = sorted(BACKGROUNDS, key=lambda name: ("studio" not in name, name))
    return [
        _iou_curve(preprocessor, "ground", boards, lambda name: {"background": name}),
        _iou_curve(preprocessor, "tilt, degrees", _TILTS, lambda tilt: {"tilt_degrees": tilt}),
        _iou_curve(preprocessor, "share of the picture", _SHARES, lambda s: {"diameter": s}),
    ]


def iou(found: Sequence[Crop], true: MaskArray) -> float:
    """Intersection over union of the first crop's mask with the truth; 0 without a crop."""
    if not found:
        return 0.0
    mask = found[0].picture_mask()
    return int(np.count_nonzero(mask & true)) / int(np.count_nonzero(mask | true))


def _iou_curve(
    preprocessor: Preprocessor,
    what: str,
    levels: Iterable[object],
    options: Callable[..., dict[str, Any]],
) -> Curve:
    named = list(levels)
    values = []
    for level in named:
        photos = [scene(place, **options(level)) for place in range(_SCENES)]
        values.append(
            float(np.mean([iou(preprocessor.find(Picture(p.pixels)), p.masks[0]) for p in photos]))
        )
    return Curve(f"mean IoU against {what}", tuple(map(str, named)), tuple(values))


def _gallery(encoder: Encoder) -> FloatArray:
    return _vectors(encoder, [coin_crop(design) for design in designs()])


def _hit_rate(encoder: Encoder, gallery: FloatArray, probe: Callable[[CoinDesign], Crop]) -> float:
    """The share of coins whose nearest vector of the gallery is their own."""
    queries = _vectors(encoder, [probe(design) for design in designs()])
    nearest = np.argmax(queries @ gallery.T, axis=1)
    ties = np.ptp(queries @ gallery.T, axis=1) == 0  # an encoder that tells nothing apart
    return float(np.mean((nearest == np.arange(len(gallery))) & ~ties))


def _vectors(encoder: Encoder, crops: Sequence[Crop]) -> FloatArray:
    return np.asarray(encoder.encode(crops), dtype=np.float32)


def _again(design: CoinDesign) -> Crop:
    return coin_crop(design, rotation=5.0, azimuth=255.0, wear=0.25, seed=2)


def _lit_from(design: CoinDesign, level: int) -> Crop:
    return coin_crop(design, azimuth=235.0 + level, seed=2)


def _small(crop: Crop, diameter: int) -> Crop:
    """The crop of a coin that was photographed with few pixels."""
    size = crop.cutout.shape[0]
    reduced = max(1, round(size * diameter / (2 * RADIUS)))
    small = cv2.resize(crop.cutout, (reduced, reduced), interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    return with_pixels(crop, np.asarray(large, dtype=np.uint8))


def _blurred(crop: Crop, sigma: int) -> Crop:
    blurred = cv2.GaussianBlur(crop.cutout, (0, 0), sigma)
    return with_pixels(crop, np.asarray(blurred, dtype=np.uint8))
