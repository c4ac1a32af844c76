"""Rendered coins as a preprocessor would cut them out, and candidates that show them."""

import hashlib
from functools import cache

import cv2
import numpy as np

from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import Box, CoinImage, Crop, Ellipse
from coinvec.domain.results import Candidate, SideMatch
from coinvec.testing import mint_catalogue, render_side

MIDDLE, RADIUS, SIZE = 127.5, 116.0, 256


@cache
def minted(count, seed=3):
    """Obverses of different coin types."""
    return [each.obverse for each in mint_catalogue(seed, n_types=count, n_issuers=1)]


def crop_of(pixels, mask=None):
    """A crop whose cut-out these pixels are, 256 × 256."""
    disc = Ellipse(MIDDLE, MIDDLE, RADIUS, RADIUS).mask(SIZE, SIZE)
    mask = disc if mask is None else mask
    return Crop(
        (SIZE, SIZE),
        Box(0, 0, SIZE, SIZE),
        Ellipse(MIDDLE, MIDDLE, RADIUS, RADIUS),
        disc,
        np.ascontiguousarray(pixels),
        mask,
        1.0,
    )


def struck(design, *, turned=0.0, azimuth=235.0, wear=0.1, seed=0):
    """A crop of a coin of this design."""
    size = round(2 * RADIUS)
    coin = render_side(
        design, size=size, light=(azimuth, 48.0), wear=wear, rotation=turned, seed=seed
    )
    room = (SIZE - size) // 2
    return crop_of(cv2.copyMakeBorder(coin.pixels, *[room] * 4, cv2.BORDER_CONSTANT))


def image_id(name):
    return hashlib.sha256(name.encode()).hexdigest()


def candidate(name, similarity, *, composition=None, reverse=None):
    """A candidate whose best image shows an obverse; `reverse` names its image of the other."""
    design = Design(name, Side.OBVERSE, "o1")
    sides = {Side.OBVERSE: SideMatch("o1", similarity, image_id(name))}
    if reverse is not None:
        sides[Side.REVERSE] = SideMatch("r1", similarity, image_id(reverse))
    return Candidate(
        similarity,
        CoinType(name, "Utopia", "1 penny", composition=composition),
        design,
        CoinImage(image_id(name), design, f"{name}.png", "PNG", SIZE, SIZE),
        sides=sides,
    )
