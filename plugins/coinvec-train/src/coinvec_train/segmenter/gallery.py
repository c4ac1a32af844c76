"""Pictures of preprocessors side by side on the same photographs."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Crop, MaskArray, Picture, RgbArray
from coinvec.plugin.protocols import Preprocessor

SIDE = 320
"""Sides of one tile, in pixels."""
_LINE = (60, 230, 90)
_TRUTH = (255, 210, 0)
_CAPTION = (255, 255, 255)


def side_by_side(
    finders: Mapping[str, Preprocessor], pictures: Sequence[tuple[Picture, MaskArray]]
) -> RgbArray:
    """One row a picture: what each finder outlines, beside the truth.

    Args:
        finders: By the caption of their column.
        pictures: Each with the true mask.

    Returns:
        The sheet, RGB.
    """
    rows = [
        np.hstack(
            [
                _tile(picture, [true], "truth", _TRUTH),
                *(
                    _tile(picture, [_whole(crop) for crop in finder.find(picture)], name, _LINE)
                    for name, finder in finders.items()
                ),
            ]
        )
        for picture, true in pictures
    ]
    return np.asarray(np.vstack(rows), dtype=np.uint8)


def _whole(crop: Crop) -> MaskArray:
    return crop.picture_mask()


def _tile(
    picture: Picture, masks: Sequence[MaskArray], caption: str, colour: tuple[int, int, int]
) -> NDArray[np.uint8]:
    factor = SIDE / max(picture.width, picture.height)
    size = (round(picture.width * factor), round(picture.height * factor))
    small = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
    for mask in masks:
        reduced = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        rims, _ = cv2.findContours(reduced, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(small, rims, -1, colour, 2)
    tile = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    tile[: size[1], : size[0]] = small
    text = caption if masks else f"{caption}: none"
    cv2.putText(tile, text, (8, SIDE - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.6, _CAPTION, 1, cv2.LINE_AA)
    return tile
