"""The encoder `polar`: a polar power spectrum under a fixed linear projection to 64 numbers."""

from collections.abc import Sequence
from importlib.resources import files

import numpy as np

from coinvec.domain.images import Crop
from coinvec.domain.vectors import FloatArray
from coinvec.errors import PluginError
from coinvec_classic.spectrum import SIZE, power_spectrum

DIM = 64

_PROJECTION = "projection.npz"


class PolarEncoder:
    """Encodes coins so that turning them changes (nearly) nothing.

    The spectrum of `coinvec_classic.spectrum` is centred and projected. The projection is a linear
    discriminant analysis (Fisher 1936; Rao 1948) fitted once by `tools/fit_projection.py`; the
    README says on what. Read-only after construction, hence safe to call from several threads.

    Raises:
        PluginError: The projection that belongs to the distribution is missing or misshapen.
    """

    def __init__(self) -> None:
        self._mean, self._matrix = _load_projection()

    def encode(self, crops: Sequence[Crop]) -> FloatArray:
        """Encode crops.

        Args:
            crops: n crops; n may be 0.

        Returns:
            n × 64 float32, each row of Euclidean norm 1.
        """
        if not crops:
            return np.zeros((0, DIM), dtype=np.float32)
        return np.stack([self._encode_one(crop) for crop in crops])

    def _encode_one(self, crop: Crop) -> FloatArray:
        # One at a time: a matrix product of another height may sum in another order, and the same
        # coin must give the same vector in every batch.
        projected = (power_spectrum(crop) - self._mean) @ self._matrix
        unit: FloatArray = projected / np.linalg.norm(projected)
        return unit


def _load_projection() -> tuple[FloatArray, FloatArray]:
    """The mean spectrum (SIZE) and the projection (SIZE × DIM)."""
    try:
        with (
            files("coinvec_classic").joinpath(_PROJECTION).open("rb") as stream,
            np.load(stream, allow_pickle=False) as stored,
        ):
            mean = stored["mean"].astype(np.float32)
            matrix = stored["matrix"].astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise PluginError(
            f"the encoder 'polar' cannot read its {_PROJECTION}: {error}.",
            hint="Reinstall it: pip install --force-reinstall coinvec-classic.",
        ) from error
    if mean.shape != (SIZE,) or matrix.shape != (SIZE, DIM):
        raise PluginError(
            f"the encoder 'polar' found a {matrix.shape} projection where {(SIZE, DIM)} belongs.",
            hint="Reinstall it: pip install --force-reinstall coinvec-classic.",
        )
    return mean, matrix
