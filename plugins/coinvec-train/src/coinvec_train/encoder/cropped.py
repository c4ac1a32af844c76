"""Coins of known looks cropped out of photographs with many, each as a picture of its own.

Few photographs in the hand say which coin they show. Of those with several coins, a label file
tells where each one is, and a list which look it was seen to have.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.errors import ManifestError
from coinvec_train.encoder.material import read_rows, write_further
from coinvec_train.labels import Outline, image_name, read_labels
from coinvec_train.pictures import read_rgb, write_rgb

_AROUND = 0.2
"""What is shown around a coin, as a share of its greater side: room for the segmenter to find it,
and too little for a neighbour to be taken for it."""


def crop_coins(folder: Path, looks: Path, scenes: Path, root: Path) -> Path:
    """Write a picture of each listed coin, and list what they show.

    Args:
        folder: Where to; made if it does not exist.
        looks: `image, coin, look`: pictures named from the root, which of the coins labelled in
            it, counted from 0, and its look. A picture of a single coin needs no number: it is
            taken whole.
        scenes: Label file of the pictures with several coins.
        root: The folder that picture names start from.

    Returns:
        A CSV file for `read_material`: `image, look`, images relative to it.

    Raises:
        ManifestError: A file cannot be read, or a coin is not labelled.
        ImageError: A picture cannot be read.
    """
    coins = {image_name(each.path, root): each.coins or () for each in read_labels(scenes, root)}
    crops = folder / "crops"
    crops.mkdir(parents=True, exist_ok=True)

    def cropped() -> Iterator[tuple[str, str]]:
        for number, row in enumerate(read_rows(looks, ("image", "coin", "look"))):
            pixels = _crop(read_rgb(root / row["image"]), row, coins)
            name = f"{number:05}.png"
            write_rgb(crops / name, pixels)
            yield f"{crops.name}/{name}", row["look"]

    return write_further(folder, cropped())


def _crop(
    pixels: RgbArray, row: Mapping[str, str], coins: Mapping[str, Sequence[Outline]]
) -> RgbArray:
    if not row["coin"]:
        return pixels
    labelled = coins.get(row["image"], ())
    if not row["coin"].isdecimal() or int(row["coin"]) >= len(labelled):
        raise ManifestError(
            f"Of {row['image']}, {len(labelled)} coins are labelled; {row['coin']!r} is none of "
            "them.",
            hint="Count coins from 0, in the order of the label file.",
        )
    height, width = pixels.shape[:2]
    rows, columns = np.nonzero(labelled[int(row["coin"])].mask(width, height))
    around = round(_AROUND * max(np.ptp(rows), np.ptp(columns)))
    top, left = max(0, rows.min() - around), max(0, columns.min() - around)
    return pixels[top : rows.max() + around + 1, left : columns.max() + around + 1]
