"""The verdict: is this coin in the catalogue, and which one surely?"""

from collections.abc import Sequence
from dataclasses import dataclass

from coinvec.domain.choices import Verdict
from coinvec.domain.models import Thresholds
from coinvec.domain.results import BY_SIMILARITY, Candidate
from coinvec.pipeline.find import LEADERS
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
    ranked: Sequence[Candidate],
) -> Judgement | None:
    """Judge from what a ranker says of the leaders, and of those that it puts first.

    Args:
        ranker: The ranker.
        encoder: The encoder that made the similarities, `name@revision`.
        request: What the ranker may look at.
        leaders: The most similar types.
        ranked: Candidates in the order of the answer.

    Returns:
        None where it was not calibrated with this encoder, or has nothing to go by for the most
        similar type or the most similar other type.
    """
    thresholds = ranker.thresholds.get(encoder)
    contenders = list({each.image.id: each for each in (*leaders, *ranked[:LEADERS])}.values())
    scores = ranker.scores(request, contenders) if thresholds and leaders else None
    if scores is None or None in scores[:2]:
        return None
    by_type: dict[str, float] = {}
    for score, each in zip(scores, contenders, strict=True):
        if score is not None:
            by_type[each.type] = max(score, by_type.get(each.type, score))
    best = max(by_type, key=lambda type_key: by_type[type_key])
    agreed = all(hit.type == best for hit in ranked[:1])
    verdict = judge(sorted(by_type.values(), reverse=True), thresholds, agreed=agreed)
    return Judgement(verdict, by_type[best], ranker.name)


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
