"""Procedural grounds to lay coins on: wood, cloth, stone, paper, a palm, studio boards."""

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.errors import InvalidValueError
from coinvec.testing.drawing import smooth
from coinvec.testing.noise import Field, fractal_noise, smooth_noise

Ground = NDArray[np.floating]
"""H × W × 3 RGB float32, 0 to 255."""
Colour = tuple[float, float, float]
_Size = tuple[int, int]  # height, width


def wood(rng: np.random.Generator, size: _Size) -> Ground:
    """Planks with grain, growth rings and seams."""
    height, width = size
    y, _ = _axes(size)
    planks = int(rng.integers(2, 5))
    plank = np.floor(y * planks / height)
    offsets = rng.uniform(0, 40, planks + 1).astype(np.float32)[plank.astype(np.intp)]
    warp = fractal_noise(rng, size, (6, 2), octaves=3)
    rings = np.sin((y / height * 34 + offsets + 1.3 * warp) * np.float32(2 * math.pi / 4))
    fibres = smooth_noise(rng, size, (height / 2, width / 60))
    shades = rng.uniform(-0.5, 0.5, planks + 1).astype(np.float32)[plank.astype(np.intp)]
    level = 0.5 * rings + 0.45 * fibres + 0.35 * warp + 0.8 * shades
    dark, bright = _pick(
        rng,
        ((92, 58, 34), (150, 104, 66)),
        ((150, 112, 70), (205, 166, 118)),
        ((58, 36, 24), (104, 68, 44)),
    )
    ground = _between(dark, bright, 0.5 + 0.22 * level)
    seam = np.abs(np.mod(y * planks / height + 0.5, 1) - 0.5) * height / planks
    ground *= (1 - 0.65 * np.exp(-((seam / 2.2) ** 2)))[:, :, None]
    return ground


def cloth(rng: np.random.Generator, size: _Size) -> Ground:
    """Plainly woven cloth with soft folds."""
    y, x = _axes(size)
    pitch = max(size) / float(rng.uniform(105, 150))
    wobble = 0.25 * pitch * smooth_noise(rng, size, (16, 12))
    across, along = (x + wobble) / np.float32(pitch), (y + wobble) / np.float32(pitch)
    # Where warp lies on top and where weft does alternates like a chess board.
    warp_on_top = np.mod(np.floor(across) + np.floor(along), 2) > 0
    round_across = np.abs(np.sin(across * np.float32(math.pi)))
    round_along = np.abs(np.sin(along * np.float32(math.pi)))
    thread = np.where(
        warp_on_top,
        round_across * (0.7 + 0.3 * round_along),
        round_along * (0.55 + 0.3 * round_across),
    )
    fuzz = smooth_noise(rng, size, (size[0] / 2, size[1] / 2))
    folds = fractal_noise(rng, size, (1.8, 2.6), octaves=3, gain=0.4)
    level = 0.72 + 0.36 * thread + 0.05 * fuzz + 0.11 * folds
    (colour,) = _pick(rng, ((62, 84, 130),), ((142, 52, 56),), ((196, 186, 166),), ((70, 104, 82),))
    return _tinted(colour, level)


def stone(rng: np.random.Generator, size: _Size) -> Ground:
    """Speckled, veined stone."""
    clouds = fractal_noise(rng, size, (3, 4), octaves=5, gain=0.6)
    speckles = smooth_noise(rng, size, (size[0] / 4, size[1] / 4))
    grains = smooth_noise(rng, size, (size[0] / 9, size[1] / 9))
    veins = np.exp(-((fractal_noise(rng, size, (2, 2), octaves=4) / 0.05) ** 2))
    dark = np.clip(grains - 1.1, 0, 1) * float(rng.uniform(0.2, 0.9))
    bright = np.clip(-grains - 1.2, 0, 1) * float(rng.uniform(0.1, 0.6))
    level = 1 + 0.09 * clouds + 0.06 * speckles - 0.55 * dark + 0.5 * bright - 0.10 * veins
    (colour,) = _pick(rng, ((138, 136, 132),), ((168, 156, 142),), ((92, 94, 98),))
    return _tinted(colour, level)


