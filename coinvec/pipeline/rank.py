"""The core's own ranker, and the check that any ranker only permutes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from coinvec.domain.results import Candidate
from coinvec.errors import CoinvecError, PluginError
from coinvec.plugin.protocols import Ranker, RankingRequest


@dataclass(frozen=True, slots=True)
class RankStep:
    """A ranker, and how far down it looks.

    Attributes:
        ranker: Orders candidates.
        depth: How many of the first candidates it is given; None for all that there are.
    """

    ranker: Ranker
    depth: int | None = None

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
    try:
        ranked = tuple(ranker.rank(request, candidates))
    except CoinvecError:
        raise
    except Exception as error:
        raise PluginError(f"The ranker failed with {type(error).__name__}: {error}") from error
    if Counter(map(id, ranked)) != Counter(map(id, candidates)):
        raise PluginError(f"Ranker {type(ranker).__name__} did not return a permutation.")
    return ranked
