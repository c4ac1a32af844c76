"""Outlines of coins: an affine frame, and how far the coin reaches along each ray of it.

A *frame* is the affine map [A | t] (2 × 3) that takes the unit disc onto the coin; its *profile* is
the outline's radius along `RAYS` equally spaced rays, in units of the frame: all ones for a round
coin seen from anywhere, up to a fifth more or less for a square one. Many outlines are kept in one
array, so that fitting and judging them costs a few numpy calls whatever their number.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Ellipse
from coinvec.domain.vectors import FloatArray

RAYS = 72
_ANGLES = np.linspace(0.0, 2 * np.pi, RAYS, endpoint=False, dtype=np.float32)
DIRECTIONS: FloatArray = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
"""Unit vectors of the rays, RAYS × 2."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """N candidate outlines, in pixels of one picture.

    Attributes:
        frames: N × 2 × 3 maps from the unit disc onto the coin, float32.
        profiles: N × RAYS radii along the rays, in units of the frame, float32.
    """

    frames: FloatArray
    profiles: FloatArray

    @classmethod
    def round(cls, frames: FloatArray) -> Self:
        """Outlines that are the ellipses of N frames."""
        return cls(frames, np.ones((len(frames), RAYS), dtype=np.float32))

    @classmethod
    def none(cls) -> Self:
        """No outline at all."""
        return cls.round(np.zeros((0, 2, 3), dtype=np.float32))

    @classmethod
    def joined(cls, *parts: "Outlines") -> Self:
        """Several sets of outlines as one."""
        return cls(
            np.concatenate([part.frames for part in parts]),
            np.concatenate([part.profiles for part in parts]),
        )

    def __len__(self) -> int:
        """Number of outlines."""
        return len(self.frames)

    def take(self, chosen: NDArray[np.intp]) -> "Outlines":
        """The outlines at the given places, in that order."""
        return Outlines(self.frames[chosen], self.profiles[chosen])

    def scaled(self, factor: float) -> "Outlines":
        """The outlines in the picture resized by a factor."""
        return Outlines(scaled_frames(self.frames, factor), self.profiles)

    def polygons(self) -> FloatArray:
        """The outlines' corners, N × RAYS × 2, in pixels."""
        corners: FloatArray = spokes(self.frames) * self.profiles[..., None]
        corners += self.frames[:, None, :, 2]
        return corners

    def areas(self) -> FloatArray:
        """The outlines' areas, N values, in square pixels."""
        x, y = spokes(self.frames).transpose(2, 0, 1) * self.profiles
        twice = x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)
        areas: FloatArray = np.abs(twice.sum(axis=1)) / 2
        return areas


def spokes(frames: FloatArray) -> FloatArray:
    """The vectors from each centre to the frame's ellipse along each ray, N × RAYS × 2."""
    vectors: FloatArray = DIRECTIONS @ frames[:, :, :2].transpose(0, 2, 1)
    return vectors


def scaled_frames(frames: FloatArray, factor: float) -> FloatArray:
    """Frames in the picture resized by a factor; pixels are counted at their centres."""
    scaled: FloatArray = frames * np.float32(factor)
    scaled[:, :, 2] += 0.5 * factor - 0.5
    return scaled


def frame_of(ellipse: Ellipse) -> FloatArray:
    """The frame of an ellipse that turns nothing, 2 × 3: a stretch along the ellipse's axes."""
    turn = np.radians(ellipse.degrees)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = axes @ np.diag([ellipse.rx, ellipse.ry]) @ axes.T
    return np.column_stack([linear, [ellipse.cx, ellipse.cy]]).astype(np.float32)


def ellipse_of(frame: FloatArray) -> Ellipse:
    """The image of the unit circle under a frame; rx is the greater semi-axis."""
    axes, radii, _ = np.linalg.svd(frame[:, :2].astype(np.float64))
    degrees = float(np.degrees(np.arctan2(axes[1, 0], axes[0, 0])))
    centre = (float(frame[0, 2]), float(frame[1, 2]))
    return Ellipse(*centre, float(radii[0]), float(radii[1]), degrees % 180.0)
