"""Reading and writing pictures for training."""

from pathlib import Path

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.errors import ImageError, InvalidValueError


def read_rgb(path: Path) -> RgbArray:
    """Decode a picture as H × W × 3 RGB.

    Raises:
        ImageError: It is missing, or no picture.
    """
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ImageError(
            f"The picture {path} cannot be read.",
            hint="Check the label file's root folder, or remove the entry.",
        )
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def write_rgb(path: Path, pixels: RgbArray) -> None:
    """Write a picture, in the format of its name.

    Raises:
        InvalidValueError: The name's ending is no picture format's, or the folder is missing.
    """
    try:
        written = cv2.imwrite(str(path), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    except cv2.error:
        written = False
    if not written:
        raise InvalidValueError(
            f"The picture {path} cannot be written.",
            hint="Name a .png or .jpg file in a folder that exists.",
        )
