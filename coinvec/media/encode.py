"""Masks and cut-outs as PNG files."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Crop
from coinvec.errors import StoreError


def write_mask(path: Path, crop: Crop) -> None:
    """Write the coin's mask, 8-bit grey of the picture's size: 255 on the coin, else 0.

    Raises:
        StoreError: The file cannot be written.
    """
    _write(path, crop.picture_mask().astype(np.uint8) * 255)


def write_cutout(path: Path, crop: Crop) -> None:
    """Write the coin cut out, RGBA, transparent where it is not; errors as `write_mask`."""
    alpha = crop.cutout_mask.astype(np.uint8) * 255
    _write(path, np.dstack([crop.cutout, alpha]))


def _write(path: Path, pixels: NDArray[np.uint8]) -> None:
    from PIL import Image

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, format="PNG")
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Name a directory that can be written to.",
        ) from None
