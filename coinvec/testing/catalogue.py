"""Puts minted catalogues and photographs of them on disk, ready for import and evaluation."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from coinvec.domain.coins import Side
from coinvec.domain.images import Ellipse, RgbArray
from coinvec.testing.backgrounds import BACKGROUNDS
from coinvec.testing.lens import STUDIO
from coinvec.testing.minting import MintedType
from coinvec.testing.noise import random_source
from coinvec.testing.photo import photograph

STUDIO_BOARDS = ("studio", "dark-studio")
PHONE_GROUNDS = tuple(name for name in BACKGROUNDS if name not in STUDIO_BOARDS)

_JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True)
class PhonePhoto:
    """A rendered phone photo on disk, and the truth about it.

    Attributes:
        path: The picture.
        minted: The coin type it shows.
        side: The side that is up.
        ellipse: The rim, in pixels of the picture.
        mask_path: The coin's upper face as an 8-bit PNG of the picture's size, 255 on the coin.
    """

    path: Path
    minted: MintedType
    side: Side
    ellipse: Ellipse
    mask_path: Path


def write_catalogue(
    directory: Path,
    types: Sequence[MintedType],
    *,
    pictures_per_side: int = 2,
    size: int = 320,
    seed: int = 0,
) -> Path:
    """Write frontal studio pictures of both sides of every type, and their manifest.

    The pictures of one side differ in light, board, wear and a small turn.

    Args:
        directory: Where to; made if it does not exist. The pictures go into `pictures/`.
        types: What to picture, as from `mint_catalogue`.
        pictures_per_side: How many pictures each side gets.
        size: Side of the square pictures in pixels.
        seed: Of light, wear and stains.

    Returns:
        The manifest, `manifest.csv`, for `coinvec import`.
    """
    pictures = directory / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, minted in enumerate(types):
        for side in Side:
            for shot in range(pictures_per_side):
                path = pictures / f"{minted.coin.key}-{side.value}-{shot + 1}.jpg"
                rng = random_source(seed, 4, number, tuple(Side).index(side), shot)
                _save(path, _studio_picture(minted, side, shot, size, rng))
                rows.append(_manifest_row(path.relative_to(directory), minted, side))
    return _write_csv(directory / "manifest.csv", rows)


def write_phone_photos(
    directory: Path,
    types: Sequence[MintedType],
    *,
    count: int = 12,
    size: tuple[int, int] = (960, 1280),
    seed: int = 0,
) -> list[PhonePhoto]:
    """Write phone photos of coins on every kind of ground, with the truth about them.

    Beside the photos stand their masks (`masks/`), `queries.csv` for `coinvec evaluate`, and
    `truth.csv` with the rim ellipse of each: `image, mask, type, side, cx, cy, rx, ry, degrees`.

    Args:
        directory: Where to; made if it does not exist.
        types: The coins to choose from; each photo shows another one while they last.
        count: How many photos.
        size: Width and height in pixels.
        seed: Of the choice and of everything in the photos.

    Returns:
        The photos, in the order of the files.
    """
    (directory / "masks").mkdir(parents=True, exist_ok=True)
    rng = random_source(seed, 5)
    order = rng.permutation(len(types))
    photos = [
        _phone_photo(directory, types[int(order[i % len(order)])], size, i, rng)
        for i in range(count)
    ]
    _write_csv(directory / "queries.csv", (_query_row(photo) for photo in photos))
    _write_csv(directory / "truth.csv", (_truth_row(photo, directory) for photo in photos))
    return photos


def _studio_picture(
    minted: MintedType, side: Side, shot: int, size: int, rng: np.random.Generator
) -> RgbArray:
    photo = photograph(
        minted.side(side),
        size=(size, size),
        background=STUDIO_BOARDS[shot % len(STUDIO_BOARDS)],
        tilt_degrees=0.0,
        diameter=0.86,
        light=(float(rng.uniform(200, 340)), float(rng.uniform(42, 58))),
        rotation=float(rng.normal(0.0, 2.0)),
        wear=float(rng.uniform(0.02, 0.25)),
        lens=STUDIO,
        seed=int(rng.integers(2**31)),
    )
    return photo.pixels


def _phone_photo(
    directory: Path,
    minted: MintedType,
    size: tuple[int, int],
    index: int,
    rng: np.random.Generator,
) -> PhonePhoto:
    side = Side.OBVERSE if rng.random() < 0.5 else Side.REVERSE
    photo = photograph(
        minted.side(side),
        size=size,
        background=PHONE_GROUNDS[index % len(PHONE_GROUNDS)],
        tilt_degrees=float(rng.uniform(0, 28)),
        diameter=float(rng.uniform(0.4, 0.7)),
        wear=float(rng.uniform(0.1, 0.4)),
        seed=int(rng.integers(2**31)),
    )
    path = directory / f"photo-{index + 1:02d}.jpg"
    mask_path = directory / "masks" / f"photo-{index + 1:02d}.png"
    _save(path, photo.pixels)
    Image.fromarray(photo.masks[0].astype(np.uint8) * 255).save(mask_path)
    return PhonePhoto(path, minted, side, photo.ellipses[0], mask_path)


def _save(path: Path, pixels: RgbArray) -> None:
    Image.fromarray(pixels).save(path, quality=_JPEG_QUALITY)


def _manifest_row(path: Path, minted: MintedType, side: Side) -> dict[str, object]:
    coin = minted.coin
    return {
        "image": path.as_posix(),
        "type": coin.key,
        "side": side.value,
        "country": coin.country,
        "denomination": coin.denomination,
        "design": minted.design(side).key,
        "currency": coin.currency,
        "value": coin.value,
        "title": coin.title,
        "year_from": minted.years.first,
        "year_to": minted.years.last,
        "composition": coin.composition,
        "diameter_mm": coin.diameter_mm,
        "weight_g": coin.weight_g,
        "shape": coin.shape,
        "credit": "Rendered by coinvec",
        "license": "CC0-1.0",
    }


def _query_row(photo: PhonePhoto) -> dict[str, object]:
    return {
        "image": photo.path.name,
        "type": photo.minted.coin.key,
        "design": photo.minted.design(photo.side).id,
    }


def _truth_row(photo: PhonePhoto, directory: Path) -> dict[str, object]:
    places = zip(("cx", "cy", "rx", "ry", "degrees"), photo.ellipse.as_tuple(), strict=True)
    return {
        "image": photo.path.name,
        "mask": photo.mask_path.relative_to(directory).as_posix(),
        "type": photo.minted.coin.key,
        "side": photo.side.value,
        **{name: round(value, 3) for name, value in places},
    }


def _write_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    listed = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(listed[0]) if listed else [])
        writer.writeheader()
        writer.writerows(listed)
    return path
