"""`coinvec train label-hough`."""

import math
import os
from pathlib import Path

import click

from coinvec.cli.session import progress_bar, say, warn
from coinvec.errors import ImageError, UsageError

SHOWN_EMPTY = 5


@click.command("label-hough")
@click.argument(
    "images", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="IMAGES..."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The label file (JSON) to write.",
)
@click.option(
    "--sheet-dir",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the contact sheets, and for what was found, so that it is found once.",
)
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that image names start from.  [default: the label file's folder]",
)
@click.option(
    "--radius",
    type=(float, float),
    default=(0.0, math.inf),
    metavar="MIN MAX",
    help="Take coins of this radius only, in pixels.",
)
@click.option("--single", is_flag=True, help="Each picture shows one coin, the largest.")
@click.option(
    "--reject",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Text file of what is wrong on the sheets: `picture` or `picture#coin` a line, the "
    "picture by number or name.",
)
@click.option("--split", default="train", show_default=True, help="What the pictures are for.")
@click.option("--source", default="", help="Where the pictures come from.")
@click.option("--licence", default="none stated", show_default=True, help="Their terms of use.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="processors",
    help="How many pictures are searched at a time.",
)
def label_hough(
    *,
    images: tuple[Path, ...],
    out: Path,
    sheet_dir: Path,
    root: Path | None,
    radius: tuple[float, float],
    single: bool,
    reject: Path | None,
    split: str,
    source: str,
    licence: str,
    jobs: int,
) -> None:
    """Propose coins by Hough circles, to be accepted or rejected on contact sheets.

    Look at the sheets, write down what is wrong, and run the same command with --reject: nothing is
    searched again. An interrupted run is simply repeated.
    """
    from coinvec_train.label_hough import HoughLabeller, Origin

    if radius[0] > radius[1]:
        raise UsageError(
            f"No radius is at least {radius[0]:g} and at most {radius[1]:g}.",
            hint="Give --radius the lesser number first.",
        )
    labeller = HoughLabeller(
        labels=out,
        sheets=sheet_dir,
        root=out.parent if root is None else root,
        origin=Origin(split, source, licence),
        radii=radius,
        single=single,
        reject=reject,
        jobs=jobs,
    )
    with progress_bar("Searching") as progress:
        outcome = labeller.run(images, progress)
    coins = sum(len(picture.coins or ()) for picture in outcome.labelled)
    say(
        f"{coins:,} coins in {len(outcome.labelled):,} pictures. Look at the sheets in {sheet_dir}."
    )
    if outcome.empty:
        names = ", ".join(outcome.empty[:SHOWN_EMPTY])
        warn(f"nothing was found in {len(outcome.empty):,} pictures; left out: {names} …")
    for error in outcome.failed:
        warn(str(error))
    if outcome.failed:
        raise ImageError(f"{len(outcome.failed):,} pictures could not be read.")
