"""Open-set metrics against their definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinvec.services.metrics import auroc, hit_rate_at_k, share

SCORES = st.lists(st.integers(-5, 5).map(float), max_size=12)


@given(st.lists(st.none() | st.integers(1, 30), min_size=1), st.integers(1, 25))
def test_hit_rate_counts_queries_with_a_right_answer_among_the_first_k(ranks, k):
    hits = [rank for rank in ranks if rank is not None and rank <= k]
    assert hit_rate_at_k(ranks, [k]) == {k: len(hits) / len(ranks)}


def test_no_query_has_no_rate():
    assert hit_rate_at_k([], [1, 5]) == {1: None, 5: None}


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_the_right_order(known, unknown):
    pairs = [(a > b) + (a == b) / 2 for a in known for b in unknown]
    expected = sum(pairs) / len(pairs) if pairs else None
    assert auroc(known, unknown) == pytest.approx(expected)


def test_share():
    assert share([True, False, False, True]) == 0.5
    assert share([]) is None
