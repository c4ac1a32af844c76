"""Writing a trained network as an ONNX file for `coinvec-unet`."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from coinvec_train.onnx_files import OPSET, revision_of
from coinvec_train.segmenter.config import SegmenterConfig
from coinvec_train.segmenter.network import build_network


def trained_network(config: dict[str, Any], weights: dict[str, torch.Tensor]) -> nn.Module:
    """The network of a finished run, ready to predict."""
    network = build_network(_starting_with("random", config))
    network.load_state_dict(weights)
    return network.eval()


def imported_network(config: dict[str, Any], weights: Path) -> nn.Module:
    """The network of an exported ONNX file, ready to predict.

    Args:
        config: Of the run it was exported from.
        weights: The file.
    """
    return build_network(_starting_with(str(weights), config)).eval()


def _starting_with(first_weights: str, config: dict[str, Any]) -> SegmenterConfig:
    channels = tuple(config["decoder_channels"])
    return SegmenterConfig(
        **{**config, "decoder_channels": channels, "first_weights": first_weights}
    )


def export_onnx(network: nn.Module, path: Path) -> None:
    """Write float32 ONNX: `image` N × 3 × H × W in, `logits` N × 2 × H × W out."""
    axes = {0: "batch", 2: "height", 3: "width"}
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, 64, 64),),
        str(path),
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": axes, "logits": axes},
        opset_version=OPSET,
        dynamo=False,
    )


def describe(onnx_path: Path, config: dict[str, Any], **chosen: float) -> str:
    """What `coinvec-unet` needs to know of the weights, as JSON."""
    about = {
        "revision": revision_of(onnx_path),
        "encoder": config["encoder"],
        "size": config["size"],
        **chosen,
    }
    return json.dumps(about, indent=1) + "\n"
