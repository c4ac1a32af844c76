"""Pictures with the coins in them, and the JSON files that keep them.

The format is described in this distribution's README.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from coinvec.domain.images import MaskArray
from coinvec.errors import InvalidValueError, ManifestError
from coinvec.services.files import written_whole
from coinvec_train.outlines import (
    Holed,
    Outline,
    Polygon,
    outline_from_json,
    outline_json,
    sequence_in,
    shown,
)

__all__ = [
    "Holed",
    "LabelledPicture",
    "Outline",
    "Polygon",
    "image_name",
    "read_labels",
    "write_labels",
]

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture and the coins in it.

    Attributes:
        path: The picture's file.
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
        split: What it may be used for: `train`, `val`, …
        coins: Every coin in it, in no particular order; None where nobody has labelled it yet.
        source: Where the picture came from.
        licence: Terms it may be used under.
    """

    path: Path
    width: int
    height: int
    split: str
    coins: tuple[Outline, ...] | None
    source: str
    licence: str

    def __post_init__(self) -> None:
        if self.width <= 0 or self.height <= 0:
            raise InvalidValueError(f"picture size {self.width}x{self.height} is not positive.")

    def masks(self) -> list[MaskArray]:
        """One H × W mask for each coin, in the order of `coins`.

        Raises:
            InvalidValueError: Nobody has labelled the picture yet.
        """
        if self.coins is None:
            raise InvalidValueError(
                f"{self.path} is not labelled yet, so that where its coins are is unknown.",
                hint="Label it with `coinvec train label-hough`, or leave such pictures out.",
            )
        return [coin.mask(self.width, self.height) for coin in self.coins]


def read_labels(path: Path, root: Path | None = None) -> list[LabelledPicture]:
    """Read a label file.

    Args:
        path: The file.
        root: The folder its image names start from; by default the file's own.

    Raises:
        ManifestError: It cannot be read, or an entry of it is not understood.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ManifestError(
            f"The labels {path} cannot be read: {reason}.",
            hint="Name a JSON file of labels, as the README of coinvec-train describes.",
        ) from error
    if not isinstance(entries, list):
        raise ManifestError(
            f"The labels {path} hold no list.",
            hint="Write a JSON list with one object for each picture.",
        )
    folder = path.parent if root is None else root
    return [_picture(entry, number, path, folder) for number, entry in enumerate(entries, 1)]


def write_labels(path: Path, pictures: Iterable[LabelledPicture], root: Path | None = None) -> None:
    """Write a label file, whole or not at all: ordered by image name, one entry a line.

    Args:
        path: The file.
        pictures: What to write.
        root: The folder image names start from; by default the file's own.

    Raises:
        InputError: A picture lies outside the root, or the file cannot be written.
    """
    folder = path.parent if root is None else root
    lines = sorted(json.dumps(_entry(each, folder), ensure_ascii=False) for each in pictures)
    with written_whole(path) as passing:
        passing.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def image_name(path: Path, root: Path) -> str:
    """A picture's name in label files: its path from a folder, with forward slashes.

    Raises:
        InvalidValueError: It lies outside the folder.
    """
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        raise InvalidValueError(
            f"The picture {path} does not lie in {root}, where image names start from.",
            hint="Name a folder that holds all the pictures as root.",
        ) from None


def _entry(picture: LabelledPicture, root: Path) -> dict[str, object]:
    coins = None if picture.coins is None else [outline_json(coin) for coin in picture.coins]
    return {
        "image": image_name(picture.path, root),
        "width": picture.width,
        "height": picture.height,
        "split": picture.split,
        "coins": coins,
        "source": picture.source,
        "licence": picture.licence,
    }


def _picture(entry: object, number: int, path: Path, root: Path) -> LabelledPicture:
    image = entry.get("image") if isinstance(entry, Mapping) else None
    where = f"The labels {path}, entry {number}" + (f" ({image})" if image else "")
    try:
        fields = _mapping(entry)
        return LabelledPicture(
            path=root / _checked(fields, "image", str),
            width=_checked(fields, "width", int),
            height=_checked(fields, "height", int),
            split=_checked(fields, "split", str),
            coins=_coins(_field(fields, "coins")),
            source=_checked(fields, "source", str),
            licence=_checked(fields, "licence", str),
        )
    except InvalidValueError as error:
        raise ManifestError(
            f"{where}: {error.message}",
            hint="Mend the entry as the README of coinvec-train describes, or remove it.",
        ) from error


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InvalidValueError(f"an object is wanted, not {shown(value)}.")
    return value


def _field(fields: Mapping[str, object], name: str) -> object:
    if name not in fields:
        raise InvalidValueError(f"it has no {name}.")
    return fields[name]


def _checked(fields: Mapping[str, object], name: str, kind: type[_Part]) -> _Part:
    value = _field(fields, name)
    if not isinstance(value, kind) or isinstance(value, bool):
        wanted = "a whole number" if kind is int else "a text"
        raise InvalidValueError(f"{name} must be {wanted}, not {shown(value)}.")
    return value


def _coins(value: object) -> tuple[Outline, ...] | None:
    if value is None:
        return None
    coins = sequence_in(value, "coins must be null or a list")
    outlines = []
    for number, coin in enumerate(coins, 1):
        try:
            outlines.append(outline_from_json(coin))
        except InvalidValueError as error:
            raise InvalidValueError(f"coin {number}: {error.message}") from error
    return tuple(outlines)
