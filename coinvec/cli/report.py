"""`coinvec search --open-report`: a page that shows how a photo was understood and answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coinvec import __version__
from coinvec.cli.answers import verdict_sentence, years_text
from coinvec.cli.pages import data_uri, write_page
from coinvec.domain.coins import Side
from coinvec.domain.images import Crop, Ellipse
from coinvec.domain.results import Candidate, SearchResult
from coinvec.errors import ImageError, StoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coinvec.media.source import ImageSource
    from coinvec.query.plan_node import PlanNode
    from coinvec.services.home import Home

PHOTO, CUTOUT, HIT = 1_000, 320, 320
"""Longest side in pixels of photos, cut-outs, and pictures of hits."""

_RIM_TOLERANCE = 0.0015
"""By how much a drawn rim may leave the mask's, as a share of the photo's longer side."""


@dataclass(frozen=True, slots=True)
class _Outline:
    """A coin in a photo, in pixels of the upright photo.

    Attributes:
        number: The number of its answer, from 1; None where there is but one.
        verdict: Of its answer.
        ellipse: Fitted to its rim.
        path: The border of its mask, as path data of SVG, holes included.
        score: How sure the preprocessor is.
    """

    number: int | None
    verdict: str
    ellipse: Ellipse
    path: str
    score: float


@dataclass(frozen=True, slots=True)
class _Photo:
    """A searched photo, reduced, with the coins found in it."""

    name: str
    uri: str
    width: int
    height: int
    outlines: Sequence[_Outline]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A hit as a card: its number, picture (None without media), and texts."""

    rank: int
    candidate: Candidate
    picture: str | None
    years: str

    @property
    def facts(self) -> dict[str, str]:
        """What else is known of it, by name."""
        coin, image = self.candidate.coin, self.candidate.image
        measures = [
            f"{coin.diameter_mm:g} mm" if coin.diameter_mm else "",
            f"{coin.weight_g:g} g" if coin.weight_g else "",
        ]
        said = {
            "Country": coin.country,
            "Denomination": coin.denomination,
            "Currency": coin.currency,
            "Years": self.years,
            "Metal": coin.composition,
            "Size": ", ".join(filter(None, measures)),
            "Shows": image.description,
            "Credit": " · ".join(filter(None, (image.credit, image.license))),
        }
        return {name: text for name, text in said.items() if text}

    @property
    def sides(self) -> dict[str, float]:
        """The similarity of the best image of each side."""
        return {
            side.value: self.candidate.sides[side].similarity
            for side in Side
            if side in self.candidate.sides
        }


@dataclass(frozen=True, slots=True)
class _Coin:
    """One coin's answer."""

    number: int | None
    result: SearchResult
    sentence: str
    cutouts: Sequence[str]
    hits: Sequence[_Hit]


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched and what came of it.

    Attributes:
        photos: The photos; one of them where `all_coins` is set.
        results: One answer, or one for each coin in the photo.
        all_coins: Whether every coin in the photo was looked up.
        where: The filter as typed; None without one.
        plan: How the answer was found; None where that is not known.
    """

    photos: "Sequence[ImageSource]"
    results: Sequence[SearchResult]
    all_coins: bool = False
    where: str | None = None
    plan: "PlanNode | None" = None


def write_report(path: Path, home: "Home", searched: Searched) -> None:
    """Write the page.

    Args:
        path: Where to.
        home: The opened home; has the pictures of the hits.
        searched: What is reported.

    Raises:
        InputError: The file cannot be written.
    """
    best = searched.results[0]
    values = {
        "photos": _photos(home, searched),
        "coins": [_coin(home, searched, place) for place in range(len(searched.results))],
        "where": searched.where,
        "plan": "\n".join(searched.plan.lines()) if searched.plan else None,
        "timings": _timings(best),
        "total_ms": best.timings_ms.get("total", 0.0),
        "best": best,
        "warnings": dict.fromkeys(text for each in searched.results for text in each.warnings),
        "written": datetime.now().astimezone(),
        "version": __version__,
    }
    write_page(path, "report.html", values)


def _photos(home: "Home", searched: Searched) -> list[_Photo]:
    from coinvec.media.decode import decode

    shown = []
    for place, source in enumerate(searched.photos):
        picture = decode(source, limits=home.limits)
        outlines = [
            _outline(number if searched.all_coins else None, result, coin.crop)
            for number, result in enumerate(searched.results, 1)
            for at, coin in enumerate(result.coins_in_picture)
            if at == place and coin.crop is not None
        ]
        uri = data_uri(picture.pixels, PHOTO)
        name = Path(picture.name).name
        shown.append(_Photo(name, uri, picture.width, picture.height, outlines))
    return shown


def _outline(number: int | None, result: SearchResult, crop: Crop) -> _Outline:
    return _Outline(number, result.verdict.value, crop.ellipse, _border(crop), crop.score)


def _border(crop: Crop) -> str:
    """The border of a coin's mask as path data of SVG, holes included."""
    import cv2
    import numpy as np

    mask = crop.mask.astype(np.uint8)
    corner = (crop.box.x0, crop.box.y0)
    found, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=corner)
    tolerance = _RIM_TOLERANCE * max(crop.picture_size)
    parts = []
    for contour in found:
        corners = cv2.approxPolyDP(contour, tolerance, closed=True).reshape(-1, 2)
        # A contour runs through the middles of pixels, and SVG counts from their corners.
        points = " ".join(f"{x + 0.5:g},{y + 0.5:g}" for x, y in corners)
        parts.append(f"M{points}Z")
    return "".join(parts)


def _coin(home: "Home", searched: Searched, place: int) -> _Coin:
    result = searched.results[place]
    crops = [coin.crop for coin in result.coins_in_picture if coin.crop is not None]
    hits = [
        _Hit(rank, hit, _picture(home, hit), years_text(hit))
        for rank, hit in enumerate(result.hits, 1)
    ]
    number = place + 1 if searched.all_coins else None
    cutouts = [data_uri(_transparent(crop), CUTOUT) for crop in crops]
    return _Coin(number, result, verdict_sentence(result), cutouts, hits)


def _transparent(crop: Crop) -> "NDArray[np.uint8]":
    """The cut-out, S × S × 4, transparent where it is not the coin."""
    import numpy as np

    return np.dstack([crop.cutout, crop.cutout_mask.astype(np.uint8) * 255])


def _picture(home: "Home", hit: Candidate) -> str | None:
    """A hit's picture; None where none is kept, or what is kept is damaged."""
    from coinvec.media.decode import decode

    if not hit.image.has_media:
        return None
    try:
        kept = decode(home.media.read(hit.image.id), limits=home.limits, name=hit.image.filename)
    except (ImageError, StoreError):
        return None
    return data_uri(kept.pixels, HIT)


def _timings(result: SearchResult) -> list[tuple[str, float, float]]:
    """Stage, milliseconds, and share of the whole in percent."""
    total = result.timings_ms.get("total") or 1.0
    return [
        (stage, ms, min(100.0, 100 * ms / total))
        for stage, ms in result.timings_ms.items()
        if stage != "total"
    ]
