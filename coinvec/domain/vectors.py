"""Embeddings, and the generation of models that made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.models import Metric, ModelRef
from coinvec.errors import InvalidValueError

FloatArray = NDArray[np.float32]

NORM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class DesignImages:
    """All images of a design and their embeddings.

    Attributes:
        image_ids: The images.
        vectors: The embedding of each, m × dim float32 of norm 1.
    """

    image_ids: Sequence[str]
    vectors: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A coin as a point on the unit sphere.

    Attributes:
        vector: Float32 of shape (dim,), of Euclidean norm 1 within `NORM_TOLERANCE`.
    """

    vector: FloatArray

    def __post_init__(self) -> None:
        vector = self.vector
        if vector.ndim != 1 or vector.size == 0 or vector.dtype != np.float32:
            raise InvalidValueError(
                f"an embedding must be a float32 vector, not {vector.shape} of {vector.dtype}."
            )
        norm = float(np.linalg.norm(vector))
        if not abs(norm - 1.0) <= NORM_TOLERANCE:
            raise InvalidValueError(f"an embedding must have norm 1, not {norm:.4f}.")

    @property
    def dim(self) -> int:
        """Number of components."""
        return int(self.vector.size)


@dataclass(frozen=True, slots=True)
class Generation:
    """A pair of models and the vector space they span; each has its own Milvus collection.

    Attributes:
        preprocessor: The model that finds and cuts out the coin.
        encoder: The model that turns the cut-out into numbers.
        metric: How two embeddings are compared.
        dim: Components of an embedding.
    """

    preprocessor: ModelRef
    encoder: ModelRef
    metric: Metric
    dim: int

    def __post_init__(self) -> None:
        if not 2 <= self.dim <= 32_768:
            raise InvalidValueError(f"dimension {self.dim} is not between 2 and 32,768.")

    def __str__(self) -> str:
        """`preprocessor@revision+encoder@revision/metric/dim`."""
        return f"{self.preprocessor}+{self.encoder}/{self.metric.value}/{self.dim}"


@dataclass(frozen=True, slots=True, eq=False)
class VectorRecord:
    """One row of a generation's collection: an image's vector and what it is filtered by.

    Attributes:
        image_id: Id of the catalogue image.
        vector: Float32 of shape (dim,), norm 1.
        columns: Value of every stored column of `coinvec.domain.columns`, None where unknown.
    """

    image_id: str
    vector: FloatArray
    columns: Mapping[str, str | int | float | Decimal | None]
