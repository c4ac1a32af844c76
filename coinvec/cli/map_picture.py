"""A map as a picture."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coinvec.cli.map_style import Legend
from coinvec.domain.vectors import FloatArray
from coinvec.errors import UnavailableError
from coinvec.services.embedding_map import EmbeddingMap
from coinvec.services.files import written_whole
from coinvec.services.map_pictures import RgbaArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES, DPI = (14.0, 10.5), 160
PAPER, INK, SOFT = "#faf8f3", "#22211f", "#7a766c"

_MAP = (0.02, 0.03, 0.66, 0.88)
"""Left, bottom, width and height as shares of the figure; a square in inches."""
_LEGEND_LEFT, _LEGEND_RIGHT, _LEGEND_TOP, _LEGEND_STEP = 0.745, 0.965, 0.86, 0.0315
_MARGIN = 0.03
_RING = 1.14
"""Radius of the coloured ring around a coin, in the coin's own."""


def draw_map(
    path: Path, laid: EmbeddingMap, coins: Mapping[int, RgbaArray], diameter: float
) -> None:
    """Write a map as PNG.

    Args:
        path: Where to.
        laid: The map.
        coins: Pictures of some of its coins, by place.
        diameter: Of such a picture, as a share of the map's side.

    Raises:
        UnavailableError: matplotlib is not installed.
        InputError: The file cannot be written.
    """
    figure, axes = _empty()
    legend = Legend(laid.records)
    _draw_points(axes, laid, legend)
    for place, coin in coins.items():
        colour = legend.entries[legend.place(laid.records[place])].colour
        _draw_coin(axes, laid.positions[place], coin, colour, diameter / 2)
    axes.set(xlim=(-_MARGIN, 1 + _MARGIN), ylim=(-_MARGIN, 1 + _MARGIN))
    _write_title(figure, laid)
    _write_legend(figure, legend)
    with written_whole(path) as passing, warnings.catch_warnings():
        # A letter that the font lacks is shown as a box; that needs no warning on top.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        figure.savefig(passing, format="png")


def _empty() -> "tuple[Figure, Axes]":
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UnavailableError(
            "A map as PNG needs matplotlib, which is not installed.",
            hint="Type: pip install 'coinvec[map]', or name a file that ends in .html.",
        ) from error
    figure = Figure(figsize=INCHES, dpi=DPI, facecolor=PAPER)
    axes = figure.add_axes(_MAP)
    axes.set_axis_off()
    return figure, axes


def _draw_points(axes: "Axes", laid: EmbeddingMap, legend: Legend) -> None:
    colours = [legend.entries[legend.place(record)].colour for record in laid.records]
    size = float(np.clip(60_000 / len(colours), 9, 60))
    # In the order of their ids, which is none: no country lies on top of the others.
    x, y = laid.positions.T
    axes.scatter(x, y, s=size, c=colours, edgecolors=PAPER, linewidths=0.3, alpha=0.9)


def _draw_coin(
    axes: "Axes", centre: FloatArray, coin: RgbaArray, colour: str, radius: float
) -> None:
    from matplotlib.patches import Circle

    x, y = (float(each) for each in centre)
    axes.add_patch(Circle((x, y), radius * _RING, facecolor=colour, edgecolor=PAPER, zorder=3))
    extent = (x - radius, x + radius, y - radius, y + radius)
    axes.imshow(coin, extent=extent, aspect="auto", interpolation="antialiased", zorder=4)


def _write_title(figure: "Figure", laid: EmbeddingMap) -> None:
    shown = f"{len(laid.records):,} coin images, laid out by likeness"
    sampled = laid.total > len(laid.records)
    sample = f"a fair sample of {laid.total:,} · " if sampled else ""
    left = _MAP[0] + 0.02
    figure.text(left, 0.955, shown, fontsize=23, color=INK, weight="bold", va="center")
    encoder = laid.generation.encoder.name
    how = f"{sample}neighbours look alike to {encoder}; how far groups lie apart means nothing"
    figure.text(left, 0.925, how, fontsize=12, color=SOFT, va="center", parse_math=False)
    made = f"t-SNE of {laid.generation}"
    figure.text(left, 0.018, made, fontsize=8, color=SOFT, va="center", parse_math=False)


def _write_legend(figure: "Figure", legend: Legend) -> None:
    from matplotlib.lines import Line2D

    for line, entry in enumerate(legend.entries):
        y = _LEGEND_TOP - line * _LEGEND_STEP
        dot = Line2D([_LEGEND_LEFT - 0.014], [y], marker="o", color=entry.colour, markersize=11)
        dot.set_transform(figure.transFigure)
        figure.add_artist(dot)
        style: dict[str, Any] = {"fontsize": 13, "va": "center", "parse_math": False}
        figure.text(_LEGEND_LEFT, y - 0.0015, entry.name, color=INK, **style)
        count = f"{entry.images:,}"
        figure.text(_LEGEND_RIGHT, y - 0.0015, count, color=SOFT, ha="right", **style)
