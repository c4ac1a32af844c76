"""Exact search over the vectors that SQL keeps: what any answer of Milvus can be held against."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from coinvec.catalogue.designs import Gallery
from coinvec.domain.choices import GroupBy
from coinvec.domain.results import Hit
from coinvec.domain.vectors import FloatArray
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.grouping import first_of_groups, similarities


class ExactVectors:
    """Compares every vector; stands in for the vector store in a `Retriever`.

    Args:
        gallery: The vectors of all images that match the filter.
    """

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        keys = dict.fromkeys(key for key, _, _ in gallery.designs)
        self._numbers = {key: number for number, key in enumerate(keys)}
        self._types = np.array([self._numbers[key] for key, _, _ in gallery.designs], dtype=np.intp)
        self._sides = np.array([side for _, side, _ in gallery.designs], dtype=object)

    def top_groups(
        self,
        collection: str,
        vectors: FloatArray,
        *,
        where: VectorFilter,
        k: int,
        group_by: GroupBy,
    ) -> list[list[Hit]]:
        """As `VectorStore.top_groups`; of `where`, only side and types are looked at."""
        del collection
        seen = self._seen(where)
        if not len(seen):
            return [[] for _ in vectors]
        scores = similarities(vectors, self._gallery.vectors[seen])
        rankings = np.argsort(-scores, axis=1, kind="stable")  # stable: ties stay in order of id
        return [
            first_of_groups(self._hits(seen[ranking], row[ranking]), group_by, k)
            for row, ranking in zip(scores, rankings, strict=True)
        ]

    exact_groups = top_groups

    def _seen(self, where: VectorFilter) -> NDArray[np.intp]:
        keep = np.ones(len(self._types), dtype=bool)
        if where.side is not None:
            keep &= self._sides == where.side
        if where.type_keys is not None:
            wanted = [self._numbers[key] for key in where.type_keys if key in self._numbers]
            keep &= np.isin(self._types, wanted)
        return np.flatnonzero(keep)

    def _hits(self, places: NDArray[np.intp], scores: NDArray[np.float32]) -> Iterator[Hit]:
        for place, score in zip(places, scores, strict=True):
            type_key, side, design = self._gallery.designs[place]
            yield Hit(self._gallery.image_ids[place], float(score), type_key, side, design)
