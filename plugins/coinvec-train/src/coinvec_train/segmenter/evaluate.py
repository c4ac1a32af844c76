"""Measuring preprocessors: how well their masks agree with true ones, and where they see ghosts."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from coinvec.domain.images import Crop, Ellipse, MaskArray, Picture
from coinvec.media.decode import decode
from coinvec.plugin.protocols import Preprocessor
from coinvec_train.labels import LabelledPicture

FOUND_IOU = 0.8
"""A coin counts as found from this IoU on."""
PADDINGS = (1.0, 2.0, 4.0, 9.0, 18.0, 36.0)
"""Limits between ranges of padding: the picture's area over that of the coin's square."""
_LEAST_COMMON = 0.5
"""A proposed coin that shares less with every true one is a ghost."""

Advance = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well masks agree with true ones.

    Attributes:
        ious: IoU of each true coin with the mask found for it; 0 where none was.
        ghosts: Masks that lie on no true coin.
    """

    ious: tuple[float, ...]
    ghosts: int = 0

    @property
    def mean_iou(self) -> float:
        """Mean IoU, coins that were not found counted as 0."""
        return float(np.mean(self.ious)) if self.ious else float("nan")

    @property
    def found(self) -> float:
        """Share of the coins with an IoU of `FOUND_IOU` or more."""
        return float(np.mean(np.array(self.ious) >= FOUND_IOU)) if self.ious else float("nan")


def every_coin(
    finder: Preprocessor, pictures: Iterable[LabelledPicture], advance: Advance
) -> Agreement:
    """Every true coin against its best mask, all coins asked for."""
    ious: list[float] = []
    ghosts = 0
    for labelled in pictures:
        crops = finder.find(decode(labelled.path), all_coins=True)
        true = labelled.masks()
        table = np.array([[iou(crop, mask) for crop in crops] for mask in true])
        table = table.reshape(len(true), len(crops))
        ious.extend(table.max(axis=1, initial=0.0).tolist())
        ghosts += int((table.max(axis=0, initial=0.0) < _LEAST_COMMON).sum())
        advance()
    return Agreement(tuple(ious), ghosts)


def wanted_coin(finder: Preprocessor, crops_csv: Path, advance: Advance) -> Agreement:
    """The coin found in each picture of a CSV file with ellipses against the true one.

    Args:
        finder: Asked for one coin.
        crops_csv: `image, cx, cy, rx, ry, degrees, width, height`; images beside the file.
        advance: Called after each picture.
    """
    ious = []
    for path, ellipse in read_wanted(crops_csv):
        picture = decode(path)
        crops = finder.find(picture)
        true = ellipse.mask(picture.width, picture.height)
        ious.append(iou(crops[0], true) if crops else 0.0)
        advance()
    return Agreement(tuple(ious))


def read_wanted(crops_csv: Path) -> Iterator[tuple[Path, Ellipse]]:
    """The pictures of a CSV file with ellipses, and the wanted coin of each."""
    with crops_csv.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = (float(row[name]) for name in ("cx", "cy", "rx", "ry", "degrees"))
            yield crops_csv.parent / row["image"], Ellipse(*numbers)


def by_padding(
    finder: Preprocessor, scenes: Iterable[tuple[Picture, MaskArray]], advance: Advance
) -> Mapping[tuple[float, float], Agreement]:
    """The coin found in pictures of one coin each, by how much of the picture it fills."""
    ranges = list(pairwise(PADDINGS))
    ious: dict[tuple[float, float], list[float]] = {each: [] for each in ranges}
    for picture, true in scenes:
        at = min(
            max(int(np.searchsorted(PADDINGS, padding(true), "right")) - 1, 0), len(ranges) - 1
        )
        crops = finder.find(picture)
        ious[ranges[at]].append(iou(crops[0], true) if crops else 0.0)
        advance()
    return {each: Agreement(tuple(found)) for each, found in ious.items()}


def padding(mask: MaskArray) -> float:
    """A picture's area over that of the square around a coin of this area."""
    return float(mask.size / (np.count_nonzero(mask) * 4 / np.pi))


def false_alarms(
    finder: Preprocessor, pictures: Iterable[Picture], advance: Advance
) -> tuple[int, int]:
    """In how many pictures without a coin one is found, and how many pictures there are."""
    alarms = count = 0
    for picture in pictures:
        alarms += bool(finder.find(picture))
        count += 1
        advance()
    return alarms, count


def iou(crop: Crop, true: MaskArray) -> float:
    """The Jaccard index of a crop's mask and a mask of the whole picture."""
    box = crop.box
    within = true[box.y0 : box.y1, box.x0 : box.x1]
    common = np.count_nonzero(within & crop.mask)
    return common / (np.count_nonzero(true) + np.count_nonzero(crop.mask) - common)


def mean_of(agreements: Sequence[Agreement]) -> Agreement:
    """All coins of several measurements together."""
    return Agreement(
        tuple(value for each in agreements for value in each.ious),
        sum(each.ghosts for each in agreements),
    )
