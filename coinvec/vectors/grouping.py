"""The best k groups, exactly, from a store that only ranks rows.

Milvus's own grouping search is ignored by older servers and approximate everywhere, so rows are
asked for and grouped here. A row is *decided* once nothing left out can come before it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.choices import GroupBy
from coinvec.domain.results import Hit
from coinvec.domain.vectors import FloatArray
from coinvec.vectors.filters import excluding
from coinvec.vectors.schema import EMBEDDING, ID, hit_of

MAX_LIMIT = 16_384
"""Rows a Milvus server returns at most for one query."""

ENGINE_NOISE = 4e-6
"""By how much an engine's similarity may differ from the one computed here. Engines sum in float32
and in an order of their own, so that even equal vectors differ in the last bits."""

_GROWTH = 4


class Grouped(Protocol):
    """What belongs to a group of each kind: a hit, or a candidate."""

    def group(self, group_by: GroupBy) -> str:
        """The key of its group."""
        ...


G = TypeVar("G", bound=Grouped)


@dataclass(frozen=True, slots=True)
class Found:
    """What one request returned for one query.

    Attributes:
        hits: In order (`Hit.order`).
        ceiling: No row that was left out is more similar; -inf where none was left out.
    """

    hits: Sequence[Hit]
    ceiling: float

    @property
    def is_all(self) -> bool:
        """Whether every matching row is there."""
        return self.ceiling == -np.inf

    def decided(self) -> Iterator[Hit]:
        """The hits before which nothing left out can come."""
        return (hit for hit in self.hits if hit.similarity > self.ceiling)


Fetch = Callable[[FloatArray, str, int], list[Found]]
"""Finds the nearest rows: queries (n × dim), a further expression, a limit."""
Scan = Callable[[FloatArray, str, int], list[list[Hit]]]
"""Finds the best groups by looking at every row: queries, a further expression, how many."""


def similarities(queries: FloatArray, rows: FloatArray) -> NDArray[np.float32]:
    """Cosine similarities, queries n × dim and rows m × dim to n × m, in [-1, 1].

    Summed in double precision and then rounded, so that equal rows are equally similar.
    """
    wide, rows_wide = _normalised(queries), _normalised(rows)
    return np.clip(wide @ rows_wide.T, -1.0, 1.0).astype(np.float32)


def _normalised(vectors: FloatArray) -> NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    unit: NDArray[np.float64] = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    return unit


def first_of_groups(hits: Iterable[G], group_by: GroupBy, k: int) -> list[G]:
    """The first hit of each of the first k groups, of hits in order."""
    best: dict[str, G] = {}
    for hit in hits:
        best.setdefault(hit.group(group_by), hit)
        if len(best) == k:
            break
    return list(best.values())


def merge(parts: Iterable[Sequence[Hit]], group_by: GroupBy, k: int) -> list[Hit]:
    """The best k groups of several disjoint sets of rows, from the best k of each."""
    hits = sorted(chain.from_iterable(parts), key=lambda hit: hit.order)
    return first_of_groups(hits, group_by, k)


@dataclass(frozen=True, slots=True)
class GroupSearch:
    """Finds the best k groups by asking for rows until they are decided.

    Attributes:
        fetch: Finds the nearest rows.
        scan: Looks at every row; asked only where more rows tie than can be fetched.
        group_by: What a group is.
        k: How many are wanted.
    """

    fetch: Fetch
    scan: Scan
    group_by: GroupBy
    k: int

    def run(self, queries: FloatArray) -> list[list[Hit]]:
        """The best hit of each of the best k groups, for each query (n × dim), in order.

        All queries share the first request; those left undecided go on alone.
        """
        limit = self._first_limit()
        first = self.fetch(queries, "", limit)
        return [
            self._complete(query[np.newaxis], found, limit)
            for query, found in zip(queries, first, strict=True)
        ]

    def _first_limit(self) -> int:
        """Rows to begin with: an image is its own group, others usually have some images."""
        per_group = 1 if self.group_by is GroupBy.IMAGE else 3
        return min(per_group * self.k + 16, MAX_LIMIT)

    def _complete(self, query: FloatArray, found: Found, limit: int) -> list[Hit]:
        accepted = first_of_groups(found.decided(), self.group_by, self.k)
        while (missing := self.k - len(accepted)) and not found.is_all:
            others = excluding(self.group_by, [hit.group(self.group_by) for hit in accepted])
            before = limit, len(accepted)
            limit = min(limit * _GROWTH, MAX_LIMIT)
            [found] = self.fetch(query, others, limit)
            accepted += first_of_groups(found.decided(), self.group_by, missing)
            if (limit, len(accepted)) == before:
                others = excluding(self.group_by, [hit.group(self.group_by) for hit in accepted])
                [rest] = self.scan(query, others, missing)
                return accepted + rest
        return accepted


def best_of_page(
    queries: FloatArray, rows: Sequence[Mapping[str, Any]], group_by: GroupBy, k: int
) -> list[list[Hit]]:
    """The best k groups among given rows, for each query, by computing every similarity.

    Args:
        queries: n × dim.
        rows: `HIT_FIELDS` of some rows.
        group_by: What a group is.
        k: How many groups.
    """
    ordered = sorted(rows, key=lambda row: str(row[ID]))
    scores = similarities(queries, np.asarray([row[EMBEDDING] for row in ordered], np.float32))
    ranked = np.argsort(-scores, axis=1, kind="stable")  # stable: ties stay in order of id
    return [
        first_of_groups((hit_of(ordered[at], row[at]) for at in ranking), group_by, k)
        for row, ranking in zip(scores, ranked, strict=True)
    ]
