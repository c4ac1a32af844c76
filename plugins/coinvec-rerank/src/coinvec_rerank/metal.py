"""The ranker `metal`: a coin photographed in red is hardly made of nickel."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np

from coinvec.domain.images import Crop
from coinvec.domain.results import Candidate
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.protocols import RankingRequest
from coinvec_rerank.order import by_score
from coinvec_rerank.weights import PRIOR, Prior


class Colour(StrEnum):
    """The colour of a metal."""

    RED = "red"
    YELLOW = "yellow"
    WHITE = "white"


_CHROMA: Final[Mapping[Colour, tuple[float, float]]] = MappingProxyType(
    {Colour.RED: (14.0, 20.0), Colour.YELLOW: (3.0, 24.0), Colour.WHITE: (0.0, 3.0)}
)
"""Where a metal's colour lies in the plane of a* and b* of CIELAB, by eye."""
_SPREAD: Final = 9.0

_WORDS: Final[Sequence[tuple[str, Colour | None]]] = (
    ("bimetal", None),
    ("bi-metal", None),
    ("plated", None),
    ("clad", None),
    ("cupronickel", Colour.WHITE),
    ("cupro-nickel", Colour.WHITE),
    ("copper-nickel", Colour.WHITE),
    ("nickel silver", Colour.WHITE),
    ("nickel brass", Colour.YELLOW),
    ("nickel-brass", Colour.YELLOW),
    ("nordic gold", Colour.YELLOW),
    ("aluminium bronze", Colour.YELLOW),
    ("aluminium-bronze", Colour.YELLOW),
    ("brass", Colour.YELLOW),
    ("bronze", Colour.RED),
    ("copper", Colour.RED),
    ("gold", Colour.YELLOW),
    ("silver", Colour.WHITE),
    ("nickel", Colour.WHITE),
    ("steel", Colour.WHITE),
    ("zinc", Colour.WHITE),
    ("aluminium", Colour.WHITE),
)
"""Words of a composition, the telling ones first; None where the surface may have any colour."""


class MetalRanker:
    """Orders candidates by similarity, less where the composition contradicts the photo's colour.

    Colours in photographs follow the lamp and the camera as much as the metal: use it where the
    light is known. A candidate of unknown composition loses nothing.

    Args:
        weights: How much a contradiction costs.
    """

    def __init__(self, weights: Prior = PRIOR) -> None:
        self._weights = weights

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """See `Ranker.rank`; looks at no catalogue picture."""
        odds = np.mean([metal_odds(crop) for crop in request.crops], axis=0)
        fit = dict(zip(Colour, odds / odds.max(), strict=True))
        scores = []
        for candidate in candidates:
            colour = metal_colour(candidate.coin.composition)
            loss = 0.0 if colour is None else 1.0 - float(fit[colour])
            scores.append(candidate.similarity - self._weights.weight * loss)
        return by_score(candidates, scores)


def metal_colour(composition: str | None) -> Colour | None:
    """The colour of a composition; None where it is unknown or may be any."""
    text = (composition or "").casefold()
    return next((colour for word, colour in _WORDS if word in text), None)


def metal_odds(crop: Crop) -> FloatArray:
    """How likely a coin has each `Colour`, as float32 that sum to 1.

    The median of a* and b* over the coin is compared with that of each metal.
    """
    lab = cv2.cvtColor(crop.cutout.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    coin = lab[crop.cutout_mask]
    seen = np.median(coin[:, 1:], axis=0) if len(coin) else np.zeros(2)
    distances = np.linalg.norm(np.array([*_CHROMA.values()]) - seen, axis=1)
    odds = np.exp(-((distances / _SPREAD) ** 2) / 2) + 1e-6
    share: FloatArray = (odds / odds.sum()).astype(np.float32)
    return share
