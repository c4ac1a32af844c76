"""`coinvec search`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.annotate import SUFFIXES, annotate
from coinvec.cli.filters import read_where, where_options
from coinvec.cli.output_file import OutputFile
from coinvec.cli.pages import show_page
from coinvec.cli.render import Format, format_option, print_csv, print_json
from coinvec.cli.session import Session, pass_session, warn
from coinvec.domain.choices import GroupBy
from coinvec.errors import UsageError

if TYPE_CHECKING:
    from coinvec.cli.report import Searched
    from coinvec.domain.results import Query, SearchResult
    from coinvec.media.source import ImageSource
    from coinvec.services.home import Home
    from coinvec.services.search import Photos, Searcher

STANDARD_INPUT = "-"


@click.command()
@click.option(
    "--image",
    "images",
    multiple=True,
    metavar="PHOTO",
    help="A photo of the coin; twice for both sides, in either order. `-` reads standard input.",
)
@click.option(
    "--image-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Search every photo of DIR, each of one coin, by name; prints an answer a line.",
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
@click.option(
    "--save-annotated",
    type=OutputFile(*SUFFIXES),
    metavar="OUT.png",
    help="Write the picture with the coins drawn into it.",
)
@click.option(
    "--open-report",
    type=OutputFile(".html"),
    metavar="OUT.html",
    help="Write a page that shows photo, mask, cut-out and hits, and open it in the browser.",
)
@click.option("--explain", is_flag=True, help="Say how the answer was found, step by step.")
@click.option("--verify", is_flag=True, help="Hold the vector search against an exact one.")
@format_option(*Format)
@pass_session
def search(
    session: Session,
    *,
    images: tuple[str, ...],
    image_dir: Path | None,
    where: str | None,
    params: tuple[str, ...],
    k: int,
    group_by: str,
    all_coins: bool,
    save_annotated: Path | None,
    open_report: Path | None,
    explain: bool,
    verify: bool,
    form: Format,
) -> None:
    """Find a photographed coin in the catalogue."""
    from coinvec.domain.results import Query
    from coinvec.services.search import Searcher

    of_one = {"--all-coins": all_coins, "--save-annotated": save_annotated is not None}
    of_one |= {"--explain": explain, "--verify": verify, "--open-report": open_report is not None}
    _check_usage(images, image_dir, {name for name, given in of_one.items() if given})
    query = Query(read_where(where, params), k, GroupBy(group_by))
    with session.catalogue() as catalogue:
        searcher = Searcher(catalogue.home)
        if image_dir is not None:
            from coinvec.cli.batch import search_folder

            search_folder(searcher, image_dir, query, form)
            return
        keep = save_annotated is not None or open_report is not None
        photos = _photos(images, catalogue.home, keep=keep)
        if explain or verify or (open_report is not None and not all_coins):
            searched = _explain(searcher, photos, query, explain=explain, verify=verify, form=form)
        else:
            searched = _answer(searcher, photos, query, all_coins=all_coins, form=form)
        if open_report is not None:
            from coinvec.cli.report import write_report

            write_report(open_report, catalogue.home, replace(searched, where=where))
            show_page(open_report)
    if save_annotated is not None:
        annotate(save_annotated, photos[0], catalogue.home.limits, searched.results)


def _check_usage(images: Sequence[str], image_dir: Path | None, of_one: set[str]) -> None:
    """Refuse options that do not go together.

    Args:
        images: The photos named one by one.
        image_dir: The folder of photos.
        of_one: The given options that speak of one photo.
    """
    if (image_dir is None) is not bool(images):
        raise UsageError(
            "Name what is searched: photos with --image, or a folder with --image-dir."
        )
    if image_dir is not None and of_one:
        raise UsageError(f"{min(of_one)} speaks of one photo, and --image-dir of many.")
    if "--all-coins" in of_one and of_one & {"--explain", "--verify"}:
        raise UsageError("--explain and --verify speak of one coin; leave --all-coins out.")
    if len(images) > 2:
        raise UsageError(f"{len(images)} photos were given; a coin has two sides.")
    alone = of_one & {"--all-coins", "--save-annotated"}
    if len(images) > 1 and alone:
        raise UsageError(f"{len(images)} photos were given; {min(alone)} takes one photo.")


def _photos(images: Sequence[str], home: "Home", *, keep: bool) -> "list[ImageSource]":
    """The photos; where they are looked at again later, standard input is kept in memory."""
    from coinvec.media.source import raw_bytes

    def photo(name: str) -> "ImageSource":
        if name != STANDARD_INPUT:
            return name
        return raw_bytes(sys.stdin.buffer, home.limits) if keep else sys.stdin.buffer

    return [photo(name) for name in images]


def _answer(
    searcher: "Searcher", photos: "Photos", query: "Query", *, all_coins: bool, form: Format
) -> "Searched":
    from coinvec.cli.report import Searched

    if all_coins:
        results = searcher.search_all_coins(photos[0], query)
    else:
        results = [searcher.search(photos, query)]
    _warn(results)
    _print(results, all_coins=all_coins, form=form)
    return Searched(photos, results, all_coins=all_coins)


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
) -> "Searched":
    from coinvec.cli.report import Searched
    from coinvec.services.answers import search_json
    from coinvec.services.explain import explained_search

    result, plan, recall = explained_search(searcher, photos, query, verify=verify)
    searched = Searched(photos, [result], plan=plan)
    _warn([result])
    if form in (Format.JSON, Format.JSONL):
        shaped = search_json(result)
        if recall is not None:
            shaped["recall"] = recall.as_json()
        if explain:
            shaped["plan"] = plan.as_json()
        print_json(shaped, lines=form is Format.JSONL)
        return searched
    _print([result], all_coins=False, form=form)
    # What a program reads stays whole: beside CSV, the rest goes to standard error.
    aside = form is Format.CSV
    if recall is not None:
        click.echo(f"Recall {recall.share:.3f}: {recall}.", err=aside)
    if explain:
        click.echo("\n" + "\n".join(plan.lines()), err=aside)
    return searched


def _print(results: "Sequence[SearchResult]", *, all_coins: bool, form: Format) -> None:
    from coinvec.cli import answers
    from coinvec.services.answers import search_json

    shaped = [search_json(result) for result in results]
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
