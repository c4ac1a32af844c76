"""Results as tables for people and as JSON, JSON Lines and CSV for programs."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

WIDE = 10_000
"""Columns of a table that no terminal shows: nothing is folded or cut in files and pipes."""


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def format_option(*formats: Format) -> Callable[[Command], Command]:
    """The option `--format` with the given choices, table first."""
    return click.option(
        "--format",
        "form",
        type=click.Choice([each.value for each in formats]),
        callback=lambda _ctx, _param, value: Format(value),
        default=Format.TABLE.value,
        show_default=True,
        help="How to print the result.",
    )


def print_json(value: object, *, lines: bool = False) -> None:
    """Print a value as JSON: indented, or on one line."""
    from coinvec.services.answers import plain_json

    indent = None if lines else 2
    click.echo(json.dumps(value, indent=indent, default=plain_json, ensure_ascii=False))


def print_csv(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, header: bool = True
) -> None:
    """Print rows as CSV, below a header unless it was printed before."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    click.echo(out.getvalue(), nl=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print an aligned table; numbers to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    rows = [list(row) for row in rows]
    for place, name in enumerate(columns):
        numeric = all(isinstance(row[place], int | float | Decimal | None) for row in rows)
        table.add_column(name, justify="right" if numeric and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    Console(width=None if sys.stdout.isatty() else WIDE, soft_wrap=True).print(table)


def span_text(first: int | None, last: int | None) -> str:
    """A span of years for people; open ends stay open."""
    if first == last:
        return "" if first is None else str(first)
    return f"{'' if first is None else first}–{'' if last is None else last}"


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
