"""ONNX files as they are shipped: weights as float16, and a revision of their own."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
_LEAST_HALVED = 16
"""Tensors of fewer elements stay float32: biases are small and their rounding shows."""


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


def revision_of(weights: Path) -> str:
    """A revision made of the weights' own bytes, so that no two networks share one."""
    return sha256(weights.read_bytes()).hexdigest()[:12]
