"""CSV and JSON Lines files, read row by row with their line numbers."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from coinvec.domain.spelling import nearest
from coinvec.errors import ManifestError

JSON_LINES_SUFFIXES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Attributes:
        line: Line number in the file, counted from 1; where a row spans lines, its last.
        cells: Text of each column the file has, None where the cell is empty.
        problem: Why the row is unreadable; None where it is fine.
    """

    line: int
    cells: Mapping[str, str | None]
    problem: str | None = None

    @property
    def image(self) -> str:
        """The cell `image`, as written; empty where it is missing."""
        return self.cells.get("image") or ""


def read_rows(path: Path, *, required: Sequence[str], known: Sequence[str] = ()) -> Iterator[Row]:
    """Read a file row by row, in constant memory.

    Args:
        path: A CSV file with a header, or JSON Lines (`.jsonl`, `.ndjson`) with the same keys.
        required: Columns a CSV file must have.
        known: Further columns that have a meaning, for the hint on a misspelt header.

    Raises:
        ManifestError: The file cannot be read, is not UTF-8, or lacks a required column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix.lower() in JSON_LINES_SUFFIXES:
                yield from _read_json_lines(file)
            else:
                yield from _read_csv(file, path, required, (*required, *known))
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be read: {error.strerror or error}.",
            hint="Give the path of a CSV or JSON Lines file.",
        ) from None
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"{path} is not UTF-8 text: it holds the byte {error.object[error.start]:#04x}.",
            hint="Save it as UTF-8.",
        ) from None
    except csv.Error as error:
        raise ManifestError(f"{path} is not readable as CSV: {error}.") from None


def count_rows(path: Path, *, required: Sequence[str], known: Sequence[str] = ()) -> int:
    """How many rows a file has; raises as `read_rows`."""
    return sum(1 for _ in read_rows(path, required=required, known=known))


def _read_csv(
    file: TextIO, path: Path, required: Sequence[str], meaningful: Sequence[str]
) -> Iterator[Row]:
    reader = csv.reader(file)
    header = [name.strip() for name in next(reader, [])]
    _check_header(header, path, required, meaningful)
    for cells in reader:
        if not any(cells):
            continue
        row = {
            name: text.strip() or None for name, text in zip(header, cells, strict=False) if name
        }
        problem = None
        if len(cells) != len(header):
            problem = f"it has {len(cells)} cells, the header has {len(header)}"
        yield Row(reader.line_num, row, problem)


def _check_header(
    header: Sequence[str], path: Path, required: Sequence[str], meaningful: Sequence[str]
) -> None:
    doubled = {name for name in header if name and header.count(name) > 1}
    if doubled:
        raise ManifestError(f"{path} has the column {min(doubled)!r} more than once.")
    missing = [name for name in required if name not in header]
    if not missing:
        return
    strangers = [name for name in header if name not in meaningful]
    typo = nearest(missing[0], strangers)
    raise ManifestError(
        f"{path} lacks the column {missing[0]!r}; its header is: {', '.join(header) or 'empty'}.",
        hint=f"Rename {typo!r} to {missing[0]!r}." if typo else f"Needed: {', '.join(required)}.",
    )


def _read_json_lines(file: TextIO) -> Iterator[Row]:
    for line, text in enumerate(file, 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            yield Row(line, {}, f"it is not JSON: {error}")
            continue
        if isinstance(row, dict):
            yield Row(line, {name: _cell(value) for name, value in row.items()})
        else:
            yield Row(line, {}, "it is not a JSON object")


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value) or None
    return json.dumps(value, default=str, ensure_ascii=False) if _nested(value) else str(value)


def _nested(value: object) -> bool:
    return isinstance(value, list | dict | bool)
