"""`coinvec export`, `backup`, `restore`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.filters import read_where, where_options
from coinvec.cli.session import Session, pass_session, progress_bar, say, warn
from coinvec.errors import CheckFailedError, UsageError

if TYPE_CHECKING:
    from coinvec.services.archive import Manifest

SHOWN_IDS = 5
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@where_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    default="csv",
    show_default=True,
    help="CSV and JSON Lines can be imported again; Parquet holds the embeddings as well.",
)
@click.option("--output", type=FILE, help="The file to write.  [default: standard output]")
@click.option(
    "--images",
    type=click.Path(file_okay=False, path_type=Path),
    help="Copy the pictures into this folder, and name them there.",
)
@pass_session
def export(
    session: Session,
    where: str | None,
    params: tuple[str, ...],
    form: str,
    output: Path | None,
    images: Path | None,
) -> None:
    """Write the catalogue as rows that `coinvec import` reads back."""
    from coinvec.services.export import Exporter, ExportFormat

    wanted = ExportFormat(form)
    if output is None and wanted is ExportFormat.PARQUET:
        raise UsageError("Parquet is not text.", hint="Name a file: --output coins.parquet")
    with session.catalogue() as catalogue, progress_bar("Exporting") as progress:
        exporter = Exporter(
            catalogue.home, where=read_where(where, params), images=images, progress=progress
        )
        if output is None:
            report = exporter.to_stream(sys.stdout, wanted)
        else:
            report = exporter.to_file(output, wanted)
    say(f"{report.rows:,} rows were exported.")
    if report.without_picture:
        warn(
            f"of {len(report.without_picture):,} of them no picture is kept, and `coinvec import` "
            f"will refuse them: {_some(report.without_picture)}."
        )


@click.command()
@click.argument("file", type=FILE)
@pass_session
def backup(session: Session, file: Path) -> None:
    """Write the whole home to one file, and read it back to be sure.

    The file holds all rows, embeddings and pictures; Milvus is built again from them. A file that
    is there already is replaced once the new one is complete.
    """
    from coinvec.services.backup import write_backup

    with session.catalogue() as catalogue, progress_bar("Backing up") as progress:
        report = write_backup(catalogue.home, file, progress=progress)
    say(f"{file} holds {_content(report.manifest)}, {report.size / 1e6:,.1f} MB.")
    if missing := report.manifest.missing:
        raise CheckFailedError(
            f"The pictures of {len(missing):,} images are missing or altered, and are not in the "
            f"backup: {_some(missing)}.",
            hint="`coinvec doctor` lists them; the rest of the backup is whole.",
        )


@click.command()
@click.argument("file", type=FILE)
@pass_session
def restore(session: Session, file: Path) -> None:
    """Make a home from a backup. The home must hold no coins yet.

    The stores may be others than those of the backup: set COINVEC_DATABASE_URL,
    COINVEC_MILVUS_URI and COINVEC_MEDIA_URL to move to servers, or leave them unset to move back.
    """
    from coinvec.services.restore import check_backup, restore_backup

    settings = session.settings()
    with progress_bar("Checking") as progress:
        checked = check_backup(file, progress=progress)
    with progress_bar("Restoring") as progress:
        restore_backup(settings, checked, progress=progress)
    say(f"The home {settings.home} holds {_content(checked.manifest)}.")
    if missing := checked.manifest.missing:
        warn(
            f"the pictures of {len(missing):,} images were missing when the backup was made: "
            f"{_some(missing)}."
        )


def _content(manifest: "Manifest") -> str:
    counts = {name: content.count for name, content in manifest.tables.items()}
    return (
        f"{counts['coin_type']:,} coin types, {counts['coin_image']:,} images, "
        f"{manifest.media.count:,} pictures and {counts['embedding']:,} embeddings"
    )


def _some(ids: Sequence[str]) -> str:
    more = "" if len(ids) <= SHOWN_IDS else f" and {len(ids) - SHOWN_IDS:,} more"
    return ", ".join(ids[:SHOWN_IDS]) + more
