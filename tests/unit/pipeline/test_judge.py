"""The verdict."""

import pytest

from coinvec.domain.choices import Verdict
from coinvec.domain.models import Thresholds
from coinvec.pipeline.judge import judge, judge_scores, judge_similarities
from coinvec.pipeline.rank import RankStep
from tests.unit.pipeline.test_rank import REQUEST, Backwards, Sure, candidate


class SureOfTypes(Sure):
    """Says of each candidate what it was told of its type, a, b and so on, and 0 of any other."""

    def scores(self, request, candidates):
        told = dict(zip("abc", self.given, strict=False))
        return [told.get(each.type, 0.0) for each in candidates]


LIMITS = Thresholds(known=0.5, match=0.7, margin=0.1)


@pytest.mark.parametrize(
    ("best_types", "verdict"),
    [
        ([], Verdict.UNKNOWN),
        ([0.49, 0.1], Verdict.UNKNOWN),
        ([0.5, 0.1], Verdict.AMBIGUOUS),
        ([0.69, 0.0], Verdict.AMBIGUOUS),
        ([0.7, 0.1], Verdict.MATCH),
        ([0.9, 0.85], Verdict.AMBIGUOUS),
        ([0.9], Verdict.MATCH),
        ([0.6], Verdict.AMBIGUOUS),
    ],
)
def test_verdict_by_similarity_and_lead(best_types, verdict):
    assert judge(best_types, LIMITS) is verdict


def test_an_encoder_without_thresholds_never_claims_to_know():
    assert judge([1.0, 0.0], None) is Verdict.AMBIGUOUS
    assert judge([-1.0], None) is Verdict.AMBIGUOUS


@pytest.mark.parametrize(
    ("best", "verdict"),
    [(0.9, Verdict.AMBIGUOUS), (0.6, Verdict.AMBIGUOUS), (0.4, Verdict.UNKNOWN)],
)
def test_nothing_is_sure_where_the_ranker_disagrees(best, verdict):
    assert judge([best, 0.1], LIMITS, agreed=False) is verdict


ENCODER = "tiles@1"
A, B, C = candidate("a", 0.6), candidate("b", 0.55), candidate("c", 0.5)


def by_scores(*scores, hits=(A, B), limits=None):
    step = RankStep(SureOfTypes(*scores), name="sure", thresholds=limits or {ENCODER: LIMITS})
    return judge_scores(step, ENCODER, REQUEST, [A, B, C][: len(scores)], hits)


@pytest.mark.parametrize(
    ("scores", "hits", "verdict"),
    [
        ((0.9, 0.2), [A, B], Verdict.MATCH),
        ((0.2, 0.9), [B, A], Verdict.MATCH),  # the ranker knows better than similarity
        ((0.2, 0.9), [A, B], Verdict.AMBIGUOUS),
        ((0.9, 0.2), [C, A, B], Verdict.AMBIGUOUS),
        ((0.9, 0.85), [A, B], Verdict.AMBIGUOUS),
        ((0.4, 0.3), [A, B], Verdict.UNKNOWN),
        ((0.4, 0.3, 0.9), [C, A, B], Verdict.MATCH),  # the best is the third most similar
    ],
)
def test_a_calibrated_ranker_s_scores_are_judged(scores, hits, verdict):
    judgement = by_scores(*scores, hits=hits)
    assert (judgement.verdict, judgement.score) == (verdict, max(scores))
    assert judgement.by == "sure"


def test_what_the_ranker_puts_first_need_not_be_among_the_most_similar():
    step = RankStep(SureOfTypes(0.3, 0.2, 0.9), name="sure", thresholds={ENCODER: LIMITS})
    judgement = judge_scores(step, ENCODER, REQUEST, [A, B], [C, A, B])
    assert (judgement.verdict, judgement.score) == (Verdict.MATCH, 0.9)


def test_two_designs_of_one_type_do_not_contend():
    step = RankStep(SureOfTypes(0.9, 0.2), name="sure", thresholds={ENCODER: LIMITS})
    again = candidate("a", 0.4, image="another")
    judgement = judge_scores(step, ENCODER, REQUEST, [A, B], [A, again, B])
    assert judgement.verdict is Verdict.MATCH


def test_scores_without_limits_or_without_ground_are_not_judged():
    assert by_scores(0.9, 0.2, limits={"tiles@2": LIMITS}) is None
    assert by_scores(0.9, None) is None
    assert by_scores(None, 0.9, 0.9) is None
    assert by_scores(0.9, 0.2, None).score == 0.9
    step = RankStep(Backwards(), thresholds={ENCODER: LIMITS})
    assert judge_scores(step, ENCODER, REQUEST, [A, B], [A, B]) is None
    assert judge_scores(step, ENCODER, REQUEST, [], []) is None


def test_similarities_are_judged_by_the_encoder_s_limits():
    limits = Thresholds(known=0.5, match=0.55, margin=0.05)
    sure = judge_similarities(limits, [A, C], [A, B, C], [A, B, C])
    assert (sure.verdict, sure.score, sure.by) == (Verdict.MATCH, 0.6, "similarity")
    turned = judge_similarities(limits, [A, C], [A, B, C], [B, A, C])
    assert (turned.verdict, turned.score) == (Verdict.AMBIGUOUS, 0.6)
    nothing = judge_similarities(limits, [], [], [])
    assert (nothing.verdict, nothing.score) == (Verdict.UNKNOWN, None)
