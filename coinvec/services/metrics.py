"""Open-set retrieval metrics: unknown coins are counted, never dropped."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def hit_rate_at_k(ranks: Sequence[int | None], ks: Sequence[int]) -> dict[int, float | None]:
    """The share of queries with a right answer among the first k.

    (The article this work follows calls it "1-Recall@k".)

    Args:
        ranks: Rank of the first right answer of each query of a known coin, from 1; None if none
            came back.
        ks: The depths asked for.

    Returns:
        The share for each k; None without queries.
    """
    if not ranks:
        return dict.fromkeys(ks)
    return {k: sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in ks}


def auroc(known: Sequence[float], unknown: Sequence[float]) -> float | None:
    """The chance that a known coin's score exceeds an unknown coin's, ties counting half.

    The area under the receiver operating characteristic as the Mann-Whitney U statistic
    (J. A. Hanley, B. J. McNeil: The meaning and use of the area under a ROC curve, 1982).

    Returns:
        0 to 1; None where either side is empty.
    """
    if not known or not unknown:
        return None
    below, not_above = _ranks(np.sort(np.asarray(unknown)), np.asarray(known))
    wins = (below + not_above) / 2
    return float(wins.mean() / len(unknown))


def _ranks(
    ordered: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")


def share(of: Sequence[bool]) -> float | None:
    """The share of True; None where there is nothing to share."""
    return sum(of) / len(of) if of else None