def paper(rng: np.random.Generator, size: _Size) -> Ground:
    """Slightly uneven paper, blank or ruled."""
    y, _ = _axes(size)
    fibres = fractal_noise(rng, size, (size[0] / 6, size[1] / 6), octaves=2)
    sag = fractal_noise(rng, size, (1.5, 1.5), octaves=2)
    ground = _tinted((236, 232, 222), 1 + 0.012 * fibres + 0.025 * sag)
    if rng.random() < 0.6:
        pitch = size[0] / float(rng.uniform(9, 16))
        ruled = np.exp(-(((np.mod(y, pitch) - pitch / 2) / 1.4) ** 2))[:, :, None]
        ground += ruled * (np.array([150, 175, 215], np.float32) - ground) * np.float32(0.7)
    return ground


def palm(rng: np.random.Generator, size: _Size) -> Ground:
    """An open hand seen close up: the hollow with its lines, the roots of the fingers."""
    height, width = size
    y, x = _axes(size)
    u, v = x / width * 2 - 1, y / height * 2 - 1
    tones = ((232, 184, 160), (214, 162, 134), (176, 124, 94), (242, 202, 180))
    colour = tones[int(rng.integers(len(tones)))]
    pads = _bump(u, v, (-0.68, 0.50), (0.55, 0.70)) + _bump(u, v, (0.70, 0.45), (0.42, 0.85))
    pads += _bump(u, v, (0.0, -0.42), (1.0, 0.20))
    mottle = fractal_noise(rng, size, (5, 4), octaves=3, gain=0.6)
    pores = smooth_noise(rng, size, (height / 3, width / 3))
    level = 0.90 + 0.13 * pads + 0.015 * mottle + 0.016 * pores
    level *= _fingers(rng, u + 0.03 * v, v)
    lines = _hand_lines(rng, size)
    blood = np.clip(0.30 * pads + 0.15 * mottle + 2.5 * lines, -0.3, 1)
    ground = [
        np.float32(channel) * (level - share * lines) * (1 - np.float32(pale) * blood)
        for channel, share, pale in zip(colour, (0.5, 1.0, 1.0), (-0.01, 0.09, 0.10), strict=True)
    ]
    return _merged(ground)


def _bump(u: Field, v: Field, at: tuple[float, float], radii: tuple[float, float]) -> Field:
    bump: Field = np.exp(-(((u - at[0]) / radii[0]) ** 2) - ((v - at[1]) / radii[1]) ** 2)
    return bump


def _fingers(rng: np.random.Generator, u: Field, v: Field) -> Field:
    """Shading of four fingers that lie side by side at the top of the picture."""
    top = slice(0, int(0.4 * len(v)))
    shading = np.ones(np.broadcast_shapes(u.shape, v.shape), dtype=np.float32)
    phase = (u[top] + 1) * 2 + np.float32(rng.uniform(-0.15, 0.15))
    inside = np.abs(np.mod(phase, 1) - 0.5) * 2  # 0 along a finger's middle, 1 between two
    roots = -0.56 + 0.05 * np.cos(phase * np.float32(math.pi / 2))
    below = v[top] - roots
    finger = 1 / (1 + np.exp(below * 28))
    fourth = inside**2 * inside**2
    shading[top] -= finger * (0.22 * fourth + 0.42 * fourth**2 * fourth**2 * fourth**2)
    shading[top] -= 0.13 * np.exp(-((below / 0.018) ** 2)) * (1 - fourth)
    return shading


