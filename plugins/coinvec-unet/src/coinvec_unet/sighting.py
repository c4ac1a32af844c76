"""One coin as one prediction shows it: its outline, its holes, and how sure it is one."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from coinvec.domain.images import Ellipse, MaskArray, Picture
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.cutout import filled
from coinvec_unet.instances import part
from coinvec_unet.network import COIN
from coinvec_unet.outline import trace
from coinvec_unet.views import View

_MARGIN = 6
"""Pixels of the view that are looked at around a coin's own."""
_HOLE_WITHIN = 0.75
"""A hole lies within the outline shrunk by this factor."""
_LEAST_HOLE, _GREATEST_HOLE = 0.006, 0.25
"""Area of a hole as a share of the coin's."""
_HOLE_LOGIT = -1.0
"""Mean logit of a hole at most: dark reliefs are less sure to be no coin."""
_FINER = 4
"""How many times finer than the view the outlines of holes are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A coin that was seen, in pixels of the picture.

    Attributes:
        ellipse: Through its rim.
        rim: Corners of its outline, P × 2.
        holes: Corners of the outline of each hole.
        score: The soft Dice coefficient of the outline and the believed pixels: 1 where the network
            is sure of all of them and they have the outline's form.
    """

    ellipse: Ellipse
    rim: FloatArray
    holes: tuple[FloatArray, ...]
    score: float


def sightings(
    view: View, picture: Picture, logits: FloatArray, *, within: MaskArray | None = None
) -> Iterator[Sighting]:
    """The coins in one prediction, largest first; each is traced when it is asked for.

    Args:
        view: Where the network looked.
        picture: What it looked at.
        logits: What it said, 2 × S × S.
        within: Only coins that reach into these pixels of the view, S × S.
    """
    frame = view.frame(picture)
    for mask in part(logits):
        if within is None or (mask & within).any():
            seen = _sighting(view, frame, logits[COIN], mask)
            if seen is not None:
                yield seen


def _sighting(
    view: View, frame: FloatArray, logits: FloatArray, mask: MaskArray
) -> Sighting | None:
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    corner = np.array([max(0, x - _MARGIN), max(0, y - _MARGIN)], dtype=np.float32)
    window = (
        slice(int(corner[1]), y + height + _MARGIN),
        slice(int(corner[0]), x + width + _MARGIN),
    )
    mask, believed = mask[window], logits[window]
    # As sure as the network is of another coin, as sure it is that this is not ours.
    own = np.where((believed > 0) & ~mask, -believed, believed)
    inner = frame - corner
    outline = trace(own, mask, inner)
    if outline is None:
        return None
    rims = (outline.rim, *_holes(own, outline.rim))
    score = _score(own, filled(rims, own.shape[1], own.shape[0]), inner)
    rim, *holes = (view.to_picture(each + corner) for each in rims)
    ellipse = _in_picture(outline.ellipse, corner, view)
    return Sighting(ellipse, rim, tuple(holes), score)


def _in_picture(ellipse: Ellipse, corner: FloatArray, view: View) -> Ellipse:
    centre = np.array([ellipse.cx, ellipse.cy], dtype=np.float32) + corner
    cx, cy = (float(value) for value in view.to_picture(centre))
    scale = view.scale
    return Ellipse(cx, cy, ellipse.rx * scale, ellipse.ry * scale, ellipse.degrees)


def _holes(logits: FloatArray, rim: FloatArray) -> tuple[FloatArray, ...]:
    """The outlines of the holes: ground that lies well within the coin."""
    height, width = logits.shape
    centre = rim.mean(axis=0)
    within = filled([centre + (rim - centre) * _HOLE_WITHIN], width, height)
    if not (within & (logits < 0)).any():
        return ()
    area = np.count_nonzero(filled([rim], width, height)) * _FINER**2
    finer = cv2.resize(logits, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_LINEAR)
    inner = cv2.resize(within.astype(np.uint8), finer.shape[::-1], interpolation=cv2.INTER_NEAREST)
    ground = ((finer < 0) & (inner > 0)).astype(np.uint8)
    contours, _ = cv2.findContours(ground, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    holes = []
    for contour in contours:
        hole = contour[:, 0].astype(np.float32)
        pixels = filled([hole], width * _FINER, height * _FINER)
        share = np.count_nonzero(pixels) / area
        if _LEAST_HOLE <= share <= _GREATEST_HOLE and float(finer[pixels].mean()) <= _HOLE_LOGIT:
            holes.append((hole + np.float32(0.5)) / np.float32(_FINER) - np.float32(0.5))
    return tuple(holes)


def _score(logits: FloatArray, drawn: MaskArray, frame: FloatArray) -> float:
    """The soft Dice coefficient of an outline's pixels and the believed ones, in the picture."""
    height, width = logits.shape
    (left, top), (right, bottom) = frame
    shown = np.outer(
        (np.arange(height) > top) & (np.arange(height) < bottom),
        (np.arange(width) > left) & (np.arange(width) < right),
    )
    near = cv2.dilate(drawn.astype(np.uint8), np.ones((9, 9), dtype=np.uint8)) > 0
    believed = np.where(near & shown, 1 / (1 + np.exp(-logits)), 0.0)
    inside = drawn & shown
    return float(2 * believed[inside].sum() / (believed.sum() + np.count_nonzero(inside)))
