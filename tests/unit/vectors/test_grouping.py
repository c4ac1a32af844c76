"""Grouping over a store made of a list, which orders rows a little wrongly, as engines do."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.domain.results import Hit
from coinvec.vectors import grouping
from coinvec.vectors.grouping import ENGINE_NOISE, Found, GroupSearch, merge, similarities


def best_groups(hits, group_by, k):
    """By definition: the best hit of each group, and of those the first k."""
    groups = {}
    for hit in hits:
        groups.setdefault(hit.group(group_by), []).append(hit)
    return sorted((min(group, key=order) for group in groups.values()), key=order)[:k]


def order(hit):
    return -hit.similarity, hit.image_id


@st.composite
def row_sets(draw):
    # Few similarities, so that many rows tie, and groups of very different sizes.
    count = draw(st.integers(0, 40))
    return [
        Hit(
            image_id=f"{number:03}",
            similarity=draw(st.sampled_from([-0.5, 0.25, 0.5, 0.5 + 1e-7, 0.75])),
            type_key=draw(st.sampled_from(["big", "big", "big", "a", "b", "c", "d"])),
            side=draw(st.sampled_from(list(Side))),
            design_key="1",
        )
        for number in draw(st.permutations(range(count)))
    ]


class ListStore:
    def __init__(self, hits, seed):
        noise = np.random.default_rng(seed).uniform(-0.4, 0.4, len(hits)) * ENGINE_NOISE
        self.rows = sorted(
            zip(hits, noise, strict=True), key=lambda row: -(row[0].similarity + row[1])
        )
        self.fetched = []
        self.scanned = 0

    def _left(self, clause, group_by):
        excluded = set(re.findall(r'"([^"]*)"', clause))
        return [row for row in self.rows if row[0].group(group_by) not in excluded]

    def search(self, group_by, k):
        def fetch(queries, clause, limit):
            self.fetched.append(limit)
            left = self._left(clause, group_by)
            rows = left[:limit]
            hits = sorted((hit for hit, _ in rows), key=order)
            short = len(rows) < limit
            ceiling = -np.inf if short else sum((rows[-1][0].similarity, rows[-1][1]))
            return [Found(hits, ceiling + ENGINE_NOISE)]

        def scan(queries, clause, missing):
            self.scanned += 1
            left = [hit for hit, _ in self._left(clause, group_by)]
            return [best_groups(left, group_by, missing)]

        [found] = GroupSearch(fetch, scan, group_by, k).run(np.ones((1, 2), np.float32))
        return found


@given(
    hits=row_sets(),
    group_by=st.sampled_from(list(GroupBy)),
    k=st.integers(1, 8),
    most=st.sampled_from([2, 5, 16_384]),
    seed=st.integers(0, 9),
)
@settings(max_examples=60)
def test_equals_the_definition(hits, group_by, k, most, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "MAX_LIMIT", most)
        assert ListStore(hits, seed).search(group_by, k) == best_groups(hits, group_by, k)


def test_one_request_is_enough_where_nothing_ties():
    hits = [Hit(f"{n:04}", 1 - n / 1000, f"t{n // 3}", Side.OBVERSE, "1") for n in range(900)]
    store = ListStore(hits, seed=1)
    assert len(store.search(GroupBy.TYPE, 10)) == 10
    assert len(store.fetched) == 1
    assert store.scanned == 0


def test_ties_beyond_what_can_be_fetched_are_decided_by_looking_at_every_row(monkeypatch):
    monkeypatch.setattr(grouping, "MAX_LIMIT", 16)
    hits = [Hit(f"{99 - n:03}", 0.5, f"t{n}", Side.OBVERSE, "1") for n in range(100)]
    store = ListStore(hits, seed=1)
    assert [hit.image_id for hit in store.search(GroupBy.TYPE, 3)] == ["000", "001", "002"]
    assert store.scanned == 1


@given(st.lists(row_sets(), max_size=3), st.sampled_from(list(GroupBy)), st.integers(1, 5))
@settings(max_examples=25)
def test_merging_the_best_of_parts(parts, group_by, k):
    # Ids repeat between parts, which no store does; tell them apart.
    parts = [
        [Hit(f"{n}{h.image_id}", h.similarity, h.type_key, h.side, h.design_key) for h in part]
        for n, part in enumerate(parts)
    ]
    merged = merge([best_groups(part, group_by, k) for part in parts], group_by, k)
    assert merged == best_groups([hit for part in parts for hit in part], group_by, k)


def test_equal_rows_are_equally_similar():
    random = np.random.default_rng(3)
    queries = random.normal(size=(7, 65)).astype(np.float32)
    row = random.normal(size=65).astype(np.float32)
    scores = similarities(queries, np.stack([row] * 1_001))
    assert (scores == scores[:, :1]).all()
    for query, score in zip(queries, scores[:, 0], strict=True):
        exact = sum(a * b for a, b in zip(map(float, query), map(float, row), strict=True))
        exact /= np.linalg.norm(query.astype(float)) * np.linalg.norm(row.astype(float))
        assert score == pytest.approx(exact, abs=1e-7)
