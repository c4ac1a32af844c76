"""The encoders a report compares."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import timm
import torch
from coinvec_arcface.about import read_about
from coinvec_arcface.encoder import ArcfaceEncoder
from coinvec_classic.polar import PolarEncoder
from safetensors.torch import load_file
from torch.nn import functional

from coinvec.domain.images import Box, Crop, Ellipse, RgbArray
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.cutout import RADIUS, SIZE
from coinvec.plugin.protocols import Encoder
from coinvec_train.encoder.data import as_tensor

_CENTRE = (SIZE - 1) / 2
_BATCH = 32


def encoders(imagenet: Path | None) -> Mapping[str, Encoder]:
    """The encoders by the name of their row, the shipped one first.

    Args:
        imagenet: Weights of an EfficientNet-Lite0 that has seen ImageNet alone.
    """
    rivals: dict[str, Encoder] = {
        "arcface": ArcfaceEncoder(),
        "arcface, coins not turned": ArcfaceEncoder(about=replace(read_about(), turns=1)),
        "polar": PolarEncoder(),
    }
    if imagenet is not None:
        rivals["ImageNet features, 1,280 numbers"] = ImageNetFeatures(imagenet)
    return rivals


class ImageNetFeatures:
    """The pooled features of a network that was never shown a coin.

    Args:
        weights: Safetensors of timm's `tf_efficientnet_lite0`, without a classifier.
    """

    def __init__(self, weights: Path) -> None:
        self._network = timm.create_model("tf_efficientnet_lite0", num_classes=0).eval()
        kept = {name: each.float() for name, each in load_file(weights).items()}
        self._network.load_state_dict(kept, strict=False)

    @torch.inference_mode()
    def encode(self, crops: Sequence[Crop]) -> FloatArray:
        """N × 1,280 of norm 1."""
        parts = []
        for start in range(0, len(crops), _BATCH):
            batch = torch.stack([as_tensor(each.cutout) for each in crops[start : start + _BATCH]])
            parts.append(functional.normalize(self._network(batch)).numpy())
        return np.concatenate(parts)


def as_crop(cutout: RgbArray) -> Crop:
    """A kept cut-out as encoders take it."""
    mask = np.asarray(cutout.any(axis=2), dtype=np.bool_)
    return Crop(
        picture_size=(SIZE, SIZE),
        box=Box(0, 0, SIZE, SIZE),
        ellipse=Ellipse(_CENTRE, _CENTRE, RADIUS, RADIUS),
        mask=mask,
        cutout=cutout,
        cutout_mask=mask,
        score=1.0,
    )


def embeddings_of(encoder: Encoder, cutouts: Sequence[RgbArray]) -> FloatArray:
    """The embedding of each cut-out, N × dim."""
    return encoder.encode([as_crop(each) for each in cutouts])
