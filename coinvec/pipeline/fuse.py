"""Two photos of one coin: which shows which side, and how alike each type is on both.

The photos are assigned to the sides so that the best type's sum of similarities is largest. A
type's similarity is the mean over the sides of it that the (filtered) catalogue has. The best
types under that sum are found exactly by Fagin's threshold algorithm: read each photo's ranking
for each side to some depth, look the missing similarities up, and go deeper until no type that
was not seen yet could still be among the best k. (R. Fagin, A. Lotem, M. Naor: Optimal
aggregation algorithms for middleware, 2003.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coinvec.domain.coins import Side
from coinvec.domain.results import Hit
from coinvec.domain.vectors import FloatArray
from coinvec.pipeline.retrieve import Group, Retriever
from coinvec.vectors.filters import VectorFilter

FIRST_DEPTH = 100
DEEPER = 4

Sides = Mapping[Side, Hit]
Assignment = tuple[Side, Side]
"""The side each of the two photos shows."""

OPPOSITE = tuple((side, side.other) for side in Side)
SAME = tuple((side, side) for side in Side)


@dataclass(frozen=True, slots=True)
class Fusion:
    """The best types for two photos.

    Attributes:
        shown: The side each photo shows.
        groups: The best types, best first; empty where the photos show one side.
    """

    shown: Assignment
    groups: Sequence[Group]

    @property
    def is_one_side(self) -> bool:
        """Whether both photos show the same side, so that there is nothing to join."""
        return self.shown[0] is self.shown[1]


def fuse(retriever: Retriever, photos: FloatArray, where: VectorFilter, k: int) -> Fusion:
    """Find the best k types for two photos of one coin.

    Args:
        retriever: Where to look.
        photos: 2 × dim float32, unit norm.
        where: The filter.
        k: How many types.
    """
    depth = max(FIRST_DEPTH, DEEPER * k)
    while True:
        table, frontier = _read(retriever, photos, where, depth)
        shown = max((*OPPOSITE, *SAME), key=lambda sides: _best_score(table, sides))
        groups = _ranked(table, shown)
        if not frontier or (len(groups) >= k and groups[k - 1].similarity >= max(frontier)):
            return Fusion(shown, groups[:k])
        depth *= DEEPER


def _read(
    retriever: Retriever, photos: FloatArray, where: VectorFilter, depth: int
) -> tuple[dict[str, tuple[Sides, Sides]], list[float]]:
    """Every similarity of the types among the best `depth` of any photo for any side.

    Returns:
        The nearest image per type, photo and side; and, for each ranking that goes on beyond the
        depth, the similarity no unseen type exceeds.
    """
    frontier, types = [], set[str]()
    for side in Side:
        rankings = retriever.rankings(photos, where, side=side, depth=depth)
        types.update(hit.type_key for hits in rankings for hit in hits)
        frontier += [hits[-1].similarity for hits in rankings if len(hits) == depth]
    first, second = retriever.sides(photos, sorted(types), where)
    return {key: (first.get(key, {}), second.get(key, {})) for key in types}, frontier


def _matched(sides: tuple[Sides, Sides], shown: Assignment) -> list[Hit]:
    """The hits of a type that count under an assignment; one where it has one side only."""
    hits = (of_photo.get(side) for of_photo, side in zip(sides, shown, strict=True))
    return [hit for hit in hits if hit is not None]


def _score(hits: Sequence[Hit]) -> float:
    return sum(hit.similarity for hit in hits) / len(hits) if hits else -2.0


def _best_score(table: Mapping[str, tuple[Sides, Sides]], shown: Assignment) -> float:
    return max((_score(_matched(sides, shown)) for sides in table.values()), default=-2.0)


def _ranked(table: Mapping[str, tuple[Sides, Sides]], shown: Assignment) -> list[Group]:
    groups = []
    for sides in table.values():
        if hits := _matched(sides, shown):
            best = min(hits, key=lambda hit: hit.order)
            groups.append(Group(best, _score(hits), {hit.side: hit for hit in hits}))
    return sorted(groups, key=lambda group: (-group.similarity, group.best.image_id))
