"""`coinvec search`."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from coinvec.cli.filters import read_where, where_options
from coinvec.cli.render import Format, format_option, print_csv, print_json
from coinvec.cli.session import Session, pass_session, warn
from coinvec.domain.choices import GroupBy
from coinvec.errors import UsageError

if TYPE_CHECKING:
    from coinvec.domain.results import Query, SearchResult
    from coinvec.services.search import Photos, Searcher

STANDARD_INPUT = "-"


@click.command()
@click.option(
    "--image",
    "images",
    required=True,
    multiple=True,
    metavar="PHOTO",
    help="A photo of the coin; twice for both sides, in either order. `-` reads standard input.",
)
@where_options
@click.option("-k", default=10, show_default=True, help="How many groups to return.")
@click.option(
    "--group-by",
    type=click.Choice([each.value for each in GroupBy]),
    default=GroupBy.TYPE.value,
    show_default=True,
    help="What one hit stands for.",
)
@click.option("--all-coins", is_flag=True, help="Look up every coin in the picture.")
@click.option("--explain", is_flag=True, help="Say how the answer was found, step by step.")
@click.option("--verify", is_flag=True, help="Hold the answer against an exact search.")
@format_option(*Format)
@pass_session
def search(
    session: Session,
    *,
    images: tuple[str, ...],
    where: str | None,
    params: tuple[str, ...],
    k: int,
    group_by: str,
    all_coins: bool,
    explain: bool,
    verify: bool,
    form: Format,
) -> None:
    """Find a photographed coin in the catalogue."""
    from coinvec.domain.results import Query
    from coinvec.services.search import Searcher

    if all_coins and (explain or verify):
        raise UsageError("--explain and --verify speak of one coin; leave --all-coins out.")
    if len(images) > 2 or (all_coins and len(images) > 1):
        raise UsageError(
            f"{len(images)} photos were given; a coin has two sides, and --all-coins takes one "
            "photo."
        )
    photos = [sys.stdin.buffer if name == STANDARD_INPUT else name for name in images]
    query = Query(read_where(where, params), k, GroupBy(group_by))
    with session.catalogue() as catalogue:
        searcher = Searcher(catalogue.home)
        if explain or verify:
            _explain(searcher, photos, query, explain=explain, verify=verify, form=form)
            return
        if all_coins:
            results = searcher.search_all_coins(photos[0], query)
        else:
            results = [searcher.search(photos, query)]
    _warn(results)
    _print(results, all_coins=all_coins, form=form)


def _warn(results: "Sequence[SearchResult]") -> None:
    for warning in dict.fromkeys(text for result in results for text in result.warnings):
        warn(warning)


def _explain(
    searcher: "Searcher",
    photos: "Photos",
    query: "Query",
    *,
    explain: bool,
    verify: bool,
    form: Format,
) -> None:
    from coinvec.cli import answers
    from coinvec.services.explain import explained_search

    result, plan, recall = explained_search(searcher, photos, query, verify=verify)
    _warn([result])
    if form in (Format.JSON, Format.JSONL):
        shaped = answers.search_json(result)
        if recall is not None:
            shaped["recall"] = recall.as_json()
        if explain:
            shaped["plan"] = plan.as_json()
        print_json(shaped, lines=form is Format.JSONL)
        return
    _print([result], all_coins=False, form=form)
    # What a program reads stays whole: beside CSV, the rest goes to standard error.
    aside = form is Format.CSV
    if recall is not None:
        click.echo(f"Recall {recall.share:.3f}: {recall}.", err=aside)
    if explain:
        click.echo("\n" + "\n".join(plan.lines()), err=aside)


def _print(results: "Sequence[SearchResult]", *, all_coins: bool, form: Format) -> None:
    from coinvec.cli import answers

    shaped = [answers.search_json(result) for result in results]
    if form is Format.JSON:
        print_json({"coins": shaped} if all_coins else shaped[0])
    elif form is Format.JSONL:
        for each in shaped:
            print_json(each, lines=True)
    elif form is Format.CSV:
        columns = (*(("coin",) if all_coins else ()), *answers.COLUMNS)
        print_csv(answers.csv_rows(results), columns)
    else:
        for place, result in enumerate(results):
            if all_coins:
                click.echo(f"{chr(10) if place else ''}Coin {place} of {len(results)}:")
            answers.print_answer(result)
