"""Statements with photos, on four pairs of engines, against brute force in numpy and Python."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.query import planner
from coinvec.query.planner import Access
from coinvec.query.render import render_filter
from coinvec.services import sql
from tests.integration.filters.conftest import LITE, SQLITE
from tests.integration.filters.gallery import DIM, TOLERANCE, Gallery, unit
from tests.integration.sql.conftest import Asked
from tests.integration.sql.statements import conditions, row_of
from tests.strategies import matches, predicates

EXAMPLES = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEW = settings(EXAMPLES, max_examples=3)
directions = st.integers(0, 2**16).map(
    lambda seed: unit(np.random.default_rng(seed).normal(size=DIM))
)
filters = st.none() | predicates(max_leaves=4)
IDS = "type, side, design, similarity"


def ranked(gallery, vector, where, of_side=None):
    """Similarity and design of each design with a matching image, as OFFSET counts them."""
    kept = [
        record
        for record in gallery.records
        if matches(where, record) and of_side in (None, record.design.side)
    ]
    records = {record.image.id: record for record in kept}
    return [
        (-negative, records[image].design)
        for negative, image in gallery.best(vector, kept, GroupBy.DESIGN)
    ]


def same(rows, expected):
    """Assert that rows of `IDS` are these designs, in this order, as similar as that."""
    assert [row[:3] for row in rows] == [
        (design.type_key, design.side.value, design.key) for _, design in expected
    ]
    assert [row[3] for row in rows] == pytest.approx(
        [score for score, _ in expected], abs=TOLERANCE
    )


def where_clause(where, *others):
    parts = [*([] if where is None else [f"({render_filter(where)})"]), *others]
    return f"WHERE {' AND '.join(parts)} " if parts else ""


@EXAMPLES
@given(where=filters, photo=directions, limit=st.integers(0, 12), offset=st.integers(0, 9))
def test_a_ranking_equals_brute_force(asked, where, photo, limit, offset):
    result = asked.ask(
        f"SELECT {IDS} FROM coins {where_clause(where)}"
        f"ORDER BY similarity(:p) DESC LIMIT {limit} OFFSET {offset}",
        {"p": photo},
    )
    expected = ranked(asked.gallery, photo, where)
    assert result.total_matching == len(expected)
    same(result.rows, expected[offset : offset + limit])


@EXAMPLES
@given(
    where=filters,
    photo=directions,
    least=st.floats(-1.1, 1.1).map(lambda number: round(number, 3)),
    limit=st.none() | st.integers(0, 12),
    written=st.sampled_from(["similarity(:p) >= {}", "{} < similarity", "similarity > {}"]),
)
def test_a_threshold_counts_exactly(asked, where, photo, least, limit, written):
    everything = ranked(asked.gallery, photo, where)
    assume(all(abs(score - least) > 1e-4 for score, _ in everything))
    expected = [each for each in everything if each[0] > least]
    threshold = written.format(least)
    paged = "" if limit is None else f" LIMIT {limit}"
    result = asked.ask(
        f"SELECT {IDS} FROM coins {where_clause(where, threshold)}"
        f"ORDER BY similarity(:p) DESC{paged}",
        {"p": photo},
    )
    assert result.total_matching == len(expected)
    same(result.rows, expected[:limit])


@EXAMPLES
@given(where=filters, condition=conditions, photo=directions)
def test_any_order_and_any_condition_may_be_asked_for(asked, where, condition, photo):
    result = asked.ask(
        f"SELECT {IDS} FROM coins {where_clause(where, f'({condition.sql})')}"
        "ORDER BY design, similarity(:p) DESC, type, side",
        {"p": photo},
    )
    rows = {record.design.id: row_of(record) for record in asked.gallery.records}
    expected = [
        (score, design)
        for score, design in ranked(asked.gallery, photo, where)
        if condition.of(rows[design.id]) is True
    ]
    expected.sort(key=lambda each: (each[1].key, -each[0], each[1].type_key, each[1].side.value))
    same(result.rows, expected)


@EXAMPLES
@given(where=filters, photo=directions)
def test_similarities_are_put_together(asked, where, photo):
    result = asked.ask(
        "SELECT side, count(*), max(similarity), avg(similarity(:p)) FROM coins "
        f"{where_clause(where)}GROUP BY side ORDER BY side",
        {"p": photo},
    )
    groups = {}
    for score, design in ranked(asked.gallery, photo, where):
        groups.setdefault(design.side.value, []).append(score)
    assert [row[:2] for row in result.rows] == [
        (side, len(scores)) for side, scores in sorted(groups.items())
    ]
    for row, (_, scores) in zip(result.rows, sorted(groups.items()), strict=True):
        assert row[2:] == pytest.approx((max(scores), sum(scores) / len(scores)), abs=TOLERANCE)


def test_two_photos_rank_each_side_by_its_own_photo(asked):
    obverse, reverse = asked.gallery.axes[0], asked.gallery.axes[1]
    result = asked.ask(
        f"SELECT {IDS} FROM coins ORDER BY similarity(:a, :b) DESC LIMIT 9",
        {"a": obverse, "b": reverse},
    )
    readings = [
        sorted(
            ranked(asked.gallery, obverse, None, first)
            + ranked(asked.gallery, reverse, None, other),
            key=lambda each: -each[0],
        )
        for first, other in ((Side.OBVERSE, Side.REVERSE), (Side.REVERSE, Side.OBVERSE))
    ]
    found = [row[3] for row in result.rows]
    assert any(
        found == pytest.approx([score for score, _ in reading[:9]], abs=TOLERANCE)
        for reading in readings
    )
    whole = asked.ask(
        f"SELECT {IDS} FROM coins ORDER BY similarity(:a, :b) DESC", {"a": obverse, "b": reverse}
    )
    assert whole.rows[:9] == result.rows


@FEW
@given(photo=directions, size=st.integers(20, 60))
def test_pages_neither_repeat_nor_skip(asked, photo, size):
    text = f"SELECT {IDS} FROM coins ORDER BY similarity(:p) DESC"
    whole = asked.ask(text, {"p": photo}).rows
    pages = [
        row
        for at in range(0, len(whole) + size, size)
        for row in asked.ask(f"{text} LIMIT {size} OFFSET {at}", {"p": photo}).rows
    ]
    assert pages == list(whole)
    assert len({row[:3] for row in whole}) == len(whole)


@pytest.fixture(scope="module")
def approximate(empty_stores):
    gallery = Gallery(*empty_stores(LITE, SQLITE), index="HNSW(M=2,efConstruction=8,ef=1)")
    yield Asked(gallery)
    gallery.close()


@pytest.fixture
def explained(monkeypatch):
    """The plans under which statements were answered."""
    plans = []
    monkeypatch.setattr(
        sql,
        "explain_photos",
        lambda _seen, plan, *_rest, **_more: plans.append(plan) or sql.PlanNode(""),
    )
    return plans


def test_an_approximate_index_is_not_asked_to_count(approximate, explained, monkeypatch):
    monkeypatch.setattr(planner, "SCAN_LIMIT", -1)
    photo = approximate.gallery.axes[0]
    ending = "ORDER BY similarity(:p) DESC LIMIT 3"
    text = f"EXPLAIN SELECT {IDS} FROM coins WHERE similarity > 0.1 {ending}"
    result = approximate.ask(text, {"p": photo})
    expected = [each for each in ranked(approximate.gallery, photo, None) if each[0] > 0.1]
    assert result.total_matching == len(expected)
    approximate.ask(f"EXPLAIN SELECT {IDS} FROM coins {ending}", {"p": photo})
    assert [plan.access for plan in explained] == [Access.SQL, Access.INDEX]


def test_a_threshold_is_met_by_looking_further(asked, explained, monkeypatch):
    monkeypatch.setattr(sql, "_FIRST_RANKED", 4)
    photo = asked.gallery.axes[0]
    text = (
        f"EXPLAIN SELECT {IDS} FROM coins WHERE similarity > -0.5 "
        "ORDER BY similarity(:p) DESC LIMIT 3"
    )
    result = asked.ask(text, {"p": photo})
    expected = [each for each in ranked(asked.gallery, photo, None) if each[0] > -0.5]
    assert len(expected) > 32
    assert result.total_matching == len(expected)
    assert explained[0].access is Access.INDEX
