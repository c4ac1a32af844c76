"""The nearest groups of the catalogue, complete under a filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.domain.results import Hit
from coinvec.domain.vectors import FloatArray
from coinvec.query.planner import Access
from coinvec.vectors.filters import VectorFilter


class Vectors(Protocol):
    """What is searched: a `VectorStore`, or all vectors at hand (`ExactVectors`)."""

    def top_groups(
        self,
        collection: str,
        vectors: FloatArray,
        *,
        where: VectorFilter,
        k: int,
        group_by: GroupBy,
    ) -> list[list[Hit]]:
        """See `VectorStore.top_groups`."""
        ...

    def exact_groups(
        self,
        collection: str,
        vectors: FloatArray,
        *,
        where: VectorFilter,
        k: int,
        group_by: GroupBy,
    ) -> list[list[Hit]]:
        """See `VectorStore.exact_groups`."""
        ...


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the catalogue as a query sees it.

    Attributes:
        best: The group's nearest image.
        similarity: The group's similarity.
        sides: The nearest image of each side of its type; for one photo, of the side that it shows.
    """

    best: Hit
    similarity: float
    sides: Mapping[Side, Hit] = field(default_factory=dict)


class Retriever:
    """Finds nearest groups in one collection.

    Args:
        vectors: What is searched.
        collection: The generation's collection.
        access: How to look through it, as the plan says.
    """

    def __init__(self, vectors: Vectors, collection: str, access: Access = Access.INDEX) -> None:
        self._vectors = vectors
        self._collection = collection
        self._top_groups = vectors.exact_groups if access is Access.SCAN else vectors.top_groups

    def nearest(
        self,
        queries: FloatArray,
        where: VectorFilter,
        *,
        k: int,
        group_by: GroupBy,
        expected: int = 0,
    ) -> list[list[Hit]]:
        """The best image of each of the best k groups, for each query.

        An approximate index may come back short; such an answer is completed by an exact scan.

        Args:
            queries: n × dim float32, unit norm.
            where: The filter.
            k: How many groups.
            group_by: What a group is.
            expected: How many groups are known to match the filter; an answer with fewer than
                `min(k, expected)` is completed.

        Returns:
            For each query up to k hits, best first, ties by image id.
        """
        found = self._top_groups(self._collection, queries, where=where, k=k, group_by=group_by)
        short = [row for row, hits in enumerate(found) if len(hits) < min(k, expected)]
        if short:
            exact = self._vectors.exact_groups(
                self._collection, queries[short], where=where, k=k, group_by=group_by
            )
            for row, hits in zip(short, exact, strict=True):
                found[row] = hits
        return found

    def rankings(
        self, queries: FloatArray, where: VectorFilter, *, side: Side, depth: int
    ) -> list[list[Hit]]:
        """The best image of the best `depth` types that shows `side`, for each query."""
        return self._top_groups(
            self._collection,
            queries,
            where=replace(where, side=side),
            k=depth,
            group_by=GroupBy.TYPE,
        )

    def sides(
        self, queries: FloatArray, types: Sequence[str], where: VectorFilter
    ) -> list[dict[str, dict[Side, Hit]]]:
        """The nearest image of each side of the named types, for each query."""
        table: list[dict[str, dict[Side, Hit]]] = [{} for _ in queries]
        if not types:
            return table
        for side in Side:
            rows = self._top_groups(
                self._collection,
                queries,
                where=replace(where, type_keys=frozenset(types), side=side),
                k=len(types),
                group_by=GroupBy.TYPE,
            )
            for by_type, hits in zip(table, rows, strict=True):
                for hit in hits:
                    by_type.setdefault(hit.type_key, {})[side] = hit
        return table
