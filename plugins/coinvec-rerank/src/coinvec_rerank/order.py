"""Candidates into the order of their scores."""

from collections.abc import Sequence

from coinvec.domain.results import Candidate


def by_score(
    candidates: Sequence[Candidate], scores: Sequence[float | None]
) -> Sequence[Candidate]:
    """The candidates by falling score, equals by the id of their image.

    Args:
        candidates: The candidates.
        scores: The score of each; one without a score keeps the place that its similarity gives
            it, and the others are ordered on the places around it.
    """
    pairs = sorted(
        zip(candidates, scores, strict=True),
        key=lambda pair: (-pair[0].similarity, pair[0].image.id),
    )
    scored = sorted(
        ((-score, each.image.id, each) for each, score in pairs if score is not None),
        key=lambda entry: entry[:2],
    )
    best = (each for _, _, each in scored)
    return [each if score is None else next(best) for each, score in pairs]
