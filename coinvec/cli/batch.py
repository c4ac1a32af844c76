"""`coinvec search --image-dir`: one answer a line, as they come."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli import answers
from coinvec.cli.render import Format, print_csv, print_json
from coinvec.cli.session import progress_bar, warn
from coinvec.errors import CoinvecError, ImageError, NegativeResultError, UsageError
from coinvec.services.answers import search_json

if TYPE_CHECKING:
    from coinvec.domain.results import Query, SearchResult
    from coinvec.services.search import Searcher

_COLUMNS = ("photo", "error", *answers.COLUMNS)


def search_folder(searcher: "Searcher", folder: Path, query: "Query", form: Format) -> None:
    """Search every photo of a folder, by name, and print each answer at once.

    Raises:
        UsageError: The format cannot be printed line by line.
        ImageError: The folder cannot be read, or holds no photo.
        NegativeResultError: Photos had no answer; the others were answered.
    """
    from coinvec.services.batch import photos_in, search_many

    printed = _printer(form)
    photos, others = photos_in(folder)
    if others:
        warn(f"{len(others):,} files that are no photos were passed over, such as {others[0]}.")
    if not photos:
        raise ImageError(
            f"{folder} holds no photo.", hint="Photos in folders below it are not looked for."
        )
    failed, told = 0, set[str]()
    with progress_bar("Searching") as progress:
        found = search_many(searcher, photos, query, jobs=os.cpu_count() or 1)
        for done, (photo, (_, answer)) in enumerate(zip(photos, found, strict=True), 1):
            failed += isinstance(answer, CoinvecError)
            printed(photo.name, answer)
            _warn_once(answer, told)
            progress(done, len(photos))
    if failed:
        raise NegativeResultError(f"{failed:,} of {len(photos):,} photos had no answer.")


def _warn_once(answer: "SearchResult | CoinvecError", told: set[str]) -> None:
    if isinstance(answer, CoinvecError):
        return
    for text in answer.warnings:
        if text not in told:
            warn(text)
            told.add(text)


def _printer(form: Format) -> "Callable[[str, SearchResult | CoinvecError], None]":
    if form is Format.JSON:
        raise UsageError(
            "The answers to many photos are not one JSON document.",
            hint="Use --format jsonl: one object a line, each as soon as it is known.",
        )
    if form is Format.JSONL:
        return lambda name, answer: print_json(_as_json(name, answer), lines=True)
    if form is Format.CSV:
        print_csv([], _COLUMNS)
        return lambda name, answer: print_csv(_rows(name, answer), _COLUMNS, header=False)
    return lambda name, answer: click.echo(f"{name}: {_sentence(answer)}")


def _as_json(name: str, answer: "SearchResult | CoinvecError") -> dict[str, object]:
    if isinstance(answer, CoinvecError):
        return {"image": name, "error": str(answer)}
    return {"image": name, **search_json(answer)}


def _rows(name: str, answer: "SearchResult | CoinvecError") -> list[dict[str, object]]:
    """A row for each hit, and one for a photo without any."""
    if isinstance(answer, CoinvecError):
        return [{"photo": name, "error": str(answer)}]
    return [{"photo": name, **row} for row in answers.csv_rows([answer]) or [{}]]


def _sentence(answer: "SearchResult | CoinvecError") -> str:
    return str(answer) if isinstance(answer, CoinvecError) else answers.verdict_sentence(answer)
