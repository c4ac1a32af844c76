"""Shipped weights back in the network they came from, to train it on or to compare it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import numpy_helper
from torch import nn

from coinvec.errors import SettingsError

_HALF = ".half"
"""What `store_halves` adds to the names of tensors it stores as float16."""


def load_onnx(network: nn.Module, path: Path, pictures: torch.Tensor) -> None:
    """Give a network the weights of an ONNX file that was exported from one like it.

    An export folds batch norms into the convolutions before them. Here they are unfolded again with
    the statistics that the given pictures have: a norm changes nothing at first, whether it is kept
    frozen or trained on.

    Args:
        network: Filled in place and left in evaluation mode.
        path: The file.
        pictures: N × 3 × H × W, such as the network is meant for.

    Raises:
        SettingsError: The file cannot be read, or is another network's.
    """
    try:
        graph = onnx.load(str(path)).graph
    except (OSError, DecodeError) as error:
        raise SettingsError(f"The first weights {path} cannot be read: {error}.") from error
    stored = _tensors(graph)
    convolutions = [node.input[1:] for node in graph.node if node.op_type == "Conv"]
    named = {name: stored[name] for name in network.state_dict() if name in stored}
    try:
        network.load_state_dict(named, strict=False)
        filled = ([stored[name] for name in names] for names in convolutions)
        _Unfolding(filled).fill(network.eval(), pictures)
    except (KeyError, RuntimeError, StopIteration, ValueError) as error:
        raise SettingsError(
            f"The first weights {path} are another network's: {error}.",
            hint="Name the encoder or backbone that the file was exported from.",
        ) from error


def _tensors(graph: onnx.GraphProto) -> dict[str, torch.Tensor]:
    """The stored tensors by the names that nodes call them by."""
    tensors = {
        each.name.removesuffix(_HALF): torch.from_numpy(
            numpy_helper.to_array(each).astype(np.float32)
        )
        for each in graph.initializer
    }
    # An exporter stores equal tensors once, and gives them their other names by such nodes.
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]]
    return tensors


class _Unfolding:
    """Fills convolutions and norms in the order in which the network calls them."""

    def __init__(self, convolutions: Iterator[list[torch.Tensor]]) -> None:
        self._convolutions = convolutions
        self._bias = torch.zeros(1)

    @torch.no_grad()
    def fill(self, network: nn.Module, pictures: torch.Tensor) -> None:
        hooks = []
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                hooks.append(module.register_forward_pre_hook(self._convolution))
            elif isinstance(module, nn.BatchNorm2d):
                hooks.append(module.register_forward_pre_hook(self._norm))
        try:
            network(pictures)
        finally:
            for hook in hooks:
                hook.remove()

    def _convolution(self, module: nn.Conv2d, _: tuple[torch.Tensor]) -> None:
        weight, self._bias = next(self._convolutions)
        if module.weight.shape != weight.shape:
            raise RuntimeError(f"{tuple(weight.shape)} is not {tuple(module.weight.shape)}")
        module.weight.copy_(weight)
        if module.bias is not None:
            module.bias.copy_(self._bias)

    def _norm(self, module: nn.BatchNorm2d, inputs: tuple[torch.Tensor]) -> None:
        variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
        module.load_state_dict(
            {
                "running_mean": mean,
                "running_var": variance,
                "weight": (variance + module.eps).sqrt(),
                "bias": self._bias + mean,
            },
            strict=False,
        )
