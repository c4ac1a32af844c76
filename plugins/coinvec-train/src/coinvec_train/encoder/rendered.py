"""Rendered coins as further classes: looks that never were, in the studio and in the hand.

No data set photographs one coin under many lamps; a renderer does, and knows the look.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from coinvec.domain.coins import Side
from coinvec.testing import mint_catalogue, write_catalogue, write_phone_photos
from coinvec_train.encoder.material import write_further

_ISSUERS = 20
_STUDIO_PICTURES = 3
_PHONE_PHOTOS = 6
"""Of each type; which side is up is left to chance."""
_PHOTO_SIZE = (480, 640)


def render_coins(folder: Path, types: int, seed: int) -> Path:
    """Render studio pictures and phone photographs of coins, and list what they show.

    Args:
        folder: Where to; made if it does not exist.
        types: How many coin types to invent; each has two looks.
        seed: Of everything random. The same seed gives the same coins.

    Returns:
        A CSV file for `read_material`: `image, look`, images relative to it.

    Raises:
        InvalidValueError: No type is wanted.
    """
    minted = mint_catalogue(seed, n_types=types, n_issuers=min(types, _ISSUERS))
    studio = write_catalogue(
        folder / "studio", minted, pictures_per_side=_STUDIO_PICTURES, seed=seed
    )
    phone = write_phone_photos(
        folder / "phone", minted, count=_PHONE_PHOTOS * types, size=_PHOTO_SIZE, seed=seed
    )
    in_the_hand = (
        (each.path.relative_to(folder).as_posix(), each.minted.design(each.side).id)
        for each in phone
    )
    return write_further(folder, [*_studio_looks(studio), *in_the_hand])


def _studio_looks(manifest: Path) -> Iterator[tuple[str, str]]:
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            look = f"{row['type']}/{Side(row['side']).value}/{row['design']}"
            yield f"{manifest.parent.name}/{row['image']}", look
