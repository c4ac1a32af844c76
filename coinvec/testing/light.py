"""Lights a height map: Lambert and Blinn-Phong shading, a reflected room, toned recesses.

Blinn, "Models of light reflection for computer synthesized pictures", SIGGRAPH 1977.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.testing.designs import Metal
from coinvec.testing.noise import Field
from coinvec.testing.planchet import polar_grid

Colour = tuple[float, float, float]
Shaded = NDArray[np.floating]
"""H × W × 3 RGB float32, linear in perceived brightness, mostly within 0 to 1."""


@dataclass(frozen=True, slots=True)
class Finish:
    """How a metal looks.

    Attributes:
        tint: Colour of its reflections, RGB, 0 to 1.
        toning: Colour its recesses take with age.
        gloss: Strength of its highlights.
    """

    tint: Colour
    toning: Colour
    gloss: float


FINISHES = {
    Metal.ALUMINIUM: Finish((0.80, 0.82, 0.84), (0.46, 0.47, 0.49), 0.35),
    Metal.BRASS: Finish((0.88, 0.72, 0.36), (0.40, 0.28, 0.10), 0.75),
    Metal.BRONZE: Finish((0.66, 0.49, 0.29), (0.25, 0.16, 0.08), 0.50),
    Metal.COPPER: Finish((0.82, 0.50, 0.34), (0.32, 0.15, 0.09), 0.60),
    Metal.CUPRONICKEL: Finish((0.72, 0.71, 0.68), (0.29, 0.28, 0.26), 0.70),
    Metal.SILVER: Finish((0.88, 0.88, 0.87), (0.26, 0.24, 0.24), 0.95),
}


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp far away, above the picture.

    Attributes:
        azimuth: Direction it comes from, in degrees clockwise from the x axis: 225 is the upper
            left, 270 the top.
        elevation: Height above the coin's plane, in degrees, 0 to 90.
    """

    azimuth: float = 235.0
    elevation: float = 48.0

    @property
    def direction(self) -> Colour:
        """Unit vector towards the lamp; x right, y down, z to the viewer."""
        turn, rise = math.radians(self.azimuth), math.radians(self.elevation)
        flat = math.cos(rise)
        return (flat * math.cos(turn), flat * math.sin(turn), math.sin(rise))


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What is lit.

    Attributes:
        heights: S × S in pixels.
        brightness: S × S, factor of the metal's colour: stains and grain.
        gloss: S × S, factor of the highlights.
        age: How strongly the recesses are toned, 0 to 1.
    """

    heights: Field
    brightness: Field
    gloss: Field
    age: float


@dataclass(frozen=True, slots=True, eq=False)
class Reflection:
    """What a lit surface sends back, before it is coloured.

    Attributes:
        clean: S × S, by clean metal.
        toned: S × S, by toned metal.
        shine: S × S, as highlights.
    """

    clean: Field
    toned: Field
    shine: Field

    def coloured(self, finish: Finish) -> Shaded:
        """The picture for a metal, S × S × 3 RGB, mostly within 0 to 1."""
        white = [0.55 * channel + 0.45 for channel in finish.tint]
        shine = [finish.gloss * channel for channel in white]
        mixing = np.array([finish.tint, finish.toning, shine], dtype=np.float32).T
        layers = cv2.merge([self.clean, self.toned, self.shine])
        return np.asarray(cv2.transform(layers, mixing), dtype=np.float32)


def reflect(surface: Surface, light: Light) -> Reflection:
    """Light a surface that is seen from straight above."""
    slope_x = cv2.Scharr(surface.heights, cv2.CV_32F, 1, 0, scale=1 / 32)
    slope_y = cv2.Scharr(surface.heights, cv2.CV_32F, 0, 1, scale=1 / 32)
    up = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)  # z of the normal
    lx, ly, lz = (np.float32(v) for v in light.direction)
    facing = (lz - slope_x * lx - slope_y * ly) * up
    half = math.sqrt(2 + 2 * light.direction[2])
    highlight = np.maximum((facing + up) / np.float32(half), 0)  # Blinn's half vector
    for _ in range(5):
        highlight *= highlight  # to the 32nd power
    recess = _recesses(surface.heights)
    body = 0.12 + 0.26 * np.maximum(facing, 0) + 1.10 * _room(2 * up * facing - lz, light)
    body *= surface.brightness * (1 - 0.5 * recess)
    toned = body * np.minimum(recess * np.float32(surface.age), 1)
    return Reflection(body - toned, toned, highlight * surface.gloss)


def _room(mirrored: Field, light: Light) -> Field:
    """Brightness of the room a surface mirrors.

    Args:
        mirrored: S × S, cosine between the lamp and the mirrored line of sight.
        light: The lamp.

    Returns:
        S × S, 0 to 1: bright by the lamp, dim behind; across a flat coin it varies gently,
        with the brighter wedges along the light that a struck field's flow lines make.
    """
    grid = polar_grid(mirrored.shape[0])
    turn = math.radians(light.azimuth)
    along = grid.x * np.float32(math.cos(turn)) + grid.y * np.float32(math.sin(turn))
    wedges = (along / (grid.distance + np.float32(1e-6))) ** 2
    level = 0.42 + 0.09 * along + 0.11 * wedges
    near = np.clip(level + 0.75 * (mirrored - np.float32(light.direction[2])), 0, 1)
    bright: Field = near * near * (3 - 2 * near)
    return bright


def _recesses(heights: Field) -> Field:
    """How far each point lies below its surroundings, 0 to 1."""
    size = heights.shape[0]
    small = cv2.resize(heights, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    around = cv2.GaussianBlur(small, (0, 0), size / 300)
    around = cv2.resize(around, heights.shape[::-1], interpolation=cv2.INTER_LINEAR)
    depth: Field = np.clip((around - heights) * np.float32(150 / size), 0, 1)
    return depth
