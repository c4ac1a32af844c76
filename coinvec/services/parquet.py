"""Parquet with typed columns and the embeddings of the live generation, for analysis."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.coins import VALUE_DECIMALS
from coinvec.domain.records import StoredGeneration
from coinvec.domain.vectors import VectorRecord
from coinvec.services.exported import COLUMNS, ExportedRow

_TYPES = {
    "value": pa.decimal128(18, VALUE_DECIMALS),
    "year_from": pa.int32(),
    "year_to": pa.int32(),
    "diameter_mm": pa.float64(),
    "weight_g": pa.float64(),
}
"""The columns that hold no texts."""


class ParquetSink:
    """Writes exported rows as Parquet; a context manager.

    The columns are those of a manifest, preceded by `image_id` and followed by `attributes` (a
    map) and `embedding` (dim × float32, null without one). The metadata of the schema names the
    generation.

    Args:
        path: The file.
        catalogue: Has the embeddings.
        generation: Whose embeddings to write.
    """

    def __init__(self, path: Path, catalogue: CatalogueStore, generation: StoredGeneration) -> None:
        self._catalogue = catalogue
        self._generation = generation
        self._schema = _schema(generation)
        self._writer = pq.ParquetWriter(path, self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    def write(self, rows: Sequence[ExportedRow]) -> None:
        """Write rows as one row group."""
        ids = [row.record.image.id for row in rows]
        vectors = self._catalogue.vector_records(self._generation.id, ids)
        table = [self._values(row, vectors) for row in rows]
        self._writer.write_table(pa.Table.from_pylist(table, schema=self._schema))

    @staticmethod
    def _values(row: ExportedRow, vectors: Mapping[str, VectorRecord]) -> dict[str, Any]:
        image = row.record.image
        found = vectors.get(image.id)
        return {
            "image_id": image.id,
            **row.fields,
            "attributes": sorted(image.attributes.items()),
            "embedding": None if found is None else found.vector,
        }


def _schema(stored: StoredGeneration) -> Any:  # noqa: ANN401 — pyarrow is untyped
    fields = [
        ("image_id", pa.string()),
        *((name, _TYPES.get(name, pa.string())) for name in COLUMNS),
        ("attributes", pa.map_(pa.string(), pa.string())),
        ("embedding", pa.list_(pa.float32(), stored.generation.dim)),
    ]
    return pa.schema(fields, metadata={"coinvec.generation": str(stored.generation)})
