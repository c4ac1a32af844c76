"""The core's own ranker, and the check that any ranker only permutes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from coinvec.domain.images import Crop
from coinvec.domain.models import Thresholds
from coinvec.domain.results import Candidate
from coinvec.errors import CoinvecError, PluginError
from coinvec.plugin.protocols import PreparingRanker, Ranker, RankingRequest, ScoringRanker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RankStep:
    """A ranker, and how far down it looks.

    Attributes:
        ranker: Orders candidates.
        depth: How many of the first candidates it is given; None for all that there are.
        deeper: How many before a coin is called unknown; None for no more.
        name: Its name.
        thresholds: Limits for its scores, by the encoder they were calibrated with.
    """

    ranker: Ranker
    depth: int | None = None
    name: str = ""
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
    deeper: int | None = None

    @property
    def second(self) -> "RankStep | None":
        """The same ranker, looking as far as it does before a coin is called unknown."""
        return None if self.deeper is None else replace(self, depth=self.deeper, deeper=None)

    def widened(self, k: int) -> int:
        """How many candidates to retrieve where k are asked for."""
        return max(k, self.depth or 0)

    def apply(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> tuple[Candidate, ...]:
        """The candidates, the first `depth` of them in the ranker's order.

        Raises:
            PluginError: As `apply_ranker`.
        """
        head = candidates[: self.depth]
        return (*apply_ranker(self.ranker, request, head), *candidates[len(head) :])

    def scores(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> list[float | None] | None:
        """What the ranker says of candidates, each or None; None where it gives no scores.

        Raises:
            PluginError: The ranker raised, or a score is not a number from -1 to 1.
        """
        ranker = self.ranker
        if not isinstance(ranker, ScoringRanker):
            return None
        scores = _guarded(
            lambda: [
                None if score is None else float(score)
                for score in ranker.scores(request, candidates)
            ]
        )
        in_range = all(score is None or -1 <= score <= 1 for score in scores)
        if len(scores) != len(candidates) or not in_range:
            raise PluginError(f"Ranker {self.name} gave no score from -1 to 1 for each candidate.")
        return scores

    @property
    def prepares(self) -> bool:
        """Whether the ranker works anything out ahead."""
        return isinstance(self.ranker, PreparingRanker)

    def prepare(self, crops: Mapping[str, Crop], cache: Path) -> None:
        """Let the ranker keep what it will need of coins, by image id, if it prepares anything.

        Raises:
            PluginError: The ranker raised.
        """
        ranker = self.ranker
        if isinstance(ranker, PreparingRanker):
            _guarded(lambda: ranker.prepare(crops, cache))


class SimilarityRanker:
    """Orders candidates by similarity, higher first, ties by image id."""

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """See `Ranker.rank`; looks at no picture."""
        del request
        return sorted(candidates, key=lambda each: (-each.similarity, each.image.id))


def apply_ranker(
    ranker: Ranker, request: RankingRequest, candidates: Sequence[Candidate]
) -> tuple[Candidate, ...]:
    """Let a ranker order candidates and refuse an order that lost or invented any.

    Raises:
        PluginError: The ranker raised, or did not return a permutation.
    """
    if not candidates:
        return ()
    ranked = _guarded(lambda: tuple(ranker.rank(request, candidates)))
    if Counter(map(id, ranked)) != Counter(map(id, candidates)):
        raise PluginError(f"Ranker {type(ranker).__name__} did not return a permutation.")
    return ranked


def _guarded(run: Callable[[], T]) -> T:
    """What a ranker answers; whatever it raises becomes a `PluginError`."""
    try:
        return run()
    except CoinvecError:
        raise
    except Exception as error:
        raise PluginError(f"The ranker failed with {type(error).__name__}: {error}") from error
