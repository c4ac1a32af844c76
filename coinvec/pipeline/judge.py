"""The verdict: is this coin in the catalogue, and which one surely?"""

from collections.abc import Sequence
from dataclasses import dataclass

from coinvec.domain.choices import Verdict
from coinvec.domain.models import Thresholds
from coinvec.domain.results import BY_SIMILARITY, Candidate
from coinvec.pipeline.rank import RankStep
from coinvec.plugin.protocols import RankingRequest


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on; see `SearchResult` for the attributes."""

    verdict: Verdict
    score: float | None
    by: str = BY_SIMILARITY


def judge_similarities(
    thresholds: Thresholds | None,
    leaders: Sequence[Candidate],
    candidates: Sequence[Candidate],
    hits: Sequence[Candidate],
) -> Judgement:
    """Judge from similarities.

    Args:
        thresholds: The encoder's.
        leaders: The most similar types, the best first.
        candidates: What was ranked, by falling similarity.
        hits: The same in the ranker's order.
    """
    agreed = [each.type for each in hits[:1]] == [each.type for each in candidates[:1]]
    similarities = [leader.similarity for leader in leaders]
    verdict = judge(similarities, thresholds, agreed=agreed)
    return Judgement(verdict, next(iter(similarities), None))


def judge_scores(
    ranker: RankStep,
    encoder: str,
    request: RankingRequest,
    leaders: Sequence[Candidate],
    hits: Sequence[Candidate],
) -> Judgement | None:
    """Judge from what a ranker says of the leaders.

    Args:
        ranker: The ranker.
        encoder: The encoder that made the similarities, `name@revision`.
        request: What the ranker may look at.
        leaders: The most similar types, among which it finds the best and the best other.
        hits: Candidates in the ranker's order.

    Returns:
        None where it was not calibrated with this encoder, or has nothing to go by for the most
        similar type or the most similar other type.
    """
    thresholds = ranker.thresholds.get(encoder)
    scores = ranker.scores(request, leaders) if thresholds and leaders else None
    if scores is None or None in scores[:2]:
        return None
    pairs = zip(scores, leaders, strict=True)
    scored = [(score, leader) for score, leader in pairs if score is not None]
    ordered = sorted(scored, key=lambda pair: -pair[0])
    score, best = ordered[0]
    agreed = all(hit.type == best.type for hit in hits[:1])
    verdict = judge([each for each, _ in ordered], thresholds, agreed=agreed)
    return Judgement(verdict, score, ranker.name)


def judge(
    scores: Sequence[float], thresholds: Thresholds | None, *, agreed: bool = True
) -> Verdict:
    """Judge from the scores of the best type and the best other type.

    Args:
        scores: The scores of types, higher first, of which two count: their similarities, or what
            a ranker says of them. Fewer where the filter leaves fewer types.
        thresholds: Calibrated limits of these scores; None makes every non-empty answer ambiguous.
        agreed: Whether the ranker, too, puts the best type first; if not, no answer is sure.
    """
    if not scores:
        return Verdict.UNKNOWN
    if thresholds is None:
        return Verdict.AMBIGUOUS
    best = scores[0]
    if best < thresholds.known:
        return Verdict.UNKNOWN
    lead = best - scores[1] if len(scores) > 1 else 2.0
    if best >= thresholds.match and lead >= thresholds.margin and agreed:
        return Verdict.MATCH
    return Verdict.AMBIGUOUS
