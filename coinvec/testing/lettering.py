"""Letters for coins: straight, and bent along the rim.

The font is the one that ships inside Pillow, so no font file is needed; it knows ASCII only.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from coinvec.testing.planchet import PolarGrid

Coverage = NDArray[np.floating]
"""H × W float32, 0 to 1: how far a pixel is covered by letters."""

_CAP_HEIGHT = 0.72  # of the font's nominal size


@lru_cache(maxsize=128)
def typeset(text: str, height: int, boldness: float = 0.05, spacing: float = 0.0) -> Coverage:
    """Set one line of text.

    Args:
        text: ASCII.
        height: Of a capital letter, in pixels.
        boldness: Thickness added to every stroke, as a fraction of the height.
        spacing: Blank added between letters, as a fraction of the height.

    Returns:
        The line, cropped to its ink, one pixel of margin around.
    """
    font = ImageFont.load_default(max(height / _CAP_HEIGHT, 4.0))
    stroke, gap = boldness * height, spacing * height
    advances = [font.getlength(letter) + gap + stroke for letter in text]
    canvas = Image.new("L", (math.ceil(sum(advances)) + 2 * height, 3 * height))
    draw = ImageDraw.Draw(canvas)
    x = float(height)
    for letter, advance in zip(text, advances, strict=True):
        draw.text((x, height), letter, fill=255, font=font, stroke_width=stroke)
        x += advance
    box = canvas.getbbox() or (0, 0, 1, 1)
    ink = np.asarray(canvas.crop(box), dtype=np.float32) / 255.0
    return np.pad(ink, 1)


@dataclass(frozen=True, slots=True)
class RimText:
    """A text that follows the rim.

    Attributes:
        text: ASCII.
        radius: Of the middle of the letters, as a fraction of the coin's radius.
        height: Of the letters, as a fraction of the coin's radius.
        below: Along the lower rim, read from left to right with the letters upright at the
            bottom; otherwise along the upper rim.
        span: Widest arc the text may take, in degrees; a longer one is set narrower.
        spacing: Blank between letters, as a fraction of their height.
    """

    text: str
    radius: float
    height: float
    below: bool = False
    span: float = 230.0
    spacing: float = 0.16


def bend(line: RimText, grid: PolarGrid) -> tuple[Coverage, float]:
    """Bend a text along the rim.

    Args:
        line: The text.
        grid: Polar coordinates of the picture.

    Returns:
        Coverage, S × S, and half of the arc the text takes, in radians.
    """
    strip = typeset(line.text, round(1.5 * line.height * grid.radius), spacing=line.spacing)
    rows, columns = strip.shape
    half = min(columns / rows * line.height / line.radius, math.radians(line.span)) / 2
    turn, outwards = (grid.from_bottom, 1) if line.below else (grid.from_top, -1)
    x = turn * np.float32(columns / (2 * half)) + np.float32((columns - 1) / 2)
    scale = outwards * rows / line.height
    y = grid.distance * np.float32(scale) + np.float32((rows - 1) / 2 - scale * line.radius)
    bent = cv2.remap(strip, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(bent, dtype=np.float32), half
