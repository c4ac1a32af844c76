"""The network that weighs and mends gradients; its weights ship in this distribution."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from coinvec.domain.vectors import FloatArray
from coinvec.plugin.onnx import open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

WEIGHTS: Final = Path(__file__).with_name("verify.onnx")
"""The shipped network."""
INPUT, OUTPUT = "grid", "descriptor"


class Network:
    """Grids to descriptors; loads on first use. Safe to call from threads.

    Args:
        weights: ONNX file: `grid`, one of `gradients.SHAPE`, to `descriptor`, one of
            `spectra.DESCRIPTOR_SHAPE`.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        self._session: InferenceSession | None = None
        self._loading = Lock()

    def describe(self, grid: FloatArray) -> FloatArray:
        """The descriptor of one coin, of norm 1; zeros where the coin shows nothing.

        Raises:
            PluginError: The weights are missing, damaged, or those of another network.
        """
        [descriptor] = self._loaded().run([OUTPUT], {INPUT: grid[np.newaxis]})[0]
        described: FloatArray = descriptor
        return described

    def _loaded(self) -> "InferenceSession":
        with self._loading:
            if self._session is None:
                self._session = open_session(
                    self._weights,
                    plugin="the ranker 'verify'",
                    inputs=[INPUT],
                    outputs=[OUTPUT],
                    remedy="Reinstall it: pip install --force-reinstall coinvec-rerank.",
                )
            return self._session
