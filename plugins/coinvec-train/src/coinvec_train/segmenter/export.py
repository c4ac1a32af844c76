"""Writing a trained network as an ONNX file for `coinvec-unet`."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from coinvec_train.segmenter.config import SegmenterConfig
from coinvec_train.segmenter.network import build_network

OPSET = 18
_LEAST_HALVED = 16
"""Tensors of fewer elements stay float32: biases are small and their rounding shows."""


def trained_network(config: dict[str, Any], weights: dict[str, torch.Tensor]) -> nn.Module:
    """The network of a finished run, ready to predict."""
    settings = SegmenterConfig(
        **{
            **config,
            "decoder_channels": tuple(config["decoder_channels"]),
            "first_weights": "random",
        }
    )
    network = build_network(settings)
    network.load_state_dict(weights)
    return network.eval()


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


def store_halves(source: Path, target: Path) -> None:
    """Store the weights as float16, cast back to float32 where they are used.

    ONNX Runtime does the casts once, when it loads the file, so that inference costs what it
    costs in float32; on processors without half-precision arithmetic it would otherwise be slower.
    """
    model = onnx.load(str(source))
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        if values.size < _LEAST_HALVED:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def describe(onnx_path: Path, config: dict[str, Any], **chosen: float) -> str:
    """What `coinvec-unet` needs to know of the weights, as JSON.

    The revision is of the weights' own bytes, so that no two networks share one.
    """
    digest = sha256(onnx_path.read_bytes()).hexdigest()
    about = {
        "revision": digest[:12],
        "encoder": config["encoder"],
        "size": config["size"],
        **chosen,
    }
    return json.dumps(about, indent=1) + "\n"
