"""`coinvec import`, `coinvec import-opennumismat` and `coinvec add`."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Command, Format, format_option, print_json
from coinvec.cli.session import Session, pass_session, progress_bar, say, warn
from coinvec.errors import RowsRejectedError, UsageError

if TYPE_CHECKING:
    from coinvec.services.enrol import ImportReport

SHOWN_REJECTIONS = 20
OPENNUMISMAT = "opennumismat"

FIELD_HELP = {
    "type": "Stable id of the coin type.  [default: made of country and denomination]",
    "country": "Issuing authority.",
    "denomination": "As written, e.g. '50 cents'.",
    "design": "Key of the design within type and side.",
    "currency": "Name of the currency.",
    "value": "Face value as a number.",
    "title": "One line for people.",
    "year_from": "First year of the design.",
    "year_to": "Last year of the design.",
    "composition": "Metal or alloy.",
    "diameter_mm": "Diameter in millimetres.",
    "weight_g": "Weight in grams.",
    "shape": "E.g. round, scalloped.",
    "numista_id": "The type's number in the Numista catalogue.",
    "references": "Numbers in printed catalogues, joined by ';'.",
    "description": "What the pictures show.",
    "credit": "Whom to name.",
    "license": "Terms the pictures may be used under.",
}


def field_options(*left_out: str) -> Callable[[Command], Command]:
    """Options for the columns of a manifest."""

    def decorate(command: Command) -> Command:
        for name, text in reversed(FIELD_HELP.items()):
            if name not in left_out:
                option = f"--{name.replace('_', '-')}"
                command = click.option(option, name, metavar="TEXT", help=text)(command)
        return command

    return decorate


def import_options(command: Command) -> Command:
    """The options that every import has."""
    for option in (
        format_option(Format.TABLE, Format.JSON),
        click.option(
            "--jobs",
            type=click.IntRange(min=1),
            default=os.cpu_count() or 1,
            show_default="processors",
            help="Threads that read pictures and find the coins.",
        ),
        click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing."),
    ):
        command = option(command)
    return command


@click.command("import")
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "importer",
    metavar="IMPORTER",
    help="Read the file of another program, e.g. numista; `coinvec plugins list` names all.",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    help="With --from: the folder that holds the pictures.  [default: that of the file]",
)
@import_options
@pass_session
def import_(
    session: Session,
    manifest: Path,
    importer: str | None,
    pictures: Path | None,
    dry_run: bool,
    jobs: int,
    form: Format,
) -> None:
    """Add coins and photos from a CSV or JSON Lines manifest. Safe to repeat.

    Bad rows are reported and the others go in. An interrupted import is simply run again.
    """
    if importer is not None:
        _import_from(session, manifest, importer, pictures, dry_run=dry_run, jobs=jobs, form=form)
        return
    if pictures is not None:
        raise UsageError(
            "--pictures goes with --from: a manifest gives the path of each picture itself.",
            hint="Leave it out, or name the importer with --from.",
        )
    with session.catalogue() as catalogue, progress_bar("Importing") as progress:
        report = catalogue.import_manifest(manifest, dry_run=dry_run, jobs=jobs, progress=progress)
    tell_report(report, form, dry_run=dry_run)


@click.command("import-opennumismat")
@click.argument("collection", type=click.Path(path_type=Path))
@import_options
@pass_session
def import_opennumismat(
    session: Session, collection: Path, dry_run: bool, jobs: int, form: Format
) -> None:
    """Add the coins of an OpenNumismat collection, with their pictures. Safe to repeat.

    The collection is only read. Coins that agree in country, denomination, series, subject and
    catalogue number are one type, whatever their years.
    """
    _import_from(session, collection, OPENNUMISMAT, None, dry_run=dry_run, jobs=jobs, form=form)


@click.command()
@click.option("--obverse", multiple=True, metavar="PHOTO", help="Photo of the obverse; repeatable.")
@click.option("--reverse", multiple=True, metavar="PHOTO", help="Photo of the reverse; repeatable.")
@field_options()
@format_option(Format.TABLE, Format.JSON)
@pass_session
def add(
    session: Session,
    /,
    obverse: tuple[str, ...],
    reverse: tuple[str, ...],
    form: Format,
    **fields: str | None,
) -> None:
    """Add one coin, with one or more photos a side."""
    given = {name: text for name, text in fields.items() if text is not None}
    for name in ("country", "denomination"):
        if not given.get(name):
            raise UsageError(f"A coin needs a {name}.", hint=f"Give --{name}.")
    with session.catalogue() as catalogue:
        report = catalogue.add(obverse=obverse, reverse=reverse, **given)
    tell_report(report, form)


def _import_from(
    session: Session,
    path: Path,
    importer: str,
    pictures: Path | None,
    *,
    dry_run: bool,
    jobs: int,
    form: Format,
) -> None:
    with session.catalogue() as catalogue, progress_bar("Importing") as progress:
        report = catalogue.import_from(
            path, importer, pictures=pictures, dry_run=dry_run, jobs=jobs, progress=progress
        )
    tell_report(report, form, dry_run=dry_run)


def tell_report(report: "ImportReport", form: Format, *, dry_run: bool = False) -> None:
    """Say what became of the rows of an import.

    Raises:
        RowsRejectedError: Some were rejected.
    """
    if form is Format.JSON:
        print_json(asdict(report))
    else:
        would = "would be " if dry_run else ""
        say(
            f"{report.added:,} {would}added, {report.updated:,} {would}updated, "
            f"{report.unchanged:,} unchanged, {len(report.rejected):,} rejected."
        )
    for row in report.rejected[:SHOWN_REJECTIONS]:
        warn(f"line {row.line}, {row.image or 'no image'}: {row.error}")
    if report.rejected:
        rest = len(report.rejected) - SHOWN_REJECTIONS
        raise RowsRejectedError(
            f"{len(report.rejected):,} rows were rejected; the others went in.",
            hint=f"({rest:,} more are listed by --format json.)" if rest > 0 else "",
        )
