"""Two generations on one golden set: do the new models find the coins as well as the old ones?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from coinvec.domain.records import GenerationCheck, StoredGeneration
from coinvec.errors import CheckFailedError, ManifestError
from coinvec.services.evaluate import evaluate
from coinvec.services.home import Home
from coinvec.services.leave_one_out import LeaveOneOut
from coinvec.services.metrics import hit_rate_at_k
from coinvec.services.progress import Progress

LEAVE_ONE_OUT = "leave-one-out"
"""Name of the golden set that the catalogue itself is."""


def compare_by_leaving_out(
    home: Home,
    candidate: StoredGeneration,
    live: StoredGeneration,
    ks: Sequence[int],
    progress: Progress | None = None,
) -> GenerationCheck:
    """Compare generations by searching for images of the catalogue among the rest of it.

    Raises:
        CheckFailedError: No design has two images.
    """
    golden = LeaveOneOut(home, max(ks))
    n = len(golden.queries)
    if not n:
        raise CheckFailedError(
            "No design has two images, so none can be searched for among the rest.",
            hint="Give a golden set: coinvec generations check QUERIES",
        )
    ranks = [
        golden.ranks(each, partial(_advance, progress, half))
        for half, each in enumerate((candidate, live))
    ]
    rates = [hit_rate_at_k(each, ks) for each in ranks]
    return _check(candidate, live, LEAVE_ONE_OUT, n, rates)


def compare_by_queries(
    home: Home,
    candidate: StoredGeneration,
    live: StoredGeneration,
    queries: Path,
    ks: Sequence[int],
    jobs: int = 1,
    progress: Progress | None = None,
) -> GenerationCheck:
    """Compare generations on a queries file, each with its own models.

    Raises:
        ManifestError: The file is unusable, or names no coin of the catalogue.
    """
    results = [
        evaluate(
            home,
            queries,
            ks=ks,
            jobs=jobs,
            progress=partial(_advance, progress, half),
            generation=each,
        )
        for half, each in enumerate((candidate, live))
    ]
    n = len(results[0].known)
    if not n:
        raise ManifestError(
            f"{queries} names no coin of the catalogue, so there is no hit rate to compare.",
            hint="Name the right answers in the column 'type'.",
        )
    return _check(candidate, live, queries.name, n, [each.hit_rate for each in results])


def _check(
    candidate: StoredGeneration,
    live: StoredGeneration,
    golden_set: str,
    n: int,
    rates: Sequence[Mapping[int, float | None]],
) -> GenerationCheck:
    first, second = ({k: rate or 0.0 for k, rate in each.items()} for each in rates)
    return GenerationCheck(
        candidate.id, live.id, datetime.now(UTC), golden_set, n, candidate=first, live=second
    )


def _advance(progress: Progress | None, half: int, done: int, total: int) -> None:
    """Tell how far the comparison is of which one half, or the other, is so far done."""
    if progress:
        progress(half * total + done, 2 * total)
