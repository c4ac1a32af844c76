"""What plugins are tried on: rendered coins cut out perfectly, scenes, and candidates.

Everything is drawn from fixed seeds and kept, because several checks look at the same.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import Box, CoinImage, Crop, Ellipse, MaskArray, RgbArray
from coinvec.domain.results import Candidate, SideMatch
from coinvec.plugin.cutout import RADIUS, SIZE
from coinvec.testing.coin import render_side
from coinvec.testing.designs import CoinDesign, Planchet
from coinvec.testing.minting import mint_catalogue
from coinvec.testing.photo import RenderedPhoto, photograph

__all__ = [
    "candidates",
    "coin_crop",
    "designs",
    "holed",
    "odd_crops",
    "sample_crops",
    "scene",
    "with_pixels",
]

_SEED = 23
_TYPES = 8
_SAMPLE = 5
_RENDERED = 116
"""Side of a rendered coin in pixels, half that of the cut-out: four times quicker, and no phone
photo of a coin shows more of it."""


@cache
def designs() -> tuple[CoinDesign, ...]:
    """Both sides of some coin types; no two look the same."""
    minted = mint_catalogue(_SEED, n_types=_TYPES, n_issuers=4)
    return tuple(each.side(side) for each in minted for side in Side)


@cache
def coin_crop(
    design: CoinDesign,
    *,
    rotation: float = 0.0,
    azimuth: float = 235.0,
    wear: float = 0.15,
    seed: int = 1,
) -> Crop:
    """A rendered coin, cut out as a perfect preprocessor would.

    Args:
        design: What it shows.
        rotation: Clockwise turn in degrees; the light stays where it is.
        azimuth: Where the light comes from, in degrees clockwise from the x axis.
        wear: 0 to 1.
        seed: Of scratches and stains.
    """
    coin = render_side(
        design,
        size=_RENDERED,
        light=(azimuth, 48.0),
        wear=wear,
        rotation=rotation,
        seed=seed,
    )
    side = round(2 * RADIUS)
    margin = (SIZE - side) // 2
    cutout = np.zeros((SIZE, SIZE, 3), dtype=np.uint8)
    mask = np.zeros((SIZE, SIZE), dtype=np.bool_)
    inside = slice(margin, margin + side)
    large = cv2.resize(coin.mask.astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
    mask[inside, inside] = large > 0
    cutout[inside, inside] = cv2.resize(coin.pixels, (side, side), interpolation=cv2.INTER_CUBIC)
    cutout[~mask] = 0
    return _as_crop(cutout, mask)


def _as_crop(cutout: RgbArray, mask: MaskArray) -> Crop:
    """A crop of a picture that is itself the cut-out."""
    size = cutout.shape[0]
    middle, radius = (size - 1) / 2, RADIUS * size / SIZE
    ellipse = Ellipse(middle, middle, radius, radius)
    return Crop((size, size), Box(0, 0, size, size), ellipse, mask, cutout, mask, 1.0)


def sample_crops() -> tuple[Crop, ...]:
    """A few coins, turned and worn differently; no other caller sees what is written into them."""
    drawn = (
        coin_crop(design, rotation=40.0 * at, wear=0.1 * at, seed=at)
        for at, design in enumerate(designs()[:_SAMPLE])
    )
    return tuple(replace(crop, cutout=crop.cutout.copy()) for crop in drawn)


def odd_crops() -> tuple[Crop, ...]:
    """Crops that preprocessors may give: blank ones, one without a mask, small and large ones."""
    plain = sample_crops()[0]
    black = np.zeros_like(plain.cutout)
    nowhere = np.zeros_like(plain.cutout_mask)
    resized = [
        _as_crop(
            np.asarray(cv2.resize(plain.cutout, (size, size)), np.uint8),
            cv2.resize(plain.cutout_mask.astype(np.uint8), (size, size)) > 0,
        )
        for size in (16, 400)
    ]
    return (
        replace(plain, cutout=black),
        replace(plain, cutout=np.full_like(plain.cutout, 255)),
        _as_crop(black, nowhere),
        *resized,
    )


def with_pixels(crop: Crop, pixels: RgbArray) -> Crop:
    """The crop with other pixels, black beside the coin as before."""
    shown = np.where(crop.cutout_mask[:, :, np.newaxis], pixels, 0).astype(np.uint8)
    return replace(crop, cutout=shown)


@cache
def scene(
    *places: int,
    background: str = "studio",
    size: tuple[int, int] = (320, 320),
    tilt_degrees: float = 4.0,
    diameter: float = 0.6,
    hole: float = 0.0,
) -> RenderedPhoto:
    """A photograph of some of the designs, with the true masks.

    Args:
        places: Which of `designs()` lie on the ground; none for the bare ground.
        background: Name of the ground.
        size: Width and height in pixels.
        tilt_degrees: Angle between the line of sight and the vertical.
        diameter: Of a coin, as a share of its share of the picture.
        hole: Radius of a hole in each coin, as a share of the coin's radius.
    """
    coins = [holed(designs()[place], hole) if hole else designs()[place] for place in places]
    return photograph(
        *coins,
        size=size,
        background=background,
        tilt_degrees=tilt_degrees,
        diameter=diameter,
        seed=sum(places) + len(places),
    )


def holed(design: CoinDesign, radius: float) -> CoinDesign:
    """The same design on a round planchet of one metal with a hole."""
    return replace(design, planchet=Planchet(design.planchet.metal, hole=radius))


def candidates(similarities: Sequence[float]) -> list[Candidate]:
    """Candidates as a search hands them to a ranker, by falling similarity.

    Every second type has both its sides in the catalogue; none keeps a picture.

    Args:
        similarities: Of each; equal ones are ties.
    """
    found = [_candidate(number, similarity) for number, similarity in enumerate(similarities)]
    return sorted(found, key=lambda each: (-each.similarity, each.image.id))


def _candidate(number: int, similarity: float) -> Candidate:
    coin = CoinType(f"type-{number:03d}", "Valdoria", f"{number + 1} dorin")
    side = tuple(Side)[number % 2]
    design = Design(coin.key, side, "d1")
    image = CoinImage(f"{(number * 7919 + 13) % 2**32:064x}", design, "coin.jpg", "JPEG", 256, 256)
    sides = {side: SideMatch("d1", similarity, image.id)}
    if number % 2:
        sides[side.other] = SideMatch("d2", similarity * (0.5 + 0.1 * (number % 5)), image.id)
    return Candidate(similarity, coin, design, image, sides=sides)
