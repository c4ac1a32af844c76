"""Rows as domain types, and domain types as the values of rows.

Values of rows are plain dictionaries, ready for bulk statements.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from coinvec.catalogue.tables import (
    CatalogueReferenceRow,
    CoinImageRow,
    CoinTypeRow,
    DesignRow,
    GenerationRow,
)
from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.columns import REFERENCE_SEPARATOR
from coinvec.domain.images import CoinImage
from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.records import GenerationState, StoredGeneration
from coinvec.domain.vectors import Embedding, FloatArray, Generation
from coinvec.errors import StoreError

Values = dict[str, Any]

_VECTOR_DTYPE = np.dtype("<f4")
_COIN_FIELDS = ("key", "value", "title", "composition", "diameter_mm", "weight_g", "shape",
                "numista_id")  # fmt: skip
_IMAGE_FIELDS = ("id", "filename", "format", "width", "height", "description", "credit",
                 "license", "media_digest")  # fmt: skip


def coin_of(
    row: CoinTypeRow,
    country: str,
    denomination: str,
    currency: str | None,
    references: Sequence[str],
) -> CoinType:
    """A coin type from its row, the names it points at, and its references in order."""
    return CoinType(
        country=country,
        denomination=denomination,
        currency=currency,
        references=tuple(references),
        **{name: getattr(row, name) for name in _COIN_FIELDS},
    )


def coin_values(coin: CoinType) -> Values:
    """The values of a coin type's row, apart from the ids of the names it points at."""
    reference_text = REFERENCE_SEPARATOR.join(coin.references) or None
    return {name: getattr(coin, name) for name in _COIN_FIELDS} | {"reference_text": reference_text}


def reference_of(row: CatalogueReferenceRow) -> str:
    """A reference as it was written."""
    return row.number if row.catalogue is None else f"{row.catalogue} {row.number}"


def reference_values(coin_type_id: int, references: Sequence[str]) -> list[Values]:
    """The values of the rows of a type's references; see `CatalogueReferenceRow` for the split."""
    rows = []
    for position, reference in enumerate(references):
        catalogue, blank, number = reference.rpartition(" ")
        rows.append(
            {
                "coin_type_id": coin_type_id,
                "position": position,
                "catalogue": catalogue if blank else None,
                "number": number,
            }
        )
    return rows


def design_of(row: DesignRow, type_key: str) -> Design:
    """A design from its row."""
    return Design(type_key, Side(row.side), row.key, YearSpan(row.year_from, row.year_to))


def design_values(design: Design, coin_type_id: int) -> Values:
    """The values of a design's row."""
    return {
        "coin_type_id": coin_type_id,
        "side": design.side.value,
        "key": design.key,
        "year_from": design.years.first,
        "year_to": design.years.last,
    }


def image_of(row: CoinImageRow, design: Design) -> CoinImage:
    """An image from its row."""
    fields = {name: getattr(row, name) for name in _IMAGE_FIELDS}
    return CoinImage(design=design, attributes=row.attributes, **fields)


def image_values(image: CoinImage, design_id: int) -> Values:
    """The values of an image's row."""
    return {name: getattr(image, name) for name in _IMAGE_FIELDS} | {
        "design_id": design_id,
        "attributes": dict(image.attributes),
    }


def generation_of(row: GenerationRow) -> StoredGeneration:
    """A generation from its row."""
    generation = Generation(
        ModelRef(row.preprocessor_name, row.preprocessor_revision),
        ModelRef(row.encoder_name, row.encoder_revision),
        Metric(row.metric),
        row.dim,
    )
    return StoredGeneration(
        row.id, generation, row.collection, GenerationState(row.state), row.created_at
    )


def model_values(generation: Generation) -> Values:
    """What identifies a generation's row: the pair of models and their vector space."""
    return {
        "preprocessor_name": generation.preprocessor.name,
        "preprocessor_revision": generation.preprocessor.revision,
        "encoder_name": generation.encoder.name,
        "encoder_revision": generation.encoder.revision,
        "metric": generation.metric.value,
        "dim": generation.dim,
    }


def vector_bytes(embedding: Embedding) -> bytes:
    """A vector as it is stored: dim × little-endian float32."""
    return embedding.vector.astype(_VECTOR_DTYPE).tobytes()


def vector_of(stored: bytes) -> FloatArray:
    """A stored vector: float32 of shape (dim,), read-only.

    Raises:
        StoreError: It is torn.
    """
    if len(stored) % _VECTOR_DTYPE.itemsize:
        raise StoreError(
            f"a vector of the database is torn: it has {len(stored)} bytes.",
            hint="`coinvec doctor --fix` makes it anew from the kept picture.",
        )
    vector: FloatArray = np.frombuffer(stored, dtype=_VECTOR_DTYPE).astype(np.float32, copy=False)
    return vector


def differs(row: object, values: Mapping[str, Any]) -> bool:
    """Whether a stored row holds anything else than these values."""
    return any(getattr(row, name) != value for name, value in values.items())
