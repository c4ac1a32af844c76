"""The encoder `arcface`: EfficientNet-B0, 64 numbers, trained with ArcFace.

The recipe is that of Grid Dynamics' coin recognition article; the loss is that of J. Deng, J. Guo,
N. Xue, S. Zafeiriou: ArcFace, 2019.
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from coinvec.domain.images import Crop, RgbArray
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.onnx import open_session
from coinvec_arcface.about import REMEDY, WEIGHTS, About, read_about
from coinvec_arcface.light import evened, resized

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_INPUT, _OUTPUT = "image", "embedding"


def open_network(weights: Path, about: About) -> "InferenceSession":
    """Open the network, laid out for all turns of one coin.

    Args:
        weights: ONNX file: `image`, turns × 3 × S × S, to `embedding`, turns × dim of norm 1.
        about: Its description.

    Raises:
        PluginError: The weights are missing, damaged, or those of another network.
    """
    return open_session(
        weights,
        plugin="the encoder 'arcface'",
        inputs=[_INPUT],
        outputs=[_OUTPUT],
        remedy=REMEDY,
        sizes={"batch": about.turns},
    )


class ArcfaceEncoder:
    """Turns cut-out coins into embeddings; loads on first use. Safe to call from threads.

    Args:
        weights: ONNX file: `image`, N × 3 × S × S, to `embedding`, N × dim of norm 1.
        about: Its description.
    """

    def __init__(self, weights: Path = WEIGHTS, about: About | None = None) -> None:
        self._weights = weights
        self._about = about or read_about()
        self._session: InferenceSession | None = None
        self._loading = Lock()

    def encode(self, crops: Sequence[Crop]) -> FloatArray:
        """Encode crops.

        Args:
            crops: n crops; n may be 0.

        Returns:
            n × dim float32, each row of norm 1.

        Raises:
            PluginError: The weights are missing, damaged, or those of another network.
        """
        if not crops:
            return np.empty((0, self._about.dim), dtype=np.float32)
        # Coin by coin: a coin's embedding must not depend, by rounding, on its neighbours' number.
        return np.stack([self._embedding(crop.cutout) for crop in crops])

    def _embedding(self, cutout: RgbArray) -> FloatArray:
        """The mean over turned views: nobody knows which way a coin lies."""
        view = evened(resized(cutout, self._about.size))
        turned = np.stack([np.rot90(view, turn) for turn in range(self._about.turns)])
        batch = np.ascontiguousarray(turned.transpose(0, 3, 1, 2))
        views: FloatArray = self._loaded().run([_OUTPUT], {_INPUT: batch})[0]
        mean = views.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def _loaded(self) -> "InferenceSession":
        with self._loading:
            if self._session is None:
                self._session = open_network(self._weights, self._about)
            return self._session
