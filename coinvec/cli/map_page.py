"""A map as a page to move about in; everything it shows is within the one file."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from coinvec import __version__
from coinvec.cli.map_style import Legend
from coinvec.cli.pages import image_uri, write_page
from coinvec.cli.render import span_text
from coinvec.services.embedding_map import EmbeddingMap
from coinvec.services.map_pictures import RgbaArray

_DECIMALS = 4


def write_map(
    path: Path, laid: EmbeddingMap, coins: Mapping[int, RgbaArray], diameter: float
) -> None:
    """Write a map as a page.

    Args:
        path: Where to.
        laid: The map.
        coins: Square pictures of some of its coins, all of one size, by place, the most wanted
            first.
        diameter: Of such a picture, as a share of the map's side.

    Raises:
        InputError: The file cannot be written.
    """
    legend = Legend(laid.records)
    side = next((coin.shape[0] for coin in coins.values()), 0)
    columns = math.ceil(math.sqrt(len(coins)))
    values = {
        "laid": laid,
        "legend": legend.entries,
        "points": _points(laid, legend),
        "pictures": list(coins),
        "sheet": {"side": side, "columns": columns, "uri": _sheet(coins, side, columns)},
        "diameter": diameter,
        "version": __version__,
    }
    write_page(path, "map.html", values)


def _points(laid: EmbeddingMap, legend: Legend) -> list[list[object]]:
    """For each image: x, y (downwards), line of the legend, title, country and years, design."""
    points: list[list[object]] = []
    for record, (x, y) in zip(laid.records, laid.positions.tolist(), strict=True):
        years = span_text(record.design.years.first, record.design.years.last)
        about = ", ".join(filter(None, (record.coin.country, years)))
        place = [round(x, _DECIMALS), round(1 - y, _DECIMALS)]
        points.append([*place, legend.place(record), record.coin.title, about, record.design.id])
    return points


def _sheet(coins: Mapping[int, RgbaArray], side: int, columns: int) -> str | None:
    """All pictures in one, row by row; None without any."""
    from PIL import Image

    if not coins:
        return None
    sheet = Image.new("RGBA", (columns * side, math.ceil(len(coins) / columns) * side))
    for number, coin in enumerate(coins.values()):
        row, column = divmod(number, columns)
        sheet.paste(Image.fromarray(np.ascontiguousarray(coin)), (column * side, row * side))
    return image_uri(sheet)
