"""Draws curves as a picture, with Pillow alone."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from coinvec.testing.conformance.quality import Curve

__all__ = ["draw_curves"]

_WIDTH, _HEIGHT = 440, 280
_LEFT, _TOP, _RIGHT, _BOTTOM = 48, 44, 20, 44
_COLUMNS = 2
_INK: Final = (40, 40, 40)
_GRID: Final = (222, 222, 222)
_LINE: Final = (31, 97, 171)
_FONT = ImageFont.load_default(13)


def draw_curves(curves: Sequence[Curve], heading: str = "") -> bytes:
    """Draw one panel a curve, two beside each other.

    Args:
        curves: At least one.
        heading: Of the whole picture.

    Returns:
        The picture as the bytes of a PNG file.
    """
    rows = -(-len(curves) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * _WIDTH, rows * _HEIGHT + 30), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((_LEFT, 10), heading, fill=_INK, font=_FONT)
    for at, curve in enumerate(curves):
        _panel(pen, curve, (at % _COLUMNS * _WIDTH, at // _COLUMNS * _HEIGHT + 30))
    stream = io.BytesIO()
    sheet.save(stream, format="PNG")
    return stream.getvalue()


def _panel(pen: ImageDraw.ImageDraw, curve: Curve, corner: tuple[int, int]) -> None:
    left, top = corner[0] + _LEFT, corner[1] + _TOP
    right, bottom = corner[0] + _WIDTH - _RIGHT, corner[1] + _HEIGHT - _BOTTOM
    pen.text((left, top - 26), curve.title, fill=_INK, font=_FONT)
    for tenth in range(0, 11, 2):
        y = bottom - tenth / 10 * (bottom - top)
        pen.line((left, y, right, y), fill=_GRID)
        pen.text((left - 8, y), f"{tenth / 10:.1f}", fill=_INK, font=_FONT, anchor="rm")
    step = (right - left) / max(len(curve.levels) - 1, 1)
    points = [
        (left + at * step, bottom - value * (bottom - top)) for at, value in enumerate(curve.values)
    ]
    pen.line(points, fill=_LINE, width=2)
    for (x, y), level in zip(points, curve.levels, strict=True):
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_LINE)
        lowered = 16 if len(curve.levels) > 5 and points.index((x, y)) % 2 else 0
        pen.text((x, bottom + 8 + lowered), level, fill=_INK, font=_FONT, anchor="ma")
