"""Rankers order the first candidates, and nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import CoinImage
from coinvec.domain.results import Candidate
from coinvec.errors import InvalidValueError, PluginError
from coinvec.pipeline.rank import RankStep, SimilarityRanker
from coinvec.plugin.protocols import RankingRequest
from coinvec.plugin.specs import RankerSpec

REQUEST = RankingRequest((), lambda _: None)


def candidate(name, similarity, image="front"):
    design = Design(name, Side.OBVERSE, "o1")
    image = CoinImage(
        hashlib.sha256(f"{name} {image}".encode()).hexdigest(), design, "a.png", "PNG", 9, 9
    )
    return Candidate(similarity, CoinType(name, "Utopia", "1 penny"), design, image)


class Backwards:
    def rank(self, request, candidates):
        return candidates[::-1]


class Forgetful:
    def rank(self, request, candidates):
        return candidates[1:]


class Duplicating:
    def rank(self, request, candidates):
        return [candidates[0] for _ in candidates]


class Sure:
    """Says of each candidate what it was told to."""

    def __init__(self, *scores):
        self.given = scores

    def rank(self, request, candidates):
        return candidates

    def scores(self, request, candidates):
        return self.given


@pytest.mark.parametrize(
    ("ranker", "scores"),
    [
        (Sure(0.9, -0.2), [0.9, -0.2]),
        (Sure(0.9, None), [0.9, None]),
        (Backwards(), None),
    ],
)
def test_scores_are_those_of_each_candidate(ranker, scores):
    given_ = [candidate("a", 0.5), candidate("b", 0.4)]
    assert RankStep(ranker).scores(REQUEST, given_) == scores


@pytest.mark.parametrize(
    "scores", [(0.9,), (1.1, 0.2), (float("nan"), 0.1), ("much", "little"), None]
)
def test_scores_that_cannot_be_judged_by_are_refused(scores):
    ranker = Sure()
    ranker.given = scores
    with pytest.raises(PluginError, match="anker"):
        RankStep(ranker).scores(REQUEST, [candidate("a", 0.5), candidate("b", 0.4)])


@given(st.integers(0, 8), st.none() | st.integers(1, 10))
def test_only_the_first_candidates_are_ordered(count, depth):
    given_ = [candidate(f"t{place}", 0.5) for place in range(count)]
    ranked = RankStep(Backwards(), depth).apply(REQUEST, given_)
    head = count if depth is None else min(depth, count)
    places = [*reversed(range(head)), *range(head, count)]
    assert [each.type for each in ranked] == [f"t{place}" for place in places]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 6))
def test_what_comes_first_does_not_depend_on_how_much_is_asked_for(few, many, depth):
    step = RankStep(Backwards(), depth)
    catalogue = [candidate(f"t{place}", 0.5) for place in range(12)]
    short, long = (step.apply(REQUEST, catalogue[: step.widened(k)])[:k] for k in (few, many))
    assert short[: min(few, many)] == long[: min(few, many)]


@pytest.mark.parametrize("ranker", [Forgetful(), Duplicating()])
def test_anything_but_a_permutation_is_refused(ranker):
    with pytest.raises(PluginError, match="permutation"):
        RankStep(ranker).apply(REQUEST, [candidate("a", 0.5), candidate("b", 0.4)])


def test_similarity_falls_and_equals_go_by_image_id():
    given_ = [candidate("a", 0.2), candidate("b", 0.9), candidate("c", 0.9)]
    ranked = RankStep(SimilarityRanker()).apply(REQUEST, given_)
    assert [each.similarity for each in ranked] == [0.9, 0.9, 0.2]
    assert ranked[0].image.id < ranked[1].image.id


@pytest.mark.parametrize("deeper", [5, 4, 10_001])
def test_a_deeper_look_goes_deeper(deeper):
    with pytest.raises(InvalidValueError, match="deeper"):
        RankerSpec(name="a", target="a:B", revision="1", depth=5, deeper=deeper)


def test_what_orders_all_candidates_can_look_no_deeper():
    with pytest.raises(InvalidValueError, match="deeper"):
        RankerSpec(name="a", target="a:B", revision="1", deeper=7)


def test_a_second_look_is_by_the_same_ranker_and_the_last():
    first = RankStep(Backwards(), 2, "backwards", deeper=4)
    assert first.second == RankStep(first.ranker, 4, "backwards")
    assert first.second.second is None


@pytest.mark.parametrize("depth", [0, -1, 10_001])
def test_a_declared_depth_is_a_number_of_candidates(depth):
    with pytest.raises(InvalidValueError, match="depth"):
        RankerSpec(name="a", target="a:B", revision="1", depth=depth)


class Unprepared(Backwards):
    def prepare(self, crops, cache):
        raise RuntimeError("no room")


def test_what_a_ranker_raises_as_it_prepares_is_told(tmp_path):
    assert RankStep(Unprepared()).prepares
    with pytest.raises(PluginError, match="RuntimeError: no room"):
        RankStep(Unprepared()).prepare({}, tmp_path)
    assert not RankStep(Backwards()).prepares
    RankStep(Backwards()).prepare({}, tmp_path)
