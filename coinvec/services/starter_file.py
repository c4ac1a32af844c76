"""Starter catalogues as files: metadata and embeddings of coins, without their pictures.

A Parquet file, small enough to travel within a plugin's distribution. A row is that of a manifest,
as texts that are read back by a manifest's rules, beside the image's id, file name, format, size
and embedding. The metadata of the schema name the generation.

Embeddings are float16: on the unit sphere that moves a similarity by 3e-5 (root mean square; 1.4e-4
at most), and of 736 real coins searched among each other none had other first five hits for it.
With int8 every tenth had.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from coinvec.domain.images import CoinImage
from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import FloatArray, Generation
from coinvec.errors import InputError, InvalidValueError
from coinvec.services.exported import COLUMNS, ExportedRow
from coinvec.services.files import written_whole
from coinvec.services.manifest import read_coin, read_design, read_image_details

_KEY = b"coinvec.starter"
_VERSION = 1
_LEVEL = 19
"""Of Zstandard: written once, read by every user."""

_CELLS = tuple(name for name in COLUMNS if name != "image")
_IMAGE = {
    "image_id": pa.binary(32),
    "filename": pa.string(),
    "format": pa.string(),
    "width": pa.int32(),
    "height": pa.int32(),
}


@dataclass(frozen=True, slots=True, eq=False)
class Starter:
    """A starter catalogue.

    Attributes:
        generation: The generation that made the embeddings.
        records: The coins; their images have no media and no attributes.
        vectors: n × dim float32, each row of norm 1; the embedding of each record's image.
    """

    generation: Generation
    records: Sequence[CoinRecord]
    vectors: FloatArray


def write_starter(path: Path, starter: Starter) -> None:
    """Write a starter catalogue, whole or not at all.

    Raises:
        InputError: The file cannot be written.
    """
    dim = starter.generation.dim
    cells = [_cells(record) for record in starter.records]
    columns = {name: pa.array([row[name] for row in cells], pa.string()) for name in _CELLS}
    images = [_image_values(record.image) for record in starter.records]
    columns |= {name: pa.array([row[name] for row in images], _IMAGE[name]) for name in _IMAGE}
    numbers = pa.array(starter.vectors.astype(np.float16).ravel())
    columns["embedding"] = pa.FixedSizeListArray.from_arrays(numbers, dim)
    about = {"version": _VERSION, **asdict(starter.generation)}
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(about)})
    with written_whole(path) as passing:
        pq.write_table(table, passing, compression="zstd", compression_level=_LEVEL)


def read_starter(data: bytes, name: str) -> Starter:
    """Read a starter catalogue.

    Args:
        data: The file's bytes.
        name: Its name, for messages.

    Raises:
        InputError: It is no starter catalogue, damaged, or of a later release.
    """
    try:
        table = pq.read_table(pa.BufferReader(data))
        generation = _generation((table.schema.metadata or {})[_KEY])
        vectors = table["embedding"].combine_chunks().flatten().to_numpy().astype(np.float32)
        rows = table.select([*_CELLS, *_IMAGE]).to_pylist()
        records = [_record(row) for row in rows]
        vectors = vectors.reshape(len(records), generation.dim)
    except (pa.ArrowException, OSError, LookupError, TypeError, ValueError) as error:
        why = error.message if isinstance(error, InvalidValueError) else "it cannot be understood"
        raise InputError(
            f"{name} is not a starter catalogue of this release: {why}.".replace("..", "."),
            hint="Write one with: coinvec starter build MANIFEST FILE",
        ) from error
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.abs(norms - 1.0) <= 0.01).all():
        raise InputError(
            f"{name} is damaged: it holds embeddings that are not of norm 1.",
            hint="Reinstall the distribution it came with, or build it anew.",
        )
    return Starter(generation, records, vectors / norms)


def _cells(record: CoinRecord) -> dict[str, str | None]:
    return {name: _text(value) for name, value in ExportedRow(record, "").fields.items()}


def _text(value: str | int | float | Decimal | None) -> str | None:
    if value is None:
        return None
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _image_values(image: CoinImage) -> dict[str, object]:
    values = {name: getattr(image, name) for name in _IMAGE if name != "image_id"}
    return {"image_id": bytes.fromhex(image.id), **values}


def _generation(text: bytes) -> Generation:
    about = json.loads(text)
    if about["version"] != _VERSION:
        raise InvalidValueError(f"it is of version {about['version']}, not {_VERSION}")
    return Generation(
        ModelRef(**about["preprocessor"]),
        ModelRef(**about["encoder"]),
        Metric(about["metric"]),
        about["dim"],
    )


def _record(row: Mapping[str, Any]) -> CoinRecord:
    cells = {name: row[name] for name in _CELLS}
    design = read_design(cells)
    image = CoinImage(
        id=row["image_id"].hex(),
        design=design,
        filename=row["filename"],
        format=row["format"],
        width=row["width"],
        height=row["height"],
        **read_image_details(cells),
    )
    return CoinRecord(read_coin(cells), design, image)
