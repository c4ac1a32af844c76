"""What the rankers weigh, in units of cosine similarity; see `tools/choose.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coinvec.domain.models import Thresholds


@dataclass(frozen=True, slots=True)
class Verification:
    """How much agreeing gradients count.

    Attributes:
        weight: Similarity that a unit of agreement is worth.
        floor: Similarity below which candidates count as equally similar. Of a bad photo the
            encoder sees so little that its own coin may be anywhere among the others.
        aside: How far from the middle of its outline a photographed face may be, in pixels of the
            cut-out: one that is seen from aside, or cut out with its edge or its shadow, is not in
            the middle. Before its coin is called unknown, a photo is looked at around five middles,
            and agrees as well as it does around the best of them.
    """

    weight: float
    floor: float = -1.0
    aside: float = 0.0


@dataclass(frozen=True, slots=True)
class Expansion:
    """How a query is expanded.

    Attributes:
        neighbours: How many nearest images join the query.
        power: Each is weighted by its similarity to this power.
        weight: Share of the similarity to the expanded query in a candidate's score, 0 to 1.
    """

    neighbours: int
    power: float
    weight: float


@dataclass(frozen=True, slots=True)
class Prior:
    """How much the metal counts.

    Attributes:
        weight: Similarity lost where photo and composition contradict each other fully.
    """

    weight: float


NETWORK: Final = "c2bbaf55fd2c"
"""The revision of the network that the numbers below were chosen with; see `network.py`."""
VERIFICATION: Final = Verification(weight=1.5, floor=0.6, aside=5.0)
VERIFICATION_LIMITS: Final[Mapping[str, Thresholds]] = {
    "arcface@1.ef2c8b8a83ee": Thresholds(known=0.66, match=0.73, margin=0.23),
}
"""Limits for the scores of `verify`, by the encoder they hold for; see `tools/calibrate.py`.
A third digit would say no more than which bad photos were drawn."""
EXPANSION: Final = Expansion(neighbours=10, power=3.0, weight=0.5)
PRIOR: Final = Prior(weight=0.05)
