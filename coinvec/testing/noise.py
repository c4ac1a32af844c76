"""Smooth random fields, the raw material of surfaces and backgrounds."""

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating]
"""H × W float32."""


def random_source(*seeds: int) -> np.random.Generator:
    """A generator that depends on the seeds alone, the same on every machine."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(seeds))))


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float]
) -> Field:
    """Random values on a coarse lattice, interpolated.

    Args:
        rng: Source of randomness.
        shape: Height and width of the field in pixels.
        cells: Lattice cells from top to bottom and from left to right.

    Returns:
        H × W values around 0, of standard deviation about 1.
    """
    rows, columns = (max(int(np.ceil(c)) + 1, 2) for c in cells)
    lattice = rng.standard_normal((rows, columns), dtype=np.float32)
    return np.asarray(
        cv2.resize(lattice, shape[::-1], interpolation=cv2.INTER_CUBIC), dtype=np.float32
    )


def fractal_noise(
    rng: np.random.Generator,
    shape: tuple[int, int],
    cells: tuple[float, float],
    *,
    octaves: int = 4,
    gain: float = 0.5,
) -> Field:
    """Octaves of smooth noise, each with twice the cells and `gain` times the strength."""
    total = np.zeros(shape, dtype=np.float32)
    strength, power = 1.0, 0.0
    for octave in range(octaves):
        scaled = (cells[0] * 2**octave, cells[1] * 2**octave)
        total += np.float32(strength) * smooth_noise(rng, shape, scaled)
        power += strength * strength
        strength *= gain
    return total / np.float32(np.sqrt(power))
