"""The network: pictures in, logits out, on ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.onnx import open_session
from coinvec_unet.about import REMEDY, WEIGHTS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

COIN, CORE = 0, 1
"""Channels of the logits: coins without holes; each coin shrunk, which parts touching ones."""
_INPUT, _OUTPUT = "image", "logits"
_BATCH = 8
"""Pictures at a time; more take memory and gain nothing."""


class Network:
    """Tells for each pixel whether it is on a coin; loads on first use. Safe to call from threads.

    Args:
        weights: ONNX file: `image`, N × 3 × H × W, RGB in [-1, 1], to `logits`, N × 2 × H × W.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        self._session: InferenceSession | None = None
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

    def _loaded(self) -> "InferenceSession":
        with self._loading:
            if self._session is None:
                self._session = open_session(
                    self._weights,
                    plugin="the segmenter 'unet'",
                    inputs=[_INPUT],
                    outputs=[_OUTPUT],
                    remedy=REMEDY,
                )
            return self._session
