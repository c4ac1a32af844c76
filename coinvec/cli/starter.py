"""`coinvec starter …`."""

import os
from pathlib import Path

import click

from coinvec.cli.enrol import tell_report
from coinvec.cli.render import Format
from coinvec.cli.session import Session, pass_session, progress_bar, say


@click.group()
def starter() -> None:
    """Starter catalogues: metadata and embeddings of coins, without pictures."""


@starter.command("build")
@click.argument("manifest", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="processors",
    help="Threads that read pictures and find the coins.",
)
@pass_session
def build(session: Session, manifest: Path, output: Path, jobs: int) -> None:
    """Make OUTPUT, a Parquet file, from the coins of MANIFEST.

    The pair of models is the one that a new home would get; COINVEC_PREPROCESSOR and
    COINVEC_ENCODER choose another. No home is touched.
    """
    from coinvec.services.starter_build import build_starter
    from coinvec.services.starter_file import write_starter

    with progress_bar("Building") as progress:
        made, report = build_starter(session.settings(), manifest, jobs=jobs, progress=progress)
        write_starter(output, made)
    size = output.stat().st_size / 2**20
    say(f"{output} holds {len(made.records):,} images of {made.generation}, {size:.2f} MiB.")
    tell_report(report, Format.TABLE)
