"""The picture that was searched, with the coins that were found drawn into it."""

import math
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coinvec.domain.choices import Verdict
from coinvec.errors import StoreError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from coinvec.domain.images import Box, Ellipse, Picture
    from coinvec.domain.results import SearchResult
    from coinvec.media.source import ImageSource, Limits

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")

_RIM_STEPS = 180

_JPEG: dict[str, Any] = {"quality": 92, "subsampling": 0}
_FAITHFUL = {".jpg": _JPEG, ".jpeg": _JPEG}
"""Lines a pixel wide keep their colour only where it is not averaged over neighbouring pixels."""

_COLOURS = {
    Verdict.MATCH: (0, 158, 115),
    Verdict.AMBIGUOUS: (230, 159, 0),
    Verdict.UNKNOWN: (213, 94, 0),
}
"""Told apart by people who see colours differently (Okabe and Ito, "Color Universal Design")."""


def annotate(
    path: Path, photo: "ImageSource", limits: "Limits", results: "Sequence[SearchResult]"
) -> None:
    """Write a photo, upright, with a box, the rim and a label drawn for each coin.

    Args:
        path: Where to; see `SUFFIXES`.
        photo: The photo that was searched.
        limits: How large it may be.
        results: One for each coin found in it; a label begins with its number here, from 0.

    Raises:
        StoreError: The file cannot be written.
    """
    from coinvec.media.decode import decode

    image = _drawn(decode(photo, limits=limits), results)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, **_FAITHFUL.get(path.suffix.lower(), {}))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Name a place that can be written to.",
        ) from error


def _drawn(picture: "Picture", results: "Sequence[SearchResult]") -> "Image":
    """The picture with the coins drawn into it, each in the colour of its verdict."""
    from PIL import Image, ImageDraw

    image = Image.fromarray(picture.pixels)
    pen = ImageDraw.Draw(image)
    thick = max(2, round(min(image.size) / 200))
    coins = [
        (coin.crop, f"{place}  {_label(result)}", _COLOURS[result.verdict])
        for place, result in enumerate(results)
        for coin in result.coins_in_picture
        if coin.crop is not None
    ]
    for crop, _, colour in coins:
        pen.line(_rim(crop.ellipse), fill=colour, width=thick)
        box = crop.box
        pen.rectangle((box.x0, box.y0, box.x1 - 1, box.y1 - 1), outline=colour, width=thick)
    for crop, label, colour in coins:  # last, so that no neighbour's box runs through a label
        _write(pen, image.size, crop.box, label, colour)
    return image


def _rim(ellipse: "Ellipse") -> list[tuple[float, float]]:
    turn = math.radians(ellipse.degrees)
    points = []
    for step in range(_RIM_STEPS + 1):
        angle = 2 * math.pi * step / _RIM_STEPS
        along, across = ellipse.rx * math.cos(angle), ellipse.ry * math.sin(angle)
        x = ellipse.cx + along * math.cos(turn) - across * math.sin(turn)
        y = ellipse.cy + along * math.sin(turn) + across * math.cos(turn)
        points.append((x, y))
    return points


def _label(result: "SearchResult") -> str:
    """The best answer; Pillow's own font, which is always there, knows ASCII alone."""
    if not result.hits or result.verdict is Verdict.UNKNOWN:
        return "unknown"
    best = result.hits[0]
    title = unicodedata.normalize("NFKD", best.title).encode("ascii", "ignore").decode().strip()
    return f"{title}  {best.similarity:.2f}".strip()


def _write(
    pen: "ImageDraw", size: tuple[int, int], box: "Box", label: str, colour: tuple[int, int, int]
) -> None:
    """Write a label above a box, or within it where the picture ends there."""
    from PIL import ImageFont

    font = ImageFont.load_default(max(12, min(size) // 40))
    left, top, right, bottom = pen.textbbox((0, 0), label, font=font)
    pad = max(2, (bottom - top) // 4)
    width, height = right - left + 2 * pad, bottom - top + 2 * pad
    x = max(0, min(box.x0, size[0] - width))
    y = max(0, box.y0 - height)
    pen.rectangle((x, y, x + width, y + height), fill=colour)
    pen.text((x + pad - left, y + pad - top), label, font=font, fill=(0, 0, 0))
