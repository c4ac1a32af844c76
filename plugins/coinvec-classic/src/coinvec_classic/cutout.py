"""Cutting a coin out of its photograph: mask, bounding box and the rectified picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Box, Crop, MaskArray, Picture
from coinvec.domain.vectors import FloatArray
from coinvec_classic.outlines import ellipse_of, frame_of

SIZE = 256
"""Sides of a cut-out, in pixels."""
RADIUS = 116.0
"""Radius of the circle that the coin's ellipse is mapped to, in pixels of the cut-out; the rest is
room for the corners of coins that are not round."""

_FRACTION_BITS = 4
_FINE = 2.0
"""How many times finer than the cut-out the photograph may stay before it is warped."""


def cut_out(picture: Picture, frame: FloatArray, polygon: FloatArray, score: float) -> Crop:
    """Cut one coin out.

    Args:
        picture: The photograph.
        frame: The coin's frame in pixels of the photograph, 2 × 3.
        polygon: Corners of its outline in pixels of the photograph, P × 2.
        score: How sure the finder is, 0 to 1.

    Returns:
        The crop; its ellipse becomes a centred circle of radius `RADIUS`, upright as photographed.
    """
    box = _box(polygon, picture.width, picture.height)
    ellipse = ellipse_of(frame)
    onto = _onto_cutout(frame_of(ellipse))
    pixels, visible = _warped(picture, box, onto)
    corners = (polygon @ onto[:, :2].T + onto[:, 2]).astype(np.float32)
    mask = _filled(corners, SIZE, SIZE) & visible
    pixels[~mask] = 0
    return Crop(
        picture_size=(picture.width, picture.height),
        box=box,
        ellipse=ellipse,
        mask=_filled(polygon - (box.x0, box.y0), box.x1 - box.x0, box.y1 - box.y0),
        cutout=pixels,
        cutout_mask=mask,
        score=score,
    )


def _box(polygon: FloatArray, width: int, height: int) -> Box:
    """The bounding box of a polygon that lies at least partly in the picture."""
    low, high = np.floor(polygon.min(axis=0) + 0.5), np.ceil(polygon.max(axis=0) + 0.5)
    x0, y0 = (int(v) for v in np.clip(low, 0, (width - 1, height - 1)))
    x1, y1 = (int(v) for v in np.clip(high, (x0 + 1, y0 + 1), (width, height)))
    return Box(x0, y0, x1, y1)


def _filled(polygon: FloatArray, width: int, height: int) -> MaskArray:
    """The pixels within a polygon, height × width."""
    canvas = np.zeros((height, width), dtype=np.uint8)
    corners = np.round(polygon * 2**_FRACTION_BITS).astype(np.int32)
    cv2.fillPoly(canvas, [corners], 1, shift=_FRACTION_BITS)
    return canvas.astype(np.bool_)


def _onto_cutout(frame: FloatArray) -> NDArray[np.float64]:
    """The affine map from the photograph to the cut-out, 2 × 3."""
    linear = RADIUS * np.linalg.inv(frame[:, :2].astype(np.float64))
    centre = (SIZE - 1) / 2
    return np.column_stack([linear, centre - linear @ frame[:, 2]])


def _warped(
    picture: Picture, box: Box, onto: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], MaskArray]:
    """The cut-out's pixels and which of them the photograph shows.

    The coin's box alone is first reduced, averaging over areas: to sample a large photograph at
    few points would alias, and to filter all of it would be slow.
    """
    part = picture.pixels[box.y0 : box.y1, box.x0 : box.x1]
    wanted = np.sqrt(abs(np.linalg.det(onto[:, :2]))) * _FINE
    if wanted < 1.0:
        size = (max(1, round(part.shape[1] * wanted)), max(1, round(part.shape[0] * wanted)))
        reduced = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        part = np.asarray(reduced, dtype=np.uint8)
    scale = np.array([(box.x1 - box.x0) / part.shape[1], (box.y1 - box.y0) / part.shape[0]])
    linear = onto[:, :2] * scale
    offset = onto[:, :2] @ (0.5 * scale - 0.5 + (box.x0, box.y0)) + onto[:, 2]
    matrix = np.column_stack([linear, offset])
    pixels = cv2.warpAffine(part, matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR)
    seen = cv2.warpAffine(np.full(part.shape[:2], 255, np.uint8), matrix, (SIZE, SIZE))
    return np.asarray(pixels, dtype=np.uint8), seen > 127
