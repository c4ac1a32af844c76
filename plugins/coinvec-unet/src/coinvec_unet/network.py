"""The network: pictures in, logits out, on ONNX Runtime."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime as ort

from coinvec.domain.images import RgbArray
from coinvec.domain.vectors import FloatArray
from coinvec.errors import PluginError
from coinvec_unet.about import REMEDY, WEIGHTS

COIN, CORE = 0, 1
"""Channels of the logits: coins without holes; each coin shrunk, which parts touching ones."""
_INPUT, _OUTPUT = "image", "logits"
_BATCH = 8
"""Pictures at a time; more take memory and gain nothing."""
_ERRORS_ONLY = 3


class Network:
    """Tells for each pixel whether it is on a coin; loads on first use. Safe to call from threads.

    Args:
        weights: ONNX file: `image`, N × 3 × H × W, RGB in [-1, 1], to `logits`, N × 2 × H × W.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        self._session: ort.InferenceSession | None = None
        self._loading = Lock()

    def logits(self, pictures: Sequence[RgbArray]) -> FloatArray:
        """Predict.

        Args:
            pictures: N of them, at least one, all H × W with sides that are multiples of 32.

        Returns:
            N × 2 × H × W.

        Raises:
            PluginError: The weights are missing, damaged, or those of another network.
        """
        batch = np.stack(pictures).transpose(0, 3, 1, 2).astype(np.float32)
        batch /= 127.5
        batch -= 1.0
        session = self._loaded()
        parts: list[FloatArray] = [
            session.run([_OUTPUT], {_INPUT: batch[at : at + _BATCH]})[0]
            for at in range(0, len(batch), _BATCH)
        ]
        return np.concatenate(parts)

    def _loaded(self) -> ort.InferenceSession:
        with self._loading:
            if self._session is None:
                self._session = _load(self._weights)
            return self._session


def _load(weights: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = _cores()
    options.use_deterministic_compute = True
    options.log_severity_level = _ERRORS_ONLY
    try:
        session = ort.InferenceSession(
            str(weights), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # the runtime's errors have no base of their own
        raise PluginError(
            f"the segmenter 'unet' cannot load its weights {weights.name}: {error}",
            hint=REMEDY,
        ) from error
    names = [node.name for node in (*session.get_inputs(), *session.get_outputs())]
    if names != [_INPUT, _OUTPUT]:
        raise PluginError(
            f"the segmenter 'unet' found the weights of another network in {weights.name}: one "
            f"from and to {', '.join(names)} instead of {_INPUT}, {_OUTPUT}.",
            hint=REMEDY,
        )
    return session


def _cores() -> int:
    """How many processors this process may use; the runtime would count those it may not."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
