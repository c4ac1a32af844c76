"""A pinhole camera over a table: where circles and outlines of coins land in the picture."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import Ellipse
from coinvec.testing.drawing import Points

Matrix = NDArray[np.float64]

_FOCAL = 1.5
"""Focal length as a multiple of the picture's longer side: a phone held at arm's length."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a coin lies on the table.

    Attributes:
        x: Of its centre, in pixels of an untilted view, from the middle of the picture.
        y: Of its centre, likewise.
        radius: In pixels of an untilted view.
        degrees: Its clockwise turn.
    """

    x: float
    y: float
    radius: float
    degrees: float


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A camera that looks at the table's origin, which it sees in the middle of the picture.

    Attributes:
        size: Width and height of the picture in pixels.
        turn: 3 × 3 rotation from table to camera coordinates.
    """

    size: tuple[int, int]
    turn: Matrix

    @classmethod
    def tilted(cls, size: tuple[int, int], degrees: float, *, azimuth: float) -> "Camera":
        """A camera tilted from the vertical about an axis in the table's plane.

        Args:
            size: Width and height of the picture in pixels.
            degrees: Angle between the line of sight and the vertical.
            azimuth: Direction of the axis, in degrees clockwise from the x axis.
        """
        tilt, along = math.radians(degrees), math.radians(azimuth)
        axis = tilt * np.array([math.cos(along), math.sin(along), 0.0])
        return cls(size, np.asarray(cv2.Rodrigues(axis)[0], dtype=np.float64))

    def homography(self, placement: Placement, height: float = 0.0) -> Matrix:
        """Maps a coin's plane into the picture.

        Args:
            placement: The coin; in its plane its rim is the unit circle, turned with it.
            height: Of the plane above the table, in pixels.

        Returns:
            3 × 3, for homogeneous column vectors, to pixel coordinates.
        """
        focal = _FOCAL * max(self.size)
        cos, sin = (f(math.radians(placement.degrees)) for f in (math.cos, math.sin))
        onto_table = np.array(
            [
                [placement.radius * cos, -placement.radius * sin, placement.x],
                [placement.radius * sin, placement.radius * cos, placement.y],
                [0.0, 0.0, -height],  # z points away from the camera
            ]
        )
        seen = self.turn @ onto_table + np.outer([0.0, 0.0, focal], [0.0, 0.0, 1.0])
        middle = [(self.size[0] - 1) / 2, (self.size[1] - 1) / 2]
        lens = np.array([[focal, 0.0, middle[0]], [0.0, focal, middle[1]], [0.0, 0.0, 1.0]])
        mapping: Matrix = lens @ seen
        return mapping


def project(mapping: Matrix, outline: Points) -> Points:
    """Map n × 2 points by a homography."""
    image = np.column_stack([outline, np.ones(len(outline))]) @ mapping.T
    projected: Points = image[:, :2] / image[:, 2:]
    return projected


def circle_image(mapping: Matrix) -> Ellipse:
    """The ellipse that a homography makes of the unit circle.

    A conic `xᵀCx = 0` becomes `H⁻ᵀCH⁻¹`; Hartley and Zisserman, "Multiple View Geometry",
    2nd edition, result 2.13.
    """
    inverse = np.linalg.inv(mapping)
    conic = inverse.T @ np.diag([1.0, 1.0, -1.0]) @ inverse
    quadratic, linear = conic[:2, :2], conic[:2, 2]
    centre = np.linalg.solve(quadratic, -linear)
    level = -(conic[2, 2] + linear @ centre)
    curvatures, axes = np.linalg.eigh(quadratic / level)
    rx, ry = 1 / np.sqrt(curvatures)
    degrees = math.degrees(math.atan2(axes[1, 0], axes[0, 0])) % 180.0
    return Ellipse(float(centre[0]), float(centre[1]), float(rx), float(ry), degrees)
