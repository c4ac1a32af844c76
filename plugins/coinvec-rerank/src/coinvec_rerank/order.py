"""Candidates into the order of their scores."""

from collections.abc import Sequence

from coinvec.domain.results import Candidate


def by_score(
    candidates: Sequence[Candidate], scores: Sequence[float | None]
) -> Sequence[Candidate]:
    """The candidates by falling score; equals stay in the order they came in.

    Args:
        candidates: The candidates.
        scores: The score of each; one without a score keeps its place, and the others are
            ordered on the places around it.
    """
    ordered = list(candidates)
    places = [place for place, score in enumerate(scores) if score is not None]
    best = sorted(places, key=lambda place: -(scores[place] or 0.0))  # a stable sort
    for place, source in zip(places, best, strict=True):
        ordered[place] = candidates[source]
    return ordered
