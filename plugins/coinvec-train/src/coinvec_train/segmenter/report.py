"""The report on the segmenter: what `coinvec train evaluate-segmenter` measures and writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coinvec.domain.images import MaskArray, Picture
from coinvec.media.decode import decode
from coinvec.plugin.protocols import Preprocessor
from coinvec_train.labels import LabelledPicture
from coinvec_train.markdown import percent, table
from coinvec_train.segmenter.evaluate import (
    Advance,
    Agreement,
    by_padding,
    every_coin,
    false_alarms,
    mean_of,
    wanted_coin,
)


@dataclass(frozen=True, slots=True)
class Material:
    """What preprocessors are measured on; nothing of it was trained on.

    Attributes:
        scenes: Labelled photographs of many coins.
        crops: CSV file of pictures with one wanted coin each.
        synthetic: Synthetic scenes with the mask of their largest coin.
        empty: Pictures without a coin: backgrounds, and round things that are none.
    """

    scenes: Sequence[LabelledPicture]
    crops: Path
    synthetic: Sequence[tuple[Picture, MaskArray]]
    empty: Mapping[str, Sequence[Path | Picture]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One preprocessor's results.

    Attributes:
        every: Every coin of the labelled photographs, all coins asked for.
        wanted: The one coin of each crop.
        padded: Synthetic scenes, by range of padding.
        alarms: Pictures without a coin in which one was found, and how many there were, by kind.
    """

    every: Agreement
    wanted: Agreement
    padded: Mapping[tuple[float, float], Agreement]
    alarms: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def measure(finder: Preprocessor, material: Material, advance: Advance) -> Measured:
    """Measure one preprocessor on everything."""
    return Measured(
        every_coin(finder, material.scenes, advance),
        wanted_coin(finder, material.crops, advance),
        by_padding(finder, material.synthetic, advance),
        {
            kind: false_alarms(finder, _decoded(pictures), advance)
            for kind, pictures in material.empty.items()
        },
    )


def _decoded(pictures: Sequence[Path | Picture]) -> Iterator[Picture]:
    for each in pictures:
        yield each if isinstance(each, Picture) else decode(each)


def tables(results: Mapping[str, Measured]) -> str:
    """The results as Markdown tables, one row a preprocessor."""
    return "\n\n".join(
        (
            "### Photographs\n\n" + _photographs(results),
            "### Synthetic scenes, by padding\n\n" + _paddings(results),
            "### Pictures without a coin\n\n" + _alarms(results),
        )
    )


def _photographs(results: Mapping[str, Measured]) -> str:
    rows = [
        (
            name,
            f"{each.every.mean_iou:.3f}",
            percent(each.every.found),
            str(each.every.ghosts),
            f"{each.wanted.mean_iou:.3f}",
            percent(each.wanted.found),
        )
        for name, each in results.items()
    ]
    of_all = len(next(iter(results.values())).every.ious)
    of_wanted = len(next(iter(results.values())).wanted.ious)
    head = (
        "preprocessor",
        f"every coin ({of_all}): mean IoU",
        "found",
        "ghosts",
        f"wanted coin ({of_wanted}): mean IoU",
        "found",
    )
    return table(head, rows)


def _paddings(results: Mapping[str, Measured]) -> str:
    ranges = list(next(iter(results.values())).padded)
    head = ("preprocessor", *(f"1:{low:g}–1:{high:g}" for low, high in ranges), "all", "found")
    rows = []
    for name, each in results.items():
        together = mean_of(list(each.padded.values()))
        cells = (f"{each.padded[at].mean_iou:.3f}" for at in ranges)
        rows.append((name, *cells, f"{together.mean_iou:.3f}", percent(together.found)))
    return table(head, rows)


def _alarms(results: Mapping[str, Measured]) -> str:
    kinds = list(next(iter(results.values())).alarms)
    rows = [
        (name, *(f"{alarms} of {count}" for alarms, count in each.alarms.values()))
        for name, each in results.items()
    ]
    return table(("preprocessor", *kinds), rows)
