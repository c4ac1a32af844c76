"""Hit rates without a queries file: each image is searched against the rest of the catalogue."""

from collections.abc import Mapping, Sequence

import numpy as np

from coinvec.domain.choices import GroupBy
from coinvec.domain.records import StoredGeneration
from coinvec.domain.results import Hit
from coinvec.domain.vectors import FloatArray
from coinvec.services.home import Home
from coinvec.services.progress import Progress
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.grouping import similarities

LIMIT = 2_000
"""Queries at most. Image ids are hashes, so the first by id are a random sample."""

_BATCH = 64


class LeaveOneOut:
    """Ranks designs for images that stand for photographs of themselves.

    The right answer is the image's own design, as the best of its other images shows it. Vectors
    are those of the stores: no model is needed, and no picture is read.

    Args:
        home: The opened home.
        depth: Ranks beyond it are not told apart.
    """

    def __init__(self, home: Home, depth: int) -> None:
        self._home = home
        self._depth = depth
        self.queries: Mapping[str, Sequence[str]] = home.catalogue.siblings(LIMIT)
        """The other images of its design, by id of the image that is searched for."""

    def ranks(self, generation: StoredGeneration, progress: Progress) -> list[int | None]:
        """Rank of the right design for each query, from 1; None beyond the depth.

        An image without a vector, or whose siblings have none, is a miss.

        Args:
            generation: The generation to search.
            progress: Called with queries done and queries in all.
        """
        ranks: list[int | None] = []
        ids = list(self.queries)
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            found = self._ranks_of(batch, generation.collection)
            ranks += [found.get(each) for each in batch]
            progress(len(ranks), len(ids))
        return ranks

    def _ranks_of(self, batch: Sequence[str], collection: str) -> dict[str, int | None]:
        wanted = {each for query in batch for each in (query, *self.queries[query])}
        vectors = self._home.vectors.vectors(collection, wanted)
        siblings = {
            query: {each: vectors[each] for each in self.queries[query] if each in vectors}
            for query in batch
            if query in vectors
        }
        siblings = {query: rest for query, rest in siblings.items() if rest}
        if not siblings:
            return {}
        hits = self._home.vectors.top_groups(
            collection,
            np.stack([vectors[query] for query in siblings]),
            where=VectorFilter(),
            k=self._depth + 1,  # one of them is the query's own design, led by the query itself
            group_by=GroupBy.DESIGN,
        )
        images = self._home.catalogue.images([*siblings])
        return {
            query: self._rank(best, images[query].design.id, _first(vectors[query], rest))
            for (query, rest), best in zip(siblings.items(), hits, strict=True)
            if query in images
        }

    def _rank(self, hits: Sequence[Hit], own: str, first: tuple[float, str]) -> int | None:
        others = (hit for hit in hits if hit.group(GroupBy.DESIGN) != own)
        rank = 1 + sum(hit.order < first for hit in others)
        return rank if rank <= self._depth else None


def _first(vector: FloatArray, others: Mapping[str, FloatArray]) -> tuple[float, str]:
    """The place, as `Hit.order`, of the first of some images in the ranking for a vector."""
    found = similarities(vector[np.newaxis], np.stack([*others.values()]))[0]
    return min((-float(each), image_id) for image_id, each in zip(others, found, strict=True))
