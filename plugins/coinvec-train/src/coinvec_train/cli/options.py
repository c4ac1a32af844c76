"""Options that several commands share."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

_ON_DEV = (
    click.option("--dev-catalogue", required=True, type=FILE, help="Manifest of coins set aside."),
    click.option("--dev-queries", required=True, type=FILE, help="Queries for that catalogue."),
    click.option("--root", required=True, type=FOLDER, help="Folder that holds all the pictures."),
    click.option(
        "--cutouts",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="Keeps the coins once cut out.",
    ),
)


def on_dev(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name the coins set aside, by which runs are judged and limits chosen."""
    return reduce(lambda decorated, option: option(decorated), reversed(_ON_DEV), command)


MORE = click.option(
    "--more",
    multiple=True,
    type=FILE,
    help="CSV of further pictures, as of `render-coins`, `compose-coins` or `crop-coins`.",
)
