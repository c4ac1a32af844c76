"""Catalogue pictures in which no coin was found, taken whole.

Catalogues crop their pictures to the coin. Where the preprocessor finds none in a picture that
somebody enrols as a coin, and the picture is about square and not blank, the coin is taken to fill
it. Query photos are never taken so: nobody has said that they show a coin.
"""

import numpy as np

from coinvec.domain.images import Box, Crop, Ellipse, Picture

LEAST_ASPECT = 0.75
"""Shorter over longer side, from which a picture counts as about square."""
LEAST_CONTRAST = 8.0
"""Standard deviation of the grey levels, 0 to 255, below which a picture counts as blank."""
CUTOUT_SIZE = 256
"""Side of the cut-out in pixels."""


def whole_picture(picture: Picture) -> Crop | None:
    """The picture's inscribed ellipse as a crop of score 0; None where no coin can fill it."""
    width, height = picture.width, picture.height
    aspect = min(width, height) / max(width, height)
    if aspect < LEAST_ASPECT or picture.pixels.mean(axis=2).std() < LEAST_CONTRAST:
        return None
    import cv2

    size = (CUTOUT_SIZE, CUTOUT_SIZE)
    cutout_mask = _inscribed(*size).mask(*size)
    resized = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
    ellipse = _inscribed(width, height)
    return Crop(
        picture_size=(width, height),
        box=Box(0, 0, width, height),
        ellipse=ellipse,
        mask=ellipse.mask(width, height),
        cutout=np.where(cutout_mask[:, :, None], resized, 0).astype(np.uint8),
        cutout_mask=cutout_mask,
        score=0.0,
    )


def _inscribed(width: int, height: int) -> Ellipse:
    return Ellipse((width - 1) / 2, (height - 1) / 2, width / 2, height / 2)
