"""The embedding space of a home in two dimensions, for people to look at.

The projection is t-SNE (L. van der Maaten and G. Hinton, "Visualizing Data using t-SNE", Journal
of Machine Learning Research 9, 2008), which keeps neighbours together and says nothing of the
distance between groups. It starts from the principal components and a fixed seed, so that the same
vectors give the same map on one machine.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coinvec.domain.predicates import Predicate
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import FloatArray, Generation
from coinvec.errors import InputError, UnavailableError
from coinvec.services.home import Home

if TYPE_CHECKING:
    from sklearn.manifold import TSNE  # type: ignore[import-untyped]

SMALLEST = 5
"""Below so many images there is nothing to be seen."""

_PERPLEXITY = 30.0
_SEED = 0
_NOTHING = 1e-4
"""A distance, as a share of the map, that no zoom shows."""


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingMap:
    """Images as points in the unit square; neighbours are alike.

    Attributes:
        generation: The generation whose vectors were projected.
        records: The images.
        positions: n × 2 float32, x to the right and y upwards; centred, and filling the square in
            one direction at least.
        total: How many images there are to be drawn; these are a fair sample of them.
    """

    generation: Generation
    records: Sequence[CoinRecord]
    positions: FloatArray
    total: int


def make_map(home: Home, where: Predicate | None, limit: int) -> EmbeddingMap:
    """Project the live generation's vectors of the images that match a filter.

    Args:
        home: The opened home.
        where: The filter; None for all.
        limit: Of more images, so many are drawn: those with the lowest ids, which, being hashes,
            are a fair sample.

    Raises:
        UnavailableError: scikit-learn is not installed.
        InputError: There are fewer than `SMALLEST` such images.
    """
    tsne = _tsne_class()
    live = home.recorded_live
    gallery = home.catalogue.coins().vectors(live.id, live.generation.dim, where)
    total, shown = len(gallery.image_ids), gallery.image_ids[:limit]
    if len(shown) < SMALLEST:
        raise InputError(
            f"A map needs {SMALLEST} images, and there are {len(shown)} to be drawn.",
            hint="Import some first, leave --where out, or raise --limit.",
        )
    records = home.catalogue.records(shown)
    positions = _project(tsne, gallery.vectors[: len(shown)])
    return EmbeddingMap(live.generation, [records[each] for each in shown], positions, total)


def spread(
    positions: FloatArray, order: Sequence[int], distance: float, most: int, *, halve: bool = False
) -> list[int]:
    """Choose points that keep a distance from each other, greedily.

    Args:
        positions: n × 2.
        order: Places in `positions`, the most wanted first.
        distance: How far apart the chosen ones are at least.
        most: How many at most.
        halve: Halve the distance, again and again, while there are fewer and points are left: for
            who comes nearer, there is room for more.

    Returns:
        The chosen places: those that keep the whole distance, then those that keep half of it …
    """
    chosen: list[int] = []
    left = list(order)
    while left and len(chosen) < most and distance >= _NOTHING:
        passed: list[int] = []
        for place in left:
            gaps = np.linalg.norm(positions[chosen] - positions[place], axis=1)
            has_room = len(chosen) < most and (gaps >= distance).all()
            (chosen if has_room else passed).append(place)
        if not halve:
            break
        left, distance = passed, distance / 2
    return chosen


def picture_order(records: Sequence[CoinRecord]) -> list[int]:
    """Places of the images that have a picture, one of each design first, then the second ones."""
    seen: Counter[str] = Counter()
    turns = []
    for place, record in enumerate(records):
        if record.image.has_media:
            turns.append((seen[record.design.id], place))
            seen[record.design.id] += 1
    return [place for _, place in sorted(turns)]


def _tsne_class() -> "type[TSNE]":
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise UnavailableError(
            "A map needs scikit-learn, which is not installed.",
            hint="Type: pip install 'coinvec[map]'",
        ) from error
    found: type[TSNE] = TSNE
    return found


def _project(tsne: "type[TSNE]", vectors: FloatArray) -> FloatArray:
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    model = tsne(init="pca", perplexity=perplexity, random_state=_SEED)
    # On the unit sphere the Euclidean distance orders neighbours as the cosine does.
    raw: FloatArray = np.asarray(model.fit_transform(vectors), dtype=np.float32)
    low, high = raw.min(axis=0), raw.max(axis=0)
    widest = max(float((high - low).max()), 1e-9)
    positions: FloatArray = (raw - (low + high) / 2) / np.float32(widest) + np.float32(0.5)
    return positions
