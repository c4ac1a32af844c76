"""Open-set evaluation of embeddings: catalogue and queries of coins never trained on.

Ranks are counted here by brute force over one matrix product, and judged by the same functions as
`coinvec evaluate` (`coinvec.services.metrics`), which searches through the stores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.choices import GroupBy
from coinvec.domain.vectors import FloatArray
from coinvec.services.metrics import auroc, hit_rate_at_k
from coinvec.services.queries import natural_grouping, read_queries
from coinvec_train.encoder.material import read_rows

KS = (1, 2, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class Gallery:
    """A catalogue and queries.

    Attributes:
        images: Pictures of the catalogue.
        groups: The design that each shows, or its type, whichever queries are judged by.
        queries: Pictures of the queries.
        right: The right groups of each query; none where its coin is not in the catalogue.
    """

    images: Sequence[str]
    groups: Sequence[str]
    queries: Sequence[str]
    right: Sequence[frozenset[str]]

    @property
    def pictures(self) -> list[str]:
        """All pictures, those of the catalogue first."""
        return [*self.images, *self.queries]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a model finds.

    Attributes:
        ranks: Of each query of a known coin, the rank of the first right group, from 1.
        known: The best similarity of each query of a known coin.
        unknown: The best similarity of each query of another coin.
    """

    ranks: Sequence[int]
    known: Sequence[float]
    unknown: Sequence[float]

    @property
    def hit_rate(self) -> Mapping[int, float | None]:
        """The share of known coins with a right group among the first k, for each k of `KS`."""
        return hit_rate_at_k(self.ranks, KS)

    @property
    def auroc(self) -> float | None:
        """How well the best similarity tells known from unknown coins."""
        return auroc(self.known, self.unknown)

    def logged(self, name: str) -> dict[str, float]:
        """Hit rates and AUROC as a run's log has them, under the name of what was searched."""
        rates = {f"{name}_at_{k}": rate or 0.0 for k, rate in self.hit_rate.items()}
        return rates | {f"{name}_auroc": self.auroc or 0.0}


def read_gallery(catalogue: Path, queries: Path, root: Path) -> Gallery:
    """Read a manifest and a queries file, judged by designs where it names them, or by types.

    Args:
        catalogue: The manifest.
        queries: The queries.
        root: The folder that picture names are to start from.

    Raises:
        ManifestError: A file cannot be used.
    """
    rows = read_rows(catalogue, ("image", "type", "side", "design"))
    asked = read_queries(queries)
    by = natural_grouping(asked)
    return Gallery(
        images=[_name(catalogue.parent / row["image"], root) for row in rows],
        groups=[
            f"{row['type']}/{row['side']}/{row['design']}" if by is GroupBy.DESIGN else row["type"]
            for row in rows
        ],
        queries=[_name(each.photos[0], root) for each in asked],
        right=[each.right_answers(by) for each in asked],
    )


def retrieve(gallery: Gallery, catalogue: FloatArray, queries: FloatArray) -> Retrieval:
    """Rank the groups of the catalogue for each query.

    Args:
        gallery: What is right.
        catalogue: Embeddings of its pictures, N × dim of norm 1.
        queries: Embeddings of its queries, Q × dim of norm 1.
    """
    return ranked(gallery, queries @ catalogue.T)


def ranked(gallery: Gallery, similarities: FloatArray) -> Retrieval:
    """Rank the groups of the catalogue for each query.

    Args:
        gallery: What is right.
        similarities: Of each query to each picture of the catalogue, Q × N.
    """
    names = sorted(set(gallery.groups))
    similarity = by_group(similarities, gallery.groups, names)
    best = similarity.max(axis=1)
    ranks = []
    for row, right in zip(similarity, gallery.right, strict=True):
        if right:
            own = max(row[at] for at, name in enumerate(names) if name in right)
            ranks.append(1 + int(np.count_nonzero(row > own)))
    return Retrieval(
        ranks=ranks,
        known=[float(s) for s, right in zip(best, gallery.right, strict=True) if right],
        unknown=[float(s) for s, right in zip(best, gallery.right, strict=True) if not right],
    )


def by_group(
    similarity: FloatArray, groups: Sequence[str], names: Sequence[str]
) -> NDArray[np.float32]:
    """The similarity of each query to the nearest picture of each group.

    Args:
        similarity: Of each query to each picture, Q × N.
        groups: The group of each picture.
        names: The groups asked for.

    Returns:
        Q × groups.
    """
    of = np.array(groups)
    best = [similarity[:, of == name].max(axis=1) for name in names]
    return np.stack(best, axis=1).astype(np.float32)


def _name(path: Path, root: Path) -> str:
    return path.resolve().relative_to(root.resolve()).as_posix()
