"""Thresholds of the verdict, chosen on coins set aside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.choices import Verdict
from coinvec.domain.models import Thresholds
from coinvec.domain.vectors import FloatArray
from coinvec.pipeline.judge import judge
from coinvec_train.encoder.open_set import Gallery, by_group

MOST_WRONG = 0.01
"""The share of matches that may be wrong."""
_MARGINS = np.arange(0.0, 0.31, 0.01)
_LEAST_MATCHES = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict is made of, for one query.

    Attributes:
        best: Similarity of the best type.
        second: Similarity of the best other type.
        is_known: Whether the coin is in the catalogue.
        is_right: Whether the best type is a right one.
    """

    best: float
    second: float
    is_known: bool
    is_right: bool

    def verdict(self, thresholds: Thresholds) -> Verdict:
        """What a search would say."""
        return judge((self.best, self.second), thresholds)


def judged(gallery: Gallery, catalogue: FloatArray, queries: FloatArray) -> list[Judged]:
    """The best two types of each query.

    Args:
        gallery: What is right.
        catalogue: Embeddings of its pictures, N × dim of norm 1.
        queries: Embeddings of its queries, Q × dim of norm 1.
    """
    kinds = [group.split("/")[0] for group in gallery.groups]
    names = sorted(set(kinds))
    found = []
    for row, right in zip(
        by_group(queries @ catalogue.T, kinds, names), gallery.right, strict=True
    ):
        second, best = np.argsort(row)[-2:]
        types = {group.split("/")[0] for group in right}
        found.append(
            Judged(float(row[best]), float(row[second]), bool(right), names[best] in types)
        )
    return found


def calibrate(queries: Sequence[Judged]) -> Thresholds:
    """Choose the thresholds.

    `known` is where as large a share of unknown coins is accepted as of known ones is rejected.
    `match` and `margin` give the most matches of which at most `MOST_WRONG` are wrong.
    """
    known = _equal_error(
        np.array([each.best for each in queries if each.is_known]),
        np.array([each.best for each in queries if not each.is_known]),
    )
    most, chosen = -1, Thresholds(known, 1.0, float(_MARGINS[-1]))
    best = np.array([each.best for each in queries])
    lead = best - [each.second for each in queries]
    right = np.array([each.is_right for each in queries])
    for margin in _MARGINS:
        for match in np.unique(np.append(best[best >= known], known)):
            sure = (best >= match) & (lead >= margin)
            count = int(sure.sum())
            is_safe = np.count_nonzero(sure & ~right) <= MOST_WRONG * count
            if count >= _LEAST_MATCHES and is_safe and count > most:
                most, chosen = count, Thresholds(known, float(match), float(margin))
    return chosen


def _equal_error(known: NDArray[np.float64], unknown: NDArray[np.float64]) -> float:
    """The similarity at which both error rates are as near as they come."""
    limits = np.unique(np.concatenate([known, unknown]))
    gaps = [abs(np.mean(known < limit) - np.mean(unknown >= limit)) for limit in limits]
    return float(limits[int(np.argmin(gaps))])
