"""The verdict."""

import pytest

from coinvec.domain.choices import Verdict
from coinvec.domain.models import Thresholds
from coinvec.pipeline.judge import judge

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