def _hand_lines(rng: np.random.Generator, size: _Size) -> Field:
    """Depth of the lines of a hand: three great ones, fading at their ends, and many fine ones."""
    height, width = size
    great = (
        [(-0.98, -0.12), (-0.45, -0.08), (-0.14, 0.30), (-0.12, 0.72), (-0.24, 1.05)],
        [(-0.98, -0.16), (-0.4, -0.14), (0.2, 0.08), (0.72, 0.46)],
        [(1.05, -0.12), (0.5, -0.14), (0.0, -0.26), (-0.28, -0.48)],
    )
    deep = np.zeros((height // 2, width // 2), dtype=np.uint8)
    for line in great:
        path = smooth(np.asarray(line) + rng.normal(0, 0.03, (len(line), 2)), closed=False)
        for part in range(2, len(path)):
            fading = math.sin(math.pi * part / len(path)) ** 0.5
            _scribe(
                deep, path[part - 2 : part], int(255 * fading), max(round(width / 170 * fading), 1)
            )
    fine = np.zeros_like(deep)
    for _ in range(60):
        start, turn = rng.uniform(-1, 1, 2), rng.normal(0.8, 0.7)
        along = float(rng.uniform(0.05, 0.3)) * np.array([math.cos(turn), math.sin(turn)])
        bow = start + 0.5 * along + rng.normal(0, 0.02, 2)
        _scribe(
            fine, smooth([start, bow, start + along], closed=False), int(rng.integers(30, 110)), 1
        )
    depth = 0.17 * cv2.GaussianBlur(deep, (0, 0), width / 260).astype(np.float32)
    depth += 0.16 * cv2.GaussianBlur(deep, (0, 0), width / 60).astype(np.float32)
    depth += 0.16 * cv2.GaussianBlur(fine, (0, 0), width / 1000).astype(np.float32)
    return np.asarray(cv2.resize(depth / 255, (width, height)), dtype=np.float32)


def _scribe(canvas: NDArray[np.uint8], path: NDArray[np.float64], ink: int, width: int) -> None:
    height, across = canvas.shape
    pixels = np.rint((path + 1) / 2 * [across * 16, height * 16]).astype(np.int32)
    cv2.polylines(canvas, [pixels], False, ink, width, cv2.LINE_AA, 4)


def studio(rng: np.random.Generator, size: _Size) -> Ground:
    """A plain light board with soft light."""
    return _board(rng, size, (232, 232, 230))


def dark_studio(rng: np.random.Generator, size: _Size) -> Ground:
    """A plain dark board with soft light."""
    return _board(rng, size, (44, 46, 50))


def _board(rng: np.random.Generator, size: _Size, colour: Colour) -> Ground:
    return _tinted(colour, 1 + 0.02 * smooth_noise(rng, size, (1, 1)))


BACKGROUNDS: dict[str, Callable[[np.random.Generator, _Size], Ground]] = {
    "cloth": cloth,
    "dark-studio": dark_studio,
    "palm": palm,
    "paper": paper,
    "stone": stone,
    "studio": studio,
    "wood": wood,
}


def draw_background(name: str, rng: np.random.Generator, size: _Size) -> Ground:
    """Draw a ground of the given height and width.

    Raises:
        InvalidValueError: There is no background of this name.
    """
    try:
        background = BACKGROUNDS[name]
    except KeyError:
        raise InvalidValueError(
            f"there is no background {name!r}.",
            hint=f"Choose one of {', '.join(BACKGROUNDS)}.",
        ) from None
    return background(rng, size)


def _axes(size: _Size) -> tuple[Field, Field]:
    """Row and column of each pixel, as H × 1 and 1 × W."""
    return (
        np.arange(size[0], dtype=np.float32)[:, None],
        np.arange(size[1], dtype=np.float32)[None, :],
    )


def _pick(rng: np.random.Generator, *palettes: tuple[Colour, ...]) -> tuple[Colour, ...]:
    return palettes[int(rng.integers(len(palettes)))]


def _between(dark: Colour, bright: Colour, share: Field) -> Ground:
    return _merged([d + np.float32(b - d) * share for d, b in zip(dark, bright, strict=True)])


def _tinted(colour: Colour, level: Field) -> Ground:
    return _merged([np.float32(channel) * level for channel in colour])


def _merged(planes: list[Field]) -> Ground:
    return np.asarray(cv2.merge(planes), dtype=np.float32)
