"""The verdict: is this coin in the catalogue, and which one surely?"""

from collections.abc import Sequence

from coinvec.domain.choices import Verdict
from coinvec.domain.models import Thresholds


def judge(
    best_types: Sequence[float], thresholds: Thresholds | None, *, agreed: bool = True
) -> Verdict:
    """Judge from the similarities of the best type and the best other type.

    Args:
        best_types: The two highest similarities of different types, higher first; fewer where the
            filter leaves fewer types.
        thresholds: The encoder's calibrated limits; None makes every non-empty answer ambiguous.
        agreed: Whether the ranker, too, puts the best type first; if not, no answer is sure.
    """
    if not best_types:
        return Verdict.UNKNOWN
    if thresholds is None:
        return Verdict.AMBIGUOUS
    best = best_types[0]
    if best < thresholds.known:
        return Verdict.UNKNOWN
    lead = best - best_types[1] if len(best_types) > 1 else 2.0
    if best >= thresholds.match and lead >= thresholds.margin and agreed:
        return Verdict.MATCH
    return Verdict.AMBIGUOUS
