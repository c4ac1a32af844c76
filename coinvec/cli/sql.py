"""`coinvec sql`."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from coinvec.cli.filters import read_params
from coinvec.cli.render import Format, format_option, print_csv, print_json, print_table
from coinvec.cli.session import Session, pass_session, warn

if TYPE_CHECKING:
    from coinvec.domain.tables import Value
    from coinvec.services.sql import SqlResult

_STANDARD_INPUT = "-"


@click.command()
@click.argument("statement")
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value of a :name in STATEMENT; the path of a photo where it stands in similarity().",
)
@click.option(
    "--verify", is_flag=True, help="With EXPLAIN, hold the answer against an exact search."
)
@format_option(*Format)
@pass_session
def sql(
    session: Session, statement: str, params: tuple[str, ...], verify: bool, form: Format
) -> None:
    r"""Ask the catalogue in SQL; `-` reads STATEMENT from standard input.

    \b
    coinvec sql "SELECT country, count(*) FROM coins GROUP BY country"
    coinvec sql "SELECT title, similarity FROM coins WHERE year < 1950
                 ORDER BY similarity(:image) DESC LIMIT 5" --param image=photo.jpg
    """
    from coinvec.services.search import Searcher
    from coinvec.services.sql import run_statement

    text = sys.stdin.read() if statement == _STANDARD_INPUT else statement
    values = read_params(params)
    with session.catalogue() as catalogue:
        result = run_statement(
            Searcher(catalogue.home), text, values, verify=verify, read_texts=True
        )
    for warning in result.search.warnings if result.search else ():
        warn(warning)
    _print(result, form)


def _print(result: "SqlResult", form: Format) -> None:
    from coinvec.services.answers import rounded_rows, sql_json

    names = [column.name for column in result.columns]
    rows = rounded_rows(result)
    if form is Format.JSON:
        print_json(sql_json(result))
    elif form is Format.JSONL:
        for row in rows:
            print_json(dict(zip(names, row, strict=True)), lines=True)
    elif form is Format.CSV:
        print_csv([dict(zip(names, row, strict=True)) for row in rows], names)
    elif result.plan is not None:
        click.echo("\n".join(result.plan.lines()))
    else:
        _print_table(result, names, rows)


def _print_table(
    result: "SqlResult", names: Sequence[str], rows: "Sequence[Sequence[Value]]"
) -> None:
    if rows:
        print_table(names, rows)
    shown, total = len(rows), result.total_matching
    click.echo(f"({shown:,} {'row' if shown == 1 else 'rows'} of {total:,})")
