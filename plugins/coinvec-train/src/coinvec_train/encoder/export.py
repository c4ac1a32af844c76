"""Writing a trained encoder as an ONNX file for `coinvec-arcface`."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from coinvec_arcface.about import About
from torch import nn

from coinvec.domain.models import Thresholds
from coinvec_train.encoder.config import EncoderConfig
from coinvec_train.encoder.network import build_encoder
from coinvec_train.onnx_files import OPSET, revision_of, store_halves

WEIGHTS, ABOUT = "arcface.onnx", "arcface.json"


def trained_encoder(config: dict[str, Any], weights: dict[str, torch.Tensor]) -> nn.Module:
    """The network of a finished run, ready to encode."""
    network = build_encoder(EncoderConfig(**{**config, "first_weights": "random"}))
    network.load_state_dict(weights)
    return network.eval()


def imported_encoder(config: dict[str, Any], weights: Path) -> nn.Module:
    """The network of an exported ONNX file, ready to encode.

    Args:
        config: Of the run it was exported from.
        weights: The file.
    """
    return build_encoder(EncoderConfig(**{**config, "first_weights": str(weights)})).eval()


def export_onnx(network: nn.Module, path: Path, size: int) -> None:
    """Write float32 ONNX: `image` N × 3 × size × size in, `embedding` N × dim out."""
    axes = {0: "batch"}
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, size, size),),
        str(path),
        input_names=["image"],
        output_names=["embedding"],
        dynamic_axes={"image": axes, "embedding": axes},
        opset_version=OPSET,
        dynamo=False,
    )


def export_encoder(
    target: Path, config: dict[str, Any], weights: dict[str, torch.Tensor], size: int, turns: int
) -> About:
    """Write the weights, stored as float16, and their description without thresholds.

    Args:
        target: The folder.
        config: The run's settings.
        weights: Its weights.
        size: Sides of the pictures the shipped encoder is to take.
        turns: By how many right angles it is to turn each coin.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        export_onnx(trained_encoder(config, weights), full, size)
        store_halves(full, target / WEIGHTS)
    about = About(
        revision=revision_of(target / WEIGHTS),
        backbone=config["backbone"],
        dim=config["dim"],
        size=size,
        turns=turns,
        thresholds=None,
    )
    describe(target, about)
    return about


def describe(target: Path, about: About) -> None:
    """Write the description beside the weights."""
    fields = asdict(about)
    thresholds: Thresholds | None = about.thresholds
    fields["thresholds"] = None if thresholds is None else asdict(thresholds)
    (target / ABOUT).write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
