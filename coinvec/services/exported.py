"""Rows of an export: what a manifest says of a catalogued image, and where its picture lies."""

import hashlib
import os
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from coinvec.domain.columns import REFERENCE_SEPARATOR
from coinvec.domain.records import CoinRecord
from coinvec.errors import InputError
from coinvec.media.store import MediaStore

COLUMNS = (
    "image",
    "type",
    "side",
    "design",
    "country",
    "denomination",
    "currency",
    "value",
    "title",
    "year_from",
    "year_to",
    "composition",
    "diameter_mm",
    "weight_g",
    "shape",
    "numista_id",
    "references",
    "description",
    "credit",
    "license",
)
"""The columns of a manifest, in the order of an export; attributes follow."""

_PORTABLE = re.compile(r"\w[\w .()+-]{0,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """One image on its way out.

    Attributes:
        record: What the catalogue says of it.
        image: Where its picture lies, as a manifest says it; empty where there is none.
    """

    record: CoinRecord
    image: str

    @property
    def fields(self) -> dict[str, str | int | float | Decimal | None]:
        """Value of every one of `COLUMNS`, None where unknown."""
        coin, design, image = self.record.coin, self.record.design, self.record.image
        return {
            "image": self.image or None,
            "type": coin.key,
            "side": design.side.value,
            "design": design.key,
            "country": coin.country,
            "denomination": coin.denomination,
            "currency": coin.currency,
            "value": coin.value,
            "title": coin.title,
            "year_from": design.years.first,
            "year_to": design.years.last,
            "composition": coin.composition,
            "diameter_mm": coin.diameter_mm,
            "weight_g": coin.weight_g,
            "shape": coin.shape,
            "numista_id": coin.numista_id,
            "references": REFERENCE_SEPARATOR.join(coin.references) or None,
            "description": image.description,
            "credit": image.credit,
            "license": image.license,
        }


class Pictures:
    """Says where the pictures of exported rows lie, and copies them there if asked to.

    Args:
        media: The kept pictures.
        folder: Where to copy them; None leaves them where they are kept.
        base: The folder a manifest's paths are relative to.
    """

    def __init__(self, media: MediaStore, folder: Path | None, base: Path) -> None:
        self._media = media
        self._folder = folder
        self._base = base

    def place(self, record: CoinRecord) -> str:
        """The path of a picture as a manifest says it; empty where none is kept whole.

        Raises:
            InputError: The copy cannot be written.
            StoreError: Media cannot be read.
        """
        image = record.image
        if not image.has_media or not self._media.exists(image.id):
            return ""
        if self._folder is None:
            return self._media.location(image.id)
        kept = self._media.read(image.id)
        if hashlib.sha256(kept).hexdigest() != image.media_digest:
            return ""
        # An id of its own for each: file names repeat, and an import keeps the file's name.
        copy = self._folder / image.id[:2] / image.id / _file_name(record)
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(kept)
        except OSError as error:
            raise InputError(
                f"{copy} cannot be written: {error.strerror}.",
                hint="Name a folder that can be written to and has room.",
            ) from None
        return Path(os.path.relpath(copy, self._base)).as_posix()


def _file_name(record: CoinRecord) -> str:
    """The name the picture came with, where every system can keep a file of that name."""
    name = record.image.filename
    if _PORTABLE.fullmatch(name) and not name.endswith((".", " ")):
        return name
    return f"picture.{record.image.format.lower()}"
