import numpy as np
import pytest
from coinvec_train.encoder.calibrate import Judged, calibrate, judged
from coinvec_train.encoder.open_set import Gallery, retrieve
from hypothesis import given
from hypothesis import strategies as st

from coinvec.domain.choices import Verdict


def unit(rng, count):
    rows = rng.normal(size=(count, 6)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(st.integers(0, 10_000))
def test_ranks_are_those_of_sorting_by_hand(seed):
    rng = np.random.default_rng(seed)
    groups = [f"t{n}/obverse/o" for n in rng.integers(0, 5, 12)]
    right = [frozenset(rng.choice(groups, 2)), frozenset(), frozenset(rng.choice(groups, 1))]
    gallery = Gallery([f"{n}" for n in range(12)], groups, ["a", "b", "c"], right)
    catalogue, queries = unit(rng, 12), unit(rng, 3)
    found = retrieve(gallery, catalogue, queries)
    ranks, best = [], []
    for query, answers in zip(queries, right, strict=True):
        order = sorted(range(12), key=lambda at: -float(catalogue[at] @ query))
        best.append(float(catalogue[order[0]] @ query))
        ordered = list(dict.fromkeys(groups[at] for at in order))
        ranks += [1 + min(ordered.index(each) for each in answers)] if answers else []
    assert found.ranks == ranks
    assert found.known == pytest.approx([best[0], best[2]], abs=1e-6)
    assert found.unknown == pytest.approx([best[1]], abs=1e-6)


def test_the_best_other_type_decides_the_lead():
    gallery = Gallery(
        ["0", "1", "2"], ["a/obverse/1", "a/obverse/2", "b/obverse/1"], ["q"], [frozenset(["a/x"])]
    )
    catalogue = np.array([[1, 0], [0.96, 0.28], [0.6, 0.8]], dtype=np.float32)
    [each] = judged(gallery, catalogue, np.array([[1, 0]], dtype=np.float32))
    assert (each.best, each.second) == pytest.approx((1.0, 0.6))
    assert each.is_right


def drawn(rng, count, mean, *, is_known, right):
    best = np.clip(rng.normal(mean, 0.08, count), -1, 0.999)
    lead = rng.uniform(0, 0.4, count)
    return [
        Judged(float(b), float(b - gap), is_known, is_known and gap > right)
        for b, gap in zip(best, lead, strict=True)
    ]


def test_thresholds_balance_the_errors_and_keep_matches_right():
    rng = np.random.default_rng(4)
    queries = drawn(rng, 400, 0.85, is_known=True, right=0.05)
    queries += drawn(rng, 100, 0.55, is_known=False, right=1)
    limits = calibrate(queries)
    known = [each for each in queries if each.is_known]
    unknown = [each for each in queries if not each.is_known]
    rejected = np.mean([each.verdict(limits) is Verdict.UNKNOWN for each in known])
    accepted = np.mean([each.verdict(limits) is not Verdict.UNKNOWN for each in unknown])
    assert abs(rejected - accepted) < 0.02
    assert rejected < 0.1
    matches = [each for each in queries if each.verdict(limits) is Verdict.MATCH]
    assert len(matches) > 200
    assert sum(not each.is_right for each in matches) <= 0.01 * len(matches)


def test_where_nothing_is_sure_nothing_matches():
    rng = np.random.default_rng(5)
    queries = drawn(rng, 60, 0.8, is_known=True, right=2)
    queries += drawn(rng, 20, 0.5, is_known=False, right=2)
    limits = calibrate(queries)
    assert not any(each.verdict(limits) is Verdict.MATCH for each in queries)
