"""Retrieval under filters, for one photo and for two, against brute force in numpy."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.domain.results import Candidate, CoinInPicture, Query
from coinvec.pipeline.find import LEADERS, Finder, Probe
from coinvec.pipeline.retrieve import Retriever
from coinvec.pipeline.sides import with_sides
from tests.integration.filters.gallery import DIM, KEYS, TOLERANCE, unit
from tests.strategies import matches, predicates

EXAMPLES = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEWER = settings(EXAMPLES, max_examples=15)


directions = st.integers(0, 2**16).map(
    lambda seed: unit(np.random.default_rng(seed).normal(size=DIM))
)


@EXAMPLES
@given(where=st.none() | predicates(), vector=directions, k=st.integers(1, 15), data=st.data())
def test_one_photo_equals_brute_force(gallery, where, vector, k, data):
    group_by = data.draw(st.sampled_from(GroupBy))
    plan, finding = gallery.find(Query(where, k, group_by), vector)
    kept = [record for record in gallery.records if matches(where, record)]
    expected = gallery.best(vector, kept, group_by)
    assert plan.total_matching == len(expected)
    assert [group.best.image_id for group in finding.groups] == [image for _, image in expected[:k]]
    assert [group.similarity for group in finding.groups] == pytest.approx(
        [-similarity for similarity, _ in expected[:k]], abs=TOLERANCE
    )
    types = gallery.best(vector, kept, GroupBy.TYPE)
    assert [leader.similarity for leader in finding.leaders] == pytest.approx(
        [-similarity for similarity, _ in types[:LEADERS]], abs=TOLERANCE
    )


@FEWER
@given(where=st.none() | predicates(), vector=directions)
def test_the_sides_of_a_hit_are_the_best_of_each_side_of_its_type(gallery, where, vector):
    _, finding = gallery.find(Query(where, 3), vector)
    records = {record.image.id: record for record in gallery.records}
    kept = [record for record in gallery.records if matches(where, record)]
    hits = [
        Candidate(group.similarity, record.coin, record.design, record.image)
        for group in finding.groups
        for record in [records[group.best.image_id]]
    ]
    for hit in with_sides(hits, vector, gallery.of_types({hit.type for hit in hits}, where)):
        for side in Side:
            own = [
                record
                for record in kept
                if record.coin.key == hit.type and record.design.side is side
            ]
            assert (side in hit.sides) == bool(own)
            if own:
                [(similarity, image)] = gallery.best(vector, own, GroupBy.TYPE)
                assert hit.sides[side].image_id == image
                assert hit.sides[side].similarity == pytest.approx(-similarity, abs=TOLERANCE)
        assert hit.sides[hit.side].similarity == hit.similarity


@FEWER
@given(where=st.none() | predicates(), a=directions, b=directions, k=st.integers(1, 15))
def test_two_photos_equal_brute_force_over_all_assignments(gallery, where, a, b, k):
    plan, finding = gallery.find(Query(where, k), a, b)
    kept = [record for record in gallery.records if matches(where, record)]
    assert plan.total_matching == len({record.coin.key for record in kept})
    scores = {}
    for shown in [(s, t) for s in Side for t in Side]:
        for key in {record.coin.key for record in kept}:
            sides = [
                [
                    gallery.similarity(record, vector)
                    for record in kept
                    if record.coin.key == key and record.design.side is side
                ]
                for vector, side in zip((a, b), shown, strict=True)
            ]
            known = [max(each) for each in sides if each]
            if known:
                scores.setdefault(shown, []).append(sum(known) / len(known))
    if not scores:
        assert not finding.groups
        return
    opposite = max(max(v) for (s, t), v in scores.items() if s is not t)
    same = max((max(v) for (s, t), v in scores.items() if s is t), default=-2)
    if abs(same - opposite) < 1e-4:
        return  # either reading of the photos is right
    if same > opposite:
        assert any("Both photos" in warning for warning in finding.warnings)
        best = max(gallery.similarity(record, vector) for record in kept for vector in (a, b))
        assert finding.groups[0].similarity == pytest.approx(best, abs=TOLERANCE)
    else:
        expected = max(
            (sorted(v, reverse=True)[:k] for (s, t), v in scores.items() if s is not t), key=max
        )
        found = [group.similarity for group in finding.groups]
        assert found == pytest.approx(expected, abs=TOLERANCE)


@FEWER
@given(a=directions, b=directions, group_by=st.sampled_from([GroupBy.DESIGN, GroupBy.IMAGE]))
def test_two_photos_grouped_finely_are_ranked_by_the_photo_of_their_side(gallery, a, b, group_by):
    _, finding = gallery.find(Query(None, 4, group_by), a, b)
    similarities = [group.similarity for group in finding.groups]
    assert len({KEYS[group_by](record) for record in gallery.records}) > 4 == len(similarities)
    assert similarities == sorted(similarities, reverse=True)


def test_a_batch_gives_each_its_own_answer(gallery):
    rng = np.random.default_rng(1)
    vectors = unit(rng.normal(size=(5, DIM)))
    plan = gallery.plan(Query(k=4))
    finder = Finder(Retriever(gallery.store, gallery.live.collection), plan)
    photo = (CoinInPicture("p", None),)
    together = finder.find([Probe(photo, vector[None]) for vector in vectors])
    for vector, finding in zip(vectors, together, strict=True):
        (alone,) = finder.find([Probe(photo, vector[None])])
        assert alone == finding
