"""A coin that lies alone on a plain ground: told from the ground by colour.

Catalogue pictures show one coin, as large as the frame or larger, on white, black or grey. There
the Hough transform is at its weakest (the rim touches the frame; the coin may be a square or a
heptagon) and the colour of the corners at its most telling.
"""

import cv2
import numpy as np

from coinvec.domain.images import Ellipse, MaskArray
from coinvec.domain.vectors import FloatArray
from coinvec_classic.outlines import Outlines, frame_of, spokes

CORNER = 0.05
"""Side of the corner patches the ground's colour is read from, as a share of the picture's."""
LEAST_AREA = 0.08
SOLIDITY = 0.90
UNROUND = 0.03
"""A region whose profile leaves the ellipse by more than this is no round coin."""
WILD = 0.12
"""Standard deviation of a profile beyond which a region has no coin's shape."""

_PLAIN = 6.0
"""Median deviation, in 8-bit Lab units, beyond which a corner is no plain ground."""
_SAME = 3.0
_TOLERANCE = 8.0
"""How far plain ground may be from its corner's colour, before its own spread."""
_REACH = 1.6
_SAMPLES = 160


def alone(lab: FloatArray) -> Outlines:
    """Look for one coin on a plain ground.

    Args:
        lab: H × W × 3 picture in CIE Lab, lightly smoothed, float32.

    Returns:
        One outline (with a profile where the coin is not round), or none.
    """
    region = _region(_foreground(lab))
    if region is None:
        return Outlines.none()
    frame = frame_of(_moments_ellipse(region))[None]
    profile = _profile(region, frame[0])[None]
    if profile.std() > WILD:
        return Outlines.none()
    if np.abs(profile - 1.0).max() < UNROUND:
        return Outlines.round(frame)
    return Outlines(frame, profile)


def _foreground(lab: FloatArray) -> MaskArray:
    """Pixels that are not connected with the corners by ground-like colours, H × W."""
    near_ground = np.zeros(lab.shape[:2], dtype=np.uint8)
    for colour, tolerance in _corner_colours(lab):
        low, high = colour - tolerance, colour + tolerance
        matching = cv2.inRange(lab, low.astype(np.float64), high.astype(np.float64))
        near_ground |= np.asarray(matching, dtype=np.uint8)
    count, labels = cv2.connectedComponents(near_ground)
    is_ground = np.zeros(count, dtype=np.bool_)
    is_ground[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    is_ground[0] = False
    foreground: MaskArray = ~is_ground[labels]
    return foreground


def _corner_colours(lab: FloatArray) -> list[tuple[FloatArray, float]]:
    """The colours of the corners that are plain, alike ones once, each with its tolerance."""
    side = max(3, round(CORNER * min(lab.shape[:2])))
    colours: list[tuple[FloatArray, float]] = []
    for rows in (slice(0, side), slice(-side, None)):
        for columns in (slice(0, side), slice(-side, None)):
            patch = lab[rows, columns].reshape(-1, 3)
            colour = np.median(patch, axis=0)
            spread = float(np.median(np.abs(patch - colour).max(axis=1)))
            alike = (np.abs(colour - other).max() <= _SAME for other, _ in colours)
            if spread <= _PLAIN and not any(alike):
                colours.append((colour, _TOLERANCE + 3.0 * spread))
    return colours


def _region(foreground: MaskArray) -> MaskArray | None:
    """The convex hull of the largest compact piece of foreground; None where there is none."""
    size = max(3, min(foreground.shape) // 60) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    opened = cv2.morphologyEx(foreground.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(largest)
    area, full = cv2.contourArea(hull), float(foreground.size)
    if area < LEAST_AREA * full or cv2.contourArea(largest) < SOLIDITY * area:
        return None
    filled = np.zeros(foreground.shape, dtype=np.uint8)
    cv2.fillConvexPoly(filled, hull, 1)
    if filled.mean() > 0.97:
        return None
    return filled.astype(np.bool_)


def _moments_ellipse(region: MaskArray) -> Ellipse:
    """The ellipse of the same centre and second moments as a region."""
    moments = cv2.moments(region.astype(np.uint8), binaryImage=True)
    area = moments["m00"]
    covariance = np.array([[moments["mu20"], moments["mu11"]], [moments["mu11"], moments["mu02"]]])
    spread, axes = np.linalg.eigh(covariance / area)
    radii = 2.0 * np.sqrt(np.maximum(spread, 0.25))
    degrees = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])))
    centre = (moments["m10"] / area, moments["m01"] / area)
    return Ellipse(*centre, float(radii[1]), float(radii[0]), degrees)


def _profile(region: MaskArray, frame: FloatArray) -> FloatArray:
    """How far a convex region reaches along each ray of a frame, RAYS values."""
    radii = (np.arange(_SAMPLES, dtype=np.float32) + 0.5) * (_REACH / _SAMPLES)
    reach = spokes(frame[None])[0]
    x = reach[:, :1] * radii + frame[0, 2]
    y = reach[:, 1:] * radii + frame[1, 2]
    along = cv2.remap(region.astype(np.float32), x, y, cv2.INTER_LINEAR)
    profile: FloatArray = along.sum(axis=1) * np.float32(_REACH / _SAMPLES)
    return profile
