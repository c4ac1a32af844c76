"""The catalogue as a file: manifests that `coinvec import` reads back, or Parquet with vectors."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TextIO

from coinvec.domain.predicates import Predicate
from coinvec.services.exported import COLUMNS, ExportedRow, Pictures
from coinvec.services.files import written_whole
from coinvec.services.home import Home
from coinvec.services.progress import Progress

CHUNK = 2_000


class ExportFormat(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(slots=True)
class ExportReport:
    """What was exported.

    Attributes:
        rows: How many images.
        without_picture: Ids of those of which no picture is kept whole; their `image` is empty.
    """

    rows: int = 0
    without_picture: list[str] = field(default_factory=list)


class RowSink(Protocol):
    """Takes exported rows."""

    def write(self, rows: Sequence[ExportedRow]) -> None:
        """Write some hundred rows."""
        ...


@dataclass(frozen=True, slots=True)
class _Survey:
    """What is to be exported: image ids in order, and the names of all attributes, sorted."""

    ids: list[str]
    attributes: list[str]


class Exporter:
    """Writes the images that match a filter, by type, side and design.

    Args:
        home: The opened home.
        where: The filter; None for everything.
        images: A folder to copy the pictures to; None names them where they are kept.
        progress: Called with the number of rows written, and of all.
    """

    def __init__(
        self,
        home: Home,
        *,
        where: Predicate | None = None,
        images: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._home = home
        self._where = where
        self._images = images
        self._progress = progress

    def to_file(self, path: Path, form: ExportFormat) -> ExportReport:
        """Write a file, whole or not at all; pictures are named relative to its folder.

        Raises:
            InputError: The file or a copy of a picture cannot be written.
            GenerationError: Parquet is asked for, and there is no live generation.
            StoreError: SQL or media cannot be read.
        """
        survey = self._survey()
        with written_whole(path) as passing, self._sink(passing, form, survey) as sink:
            return self._write(survey, sink, path.parent)

    def to_stream(self, stream: TextIO, form: ExportFormat) -> ExportReport:
        """Write CSV or JSON Lines; pictures are named relative to the working directory."""
        survey = self._survey()
        return self._write(survey, _text_sink(stream, form, survey), Path())

    def _survey(self) -> _Survey:
        """Look at every row once: CSV must name all columns before the first row."""
        places: list[tuple[str, str]] = []
        attributes: set[str] = set()
        for ids in _chunks(self._home.catalogue.image_ids(self._where)):
            for image_id, record in self._home.catalogue.records(ids).items():
                places.append((record.design.id, image_id))
                attributes.update(record.image.attributes)
        return _Survey([image_id for _, image_id in sorted(places)], sorted(attributes))

    @contextmanager
    def _sink(self, path: Path, form: ExportFormat, survey: _Survey) -> Iterator[RowSink]:
        if form is ExportFormat.PARQUET:
            from coinvec.services.parquet import ParquetSink

            with ParquetSink(path, self._home.catalogue, self._home.live) as sink:
                yield sink
            return
        with path.open("x", encoding="utf-8", newline="") as stream:
            yield _text_sink(stream, form, survey)

    def _write(self, survey: _Survey, sink: RowSink, base: Path) -> ExportReport:
        pictures = Pictures(self._home.media, self._images, base)
        report = ExportReport()
        for ids in _chunks(survey.ids):
            records = self._home.catalogue.records(ids)
            rows = [
                ExportedRow(records[image_id], pictures.place(records[image_id]))
                for image_id in ids
                if image_id in records  # another process may have removed it since the survey
            ]
            sink.write(rows)
            report.rows += len(rows)
            report.without_picture += [row.record.image.id for row in rows if not row.image]
            if self._progress:
                self._progress(report.rows, len(survey.ids))
        return report


class _CsvSink:
    """A manifest as CSV."""

    def __init__(self, stream: TextIO, attributes: Sequence[str]) -> None:
        names = [*COLUMNS, *attributes]
        self._writer = csv.DictWriter(stream, names, lineterminator="\n")
        self._writer.writeheader()

    def write(self, rows: Sequence[ExportedRow]) -> None:
        for row in rows:
            fields = {name: _text(value) for name, value in row.fields.items()}
            self._writer.writerow(fields | dict(row.record.image.attributes))


class _JsonLinesSink:
    """A manifest as JSON Lines; what is unknown is null, so that an import clears it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, rows: Sequence[ExportedRow]) -> None:
        for row in rows:
            line = row.fields | dict(row.record.image.attributes)
            self._stream.write(json.dumps(line, ensure_ascii=False, default=_number) + "\n")


def _text_sink(stream: TextIO, form: ExportFormat, survey: _Survey) -> RowSink:
    return (
        _CsvSink(stream, survey.attributes) if form is ExportFormat.CSV else _JsonLinesSink(stream)
    )


def _text(value: str | int | float | Decimal | None) -> str | int | float | None:
    """A cell; a Decimal in full, for its own text may have an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _number(value: Decimal) -> float | str:
    """A Decimal as a JSON number where that is exact, else as text; an import reads both."""
    near = float(value)
    return near if Decimal(repr(near)) == value else f"{value:f}"


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
