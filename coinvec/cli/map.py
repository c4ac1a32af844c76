"""`coinvec map`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.filters import read_where, where_options
from coinvec.cli.output_file import OutputFile
from coinvec.cli.pages import make_folder, show_page
from coinvec.cli.session import Session, pass_session, progress_bar, say

if TYPE_CHECKING:
    from coinvec.services.embedding_map import EmbeddingMap
    from coinvec.services.home import Home
    from coinvec.services.map_pictures import RgbaArray

PICTURE, PAGE = ".png", ".html"
LIMIT = 5_000
"""Images that are drawn unless more are asked for; t-SNE takes a minute for them."""

PICTURES = 400
"""Coins that are shown as pictures at most: each takes a run of the preprocessor."""

DIAMETER = 0.042
"""Of a coin's picture, as a share of the map's side."""

ROOM = 1.25
"""How far apart the middles of two pictures are, in their diameter."""

SIDE = 96
"""Of a coin's picture, in pixels."""


@click.command("map")
@click.argument("output", type=OutputFile(PICTURE, PAGE))
@where_options
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=LIMIT,
    show_default=True,
    help="Of more images, draw a fair sample of so many.",
)
@pass_session
def map_(
    session: Session, output: Path, where: str | None, params: tuple[str, ...], limit: int
) -> None:
    """Draw the embedding space: coins that look alike lie together, coloured by country.

    OUTPUT ends in .png for a picture, in .html for a page to move about in.
    """
    from coinvec.services.embedding_map import make_map

    with session.catalogue() as catalogue:
        say("Laying out the map …")
        laid = make_map(catalogue.home, read_where(where, params), limit)
        coins = _coins(catalogue.home, laid, halve=output.suffix.lower() == PAGE)
    make_folder(output)
    if output.suffix.lower() == PICTURE:
        from coinvec.cli.map_picture import draw_map

        draw_map(output, laid, coins, DIAMETER)
    else:
        from coinvec.cli.map_page import write_map

        write_map(output, laid, coins, DIAMETER)
        show_page(output)
    sampled = "" if laid.total == len(laid.records) else f", a sample of {laid.total:,}"
    say(
        f"{output} shows {len(laid.records):,} images{sampled}; {len(coins):,} of them as pictures."
    )


def _coins(home: "Home", laid: "EmbeddingMap", *, halve: bool) -> "dict[int, RgbaArray]":
    """Pictures of coins that have room, by place in the map, the most wanted first.

    Args:
        home: The opened home.
        laid: The map.
        halve: Choose further ones that have room when one comes nearer.
    """
    from coinvec.services.embedding_map import picture_order, spread
    from coinvec.services.map_pictures import small_coins

    order = picture_order(laid.records)
    places = spread(laid.positions, order, DIAMETER * ROOM, PICTURES, halve=halve)
    if not places:
        return {}
    ids = {laid.records[place].image.id: place for place in places}
    with progress_bar("Cutting out coins") as progress:
        cut = small_coins(home, list(ids), SIDE, jobs=os.cpu_count() or 1, progress=progress)
        return {ids[image_id]: coin for image_id, coin in cut}
