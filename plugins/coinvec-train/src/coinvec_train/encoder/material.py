"""Which pictures train, which watch, and what class each is of."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coinvec.errors import ManifestError
from coinvec_train.splits import is_held_out

_HELD_OUT = 12
"""One photograph in so many is not trained on, to watch over-fitting by."""
_LEAST_PICTURES = 4
"""Classes with fewer photographs lend none."""
_FURTHER = "looks.csv"
_EUROS = {
    "1 cent": "spain-1-euro-cent/reverse/r1",
    "2 cents": "spain-2-euro-cent/reverse/r1",
    "5 cents": "spain-5-euro-cent/reverse/r1",
    "10 cents": "spain-10-euro-cent/reverse/r1",
    "20 cents": "spain-20-euro-cent/reverse/r1",
    "50 cents": "spain-50-euro-cent/reverse/r1",
    "1 euro": "spain-1-euro/reverse/r1",
    "2 euro": "2-euro/reverse/r1",
}
"""Looks that the common sides of euro coins share with those of the catalogue."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture of a known look.

    Attributes:
        image: Name of the picture's file, from the root of all or from that of the file system.
        look: Designs that nobody can tell apart are one look, and one class.
        same_photo: Pictures with the same value are nearly the same photograph.
    """

    image: str
    look: str
    same_photo: str


@dataclass(frozen=True, slots=True)
class Material:
    """What a run learns from.

    Attributes:
        training: Photographs it is trained on.
        watching: Photographs of the same looks that it is not trained on.
    """

    training: Sequence[Photograph]
    watching: Sequence[Photograph]

    @property
    def looks(self) -> list[str]:
        """The classes, ordered."""
        return sorted({each.look for each in self.training})

    @property
    def images(self) -> list[str]:
        """The names of all pictures."""
        return [each.image for each in (*self.training, *self.watching)]


def read_material(coins: Path, phone: Path | None, more: Iterable[Path] = ()) -> Material:
    """The photographs of the `train` split, and further ones.

    Args:
        coins: A manifest with the columns `look`, `split` and `same_photo` besides.
        phone: `image, denomination, side`: phone photographs of euro coins; those whose side
            nobody has labelled are left out.
        more: `image, look`: pictures, named from the file's folder, of other looks or the same;
            they are trained on, and never watched.

    Raises:
        ManifestError: A file cannot be read, or lacks a column.
    """
    photographs = [
        Photograph(row["image"], row["look"], row["same_photo"] or row["image"])
        for row in read_rows(coins, ("image", "look", "split", "same_photo"))
        if row["split"] == "train"
    ]
    if phone is not None:
        photographs += [
            Photograph(row["image"], _EUROS[row["denomination"]], row["image"])
            for row in read_rows(phone, ("image", "denomination", "side"))
            if row["side"] == "reverse"
        ]
    sizes = Counter(each.look for each in photographs)
    training: list[Photograph] = []
    watching: list[Photograph] = []
    for each in photographs:
        lent = sizes[each.look] >= _LEAST_PICTURES and is_held_out(each.same_photo, _HELD_OUT)
        (watching if lent else training).append(each)
    for path in more:
        training += _further(path)
    learnt = {each.look for each in training}
    return Material(training, [each for each in watching if each.look in learnt])


def _further(path: Path) -> list[Photograph]:
    folder = path.parent.resolve()
    images = [
        (str(folder / row["image"]), row["look"]) for row in read_rows(path, ("image", "look"))
    ]
    return [Photograph(image, look, same_photo=image) for image, look in images]


def write_further(folder: Path, looks: Iterable[tuple[str, str]]) -> Path:
    """Write what `read_material` takes among `more`.

    Args:
        folder: Of the file, and where the names of images start from.
        looks: Images and what they show.
    """
    path = folder / _FURTHER
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("image", "look"))
        writer.writerows(looks)
    return path


def read_rows(path: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """Read a CSV file that has at least one row, and these columns.

    Raises:
        ManifestError: It cannot be read, is empty, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows: list[Mapping[str, str]] = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(
            f"The list of pictures {path} cannot be read: {error}.",
            hint="Name a CSV file as the README of coinvec-train describes.",
        ) from error
    missing = [name for name in columns if rows and name not in rows[0]]
    if missing or not rows:
        raise ManifestError(
            f"The list of pictures {path} has no {' or '.join(missing) or 'rows'}.",
            hint="Name a CSV file as the README of coinvec-train describes.",
        )
    return rows
