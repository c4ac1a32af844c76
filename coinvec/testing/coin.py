"""Renders one side of a coin: strike, wear, colour, light."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import MaskArray, RgbArray
from coinvec.errors import InvalidValueError
from coinvec.testing.designs import CoinDesign, Planchet
from coinvec.testing.light import FINISHES, Light, Reflection, Shaded, Surface, reflect
from coinvec.testing.noise import Field, fractal_noise, random_source, smooth_noise
from coinvec.testing.planchet import CORE_RADIUS, PolarGrid, coverage, polar_grid, step
from coinvec.testing.relief import strike

RELIEF_DEPTH = 0.030
"""Height of the rim above the field, as a fraction of the coin's radius."""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedCoin:
    """One side of a coin, seen from straight above.

    Attributes:
        pixels: S × S × 3 RGB uint8, black beside the coin.
        mask: S × S, True on the coin; holes left out.
    """

    pixels: RgbArray
    mask: MaskArray


def render_side(
    design: CoinDesign,
    *,
    size: int = 256,
    light: tuple[float, float] = (235.0, 48.0),
    wear: float = 0.15,
    rotation: float = 0.0,
    seed: int = 0,
) -> RenderedCoin:
    """Render one side of a coin, seen from straight above, filling the picture.

    Args:
        design: What the side shows.
        size: Side of the square picture in pixels, 16 to 2048.
        light: Azimuth the light comes from, in degrees clockwise from the x axis (225 is the
            upper left), and elevation above the coin, 0 to 90 degrees.
        wear: From 0, fresh from the mint, to 1, worn nearly flat.
        rotation: Clockwise turn of the coin in degrees; the light stays where it is.
        seed: Of scratches, stains and grain.

    Raises:
        InvalidValueError: Size, wear or elevation is out of range.
    """
    if not 16 <= size <= 2048:
        raise InvalidValueError(f"size {size} is not between 16 and 2048 pixels.")
    work = max(2 * size, 192) if size < 320 else size
    lamp = Light(light[0] - rotation, light[1])
    coin = lit_coin(design, size=work, light=lamp, wear=wear, seed=seed)
    turned = _turned(coin, rotation)
    small = cv2.resize(turned, (size, size), interpolation=cv2.INTER_AREA)
    return RenderedCoin(np.ascontiguousarray(small[:, :, :3]), small[:, :, 3] >= 128)


def lit_coin(
    design: CoinDesign, *, size: int, light: Light, wear: float, seed: int
) -> NDArray[np.uint8]:
    """A lit coin with its coverage.

    Args:
        design: What the side shows.
        size: Side of the square picture in pixels.
        light: The lamp, in the coin's own frame.
        wear: 0 to 1.
        seed: Of scratches, stains and grain.

    Returns:
        size × size × 4, uint8: RGB multiplied by coverage, and coverage.

    Raises:
        InvalidValueError: Wear or elevation is out of range.
    """
    if not 0.0 <= wear <= 1.0:
        raise InvalidValueError(f"wear {wear!r} is not between 0 and 1.")
    if not 0.0 <= light.elevation <= 90.0:
        raise InvalidValueError(f"elevation {light.elevation!r} is not between 0 and 90 degrees.")
    rng = random_source(seed, 1)
    grid = polar_grid(size)
    heights = worn(strike(design, size), wear, rng) * np.float32(RELIEF_DEPTH * grid.radius)
    reflection = reflect(_surface(heights, wear, rng), light)
    shaded = _alloyed(reflection, design.planchet, grid)
    alpha = coverage(grid, design.planchet)
    coloured = cv2.multiply(shaded, cv2.merge([alpha] * 3), scale=255.0)
    return np.asarray(
        cv2.merge([*cv2.split(cv2.convertScaleAbs(coloured)), cv2.convertScaleAbs(alpha * 255)]),
        dtype=np.uint8,
    )


def worn(heights: Field, wear: float, rng: np.random.Generator) -> Field:
    """Wear a struck side: its relief is lowered and rounded, its field scratched and dented.

    Args:
        heights: S × S, 0 is the field, 1 the rim.
        wear: 0 to 1.
        rng: Source of the scratches.

    Returns:
        S × S heights in the same unit.
    """
    size = heights.shape[0]
    rounded = heights
    if wear > 0.0:
        soft = cv2.GaussianBlur(heights, (0, 0), 0.3 + 0.006 * size * wear)
        rounded = heights + (soft - heights) * np.float32(min(2.5 * wear, 1.0))
        rounded *= np.float32(1 - 0.6 * wear)
    scratched: Field = rounded - np.float32(0.05) * _scratches(size, 4 + int(26 * wear), rng)
    return scratched


def _scratches(size: int, count: int, rng: np.random.Generator) -> Field:
    """Depth of straight fine scratches, 0 to 1."""
    marks = np.zeros((size, size), dtype=np.uint8)
    for _ in range(count):
        start = rng.uniform(0, size, 2)
        turn, length = rng.uniform(0, 2 * math.pi), size * rng.exponential(0.12)
        end = start + length * np.array([math.cos(turn), math.sin(turn)])
        ends = [tuple(int(v) for v in p) for p in (start * 16, end * 16)]
        cv2.line(marks, ends[0], ends[1], int(rng.integers(60, 200)), 1, cv2.LINE_AA, 4)
    return marks.astype(np.float32) / 255


def _surface(heights: Field, wear: float, rng: np.random.Generator) -> Surface:
    """Stain and roughen a worn side."""
    size = heights.shape[0]
    shape = (size, size)
    grain = smooth_noise(rng, shape, (size / 2, size / 2))
    stains = fractal_noise(rng, shape, (5, 5), octaves=4, gain=0.6)
    strength = np.float32(0.03 + 0.07 * wear)
    return Surface(
        heights=heights + grain * np.float32(0.012 + 0.02 * wear),
        brightness=1 + np.float32(0.012) * grain + strength * np.clip(stains, -2, 1),
        gloss=np.clip(np.float32(1 - 0.6 * wear) + np.float32(0.2) * stains, 0, 1.4),
        age=0.55 + 0.6 * wear,
    )


def _alloyed(reflection: Reflection, planchet: Planchet, grid: PolarGrid) -> Shaded:
    """Colour a reflection with the planchet's metal or metals."""
    ring = reflection.coloured(FINISHES[planchet.metal])
    if planchet.core is None:
        return ring
    core = reflection.coloured(FINISHES[planchet.core])
    inside = 1 - step(grid.distance, CORE_RADIUS - 0.004, CORE_RADIUS + 0.004)
    blended: Shaded = ring + (core - ring) * inside[:, :, None]
    return blended


def _turned(coin: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """The picture turned clockwise about its centre."""
    if degrees % 360.0 == 0.0:
        return coin
    size = coin.shape[0]
    centre = ((size - 1) / 2, (size - 1) / 2)
    turn = cv2.getRotationMatrix2D(centre, -degrees, 1.0)
    return np.asarray(cv2.warpAffine(coin, turn, (size, size), flags=cv2.INTER_LINEAR), np.uint8)
