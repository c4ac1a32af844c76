"""Writing a trained verifier as the ONNX file that ships in `coinvec-rerank`."""

import tempfile
from pathlib import Path
from typing import Any

import torch
from coinvec_rerank.gradients import SHAPE
from coinvec_rerank.network import INPUT, OUTPUT

from coinvec_train.onnx_files import OPSET, revision_of, store_halves
from coinvec_train.verifier.config import VerifierConfig
from coinvec_train.verifier.network import VerifierNetwork


def trained_verifier(config: dict[str, Any], weights: dict[str, torch.Tensor]) -> VerifierNetwork:
    """The network of a finished run."""
    settings = VerifierConfig(**config)
    network = VerifierNetwork(settings.width, settings.layers)
    network.load_state_dict(weights)
    return network.eval()


def export_verifier(target: Path, network: VerifierNetwork) -> str:
    """Write ONNX, the weights stored as float16: one grid in, one descriptor out.

    Args:
        target: The file.
        network: What to write.

    Returns:
        The weights' revision.
    """
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(1, *SHAPE),),
            str(full),
            input_names=[INPUT],
            output_names=[OUTPUT],
            opset_version=OPSET,
            dynamo=False,
        )
        store_halves(full, target)
    return revision_of(target)
