"""Cutting a coin out of its photograph: mask, bounding box and the rectified picture.

For preprocessors: all cut-outs look alike, whoever found the coin, so that encoders learn one kind.
It imports OpenCV, hence is to be imported where coins are found and not where plugins declare.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Box, Crop, Ellipse, MaskArray, Picture
from coinvec.domain.vectors import FloatArray

SIZE = 256
"""Sides of a cut-out, in pixels."""
RADIUS = 116.0
"""Radius of the circle that the coin's ellipse is mapped to, in pixels of the cut-out; the rest is
room for the corners of coins that are not round."""

_FRACTION_BITS = 4
_FINE = 2.0
"""How many times finer than the cut-out the photograph may stay before it is warped."""


def cut_out(
    picture: Picture,
    ellipse: Ellipse,
    outline: FloatArray,
    *,
    score: float,
    holes: Sequence[FloatArray] = (),
    passes: int = 1,
) -> Crop:
    """Cut one coin out.

    Args:
        picture: The photograph.
        ellipse: The ellipse of the coin's rim, in pixels of the photograph.
        outline: Corners of the coin's outline in pixels of the photograph, P × 2; it lies at least
            partly in the picture.
        score: How sure the finder is, 0 to 1.
        holes: Corners of the outline of each hole, as `outline`.
        passes: How many times the finder looked.

    Returns:
        The crop; its ellipse becomes a centred circle of radius `RADIUS`, upright as photographed.
    """
    box = _box(outline, picture.width, picture.height)
    onto = _onto_cutout(ellipse)
    pixels, visible = _warped(picture, box, onto)
    rims = (outline, *holes)
    mask = filled([rim @ onto[:, :2].T + onto[:, 2] for rim in rims], SIZE, SIZE) & visible
    pixels[~mask] = 0
    within = [rim - (box.x0, box.y0) for rim in rims]
    return Crop(
        picture_size=(picture.width, picture.height),
        box=box,
        ellipse=ellipse,
        mask=filled(within, box.x1 - box.x0, box.y1 - box.y0),
        cutout=pixels,
        cutout_mask=mask,
        score=score,
        passes=passes,
    )


def _box(polygon: FloatArray, width: int, height: int) -> Box:
    """The bounding box of a polygon that lies at least partly in the picture."""
    low, high = np.floor(polygon.min(axis=0) + 0.5), np.ceil(polygon.max(axis=0) + 0.5)
    x0, y0 = (int(v) for v in np.clip(low, 0, (width - 1, height - 1)))
    x1, y1 = (int(v) for v in np.clip(high, (x0 + 1, y0 + 1), (width, height)))
    return Box(x0, y0, x1, y1)


def filled(rims: Sequence[NDArray[np.floating]], width: int, height: int) -> MaskArray:
    """The pixels within the first outline and outside the others, height × width.

    Args:
        rims: Corners of each outline, P × 2, in pixels counted at their centres; each outline can
            be seen whole from its middle.
        width: Width of the mask in pixels.
        height: Height of the mask in pixels.
    """
    canvas = np.zeros((height, width), dtype=np.uint8)
    for at, rim in enumerate(rims):
        # OpenCV also fills what the line itself touches, which is half a pixel more all around.
        spokes = rim - rim.mean(axis=0)
        inner = rim - 0.5 * spokes / np.maximum(np.hypot(*spokes.T), 0.5)[:, np.newaxis]
        corners = np.round(inner * 2**_FRACTION_BITS).astype(np.int32)
        cv2.fillPoly(canvas, [corners], 1 if at == 0 else 0, shift=_FRACTION_BITS)
    return canvas.astype(np.bool_)


def _onto_cutout(ellipse: Ellipse) -> NDArray[np.float64]:
    """The affine map from the photograph to the cut-out, 2 × 3; it turns nothing."""
    turn = np.radians(ellipse.degrees)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # In single precision, as finders measure: revisions of encoders depend on every pixel.
    onto_coin = axes @ np.diag([ellipse.rx, ellipse.ry]) @ axes.T
    linear = RADIUS * np.linalg.inv(onto_coin.astype(np.float32).astype(np.float64))
    centre = np.array([ellipse.cx, ellipse.cy], dtype=np.float32)
    return np.column_stack([linear, (SIZE - 1) / 2 - linear @ centre])


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
