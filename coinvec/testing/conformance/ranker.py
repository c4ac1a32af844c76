"""What every ranker promises; see `coinvec.plugin.protocols.Ranker`."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from coinvec.domain.images import Crop
from coinvec.domain.results import Candidate
from coinvec.domain.vectors import DesignImages, FloatArray
from coinvec.plugin.protocols import PreparingRanker, RankingRequest, ScoringRanker
from coinvec.testing.conformance.checks import Check, Outcome, require, run_checks
from coinvec.testing.conformance.material import candidates, coin_crop, designs, sample_crops
from coinvec.testing.conformance.shared import light_until_used, loads
from coinvec.testing.conformance.subjects import RankerSubject

__all__ = ["RANKER_CHECKS", "check_ranker"]

_SPREAD = tuple(0.95 - 0.02 * at for at in range(12))
_THREADS = 4
_TIED = (0.9, 0.9, 0.9, 0.8, 0.8, 0.5)


def permutation(subject: RankerSubject) -> str:
    """It returns every candidate once, whether catalogue pictures can be loaded or not."""
    for request in (_without_pictures(), _with_pictures()):
        given = candidates(_SPREAD)
        ranked = _ranked(subject, request, given)
        lost = len(given) - len(set(map(id, given)) & set(map(id, ranked)))
        require(
            Counter(map(id, ranked)) == Counter(map(id, given)),
            f"Of {len(given)} candidates it returned {len(ranked)}; {lost} of them are missing.",
            "Return the candidates you were given, each once: `sorted(candidates, key=…)`.",
        )
    return ""


def invents_nothing(subject: RankerSubject) -> str:
    """It returns the very candidates it was given, their similarities unchanged."""
    given = candidates(_SPREAD)
    known = {id(each) for each in given}
    strangers = [
        each for each in _ranked(subject, _with_pictures(), given) if id(each) not in known
    ]
    require(
        not strangers,
        f"It returned {len(strangers)} candidates that it was not given.",
        "Order the candidates themselves; make no new ones, not even copies.",
    )
    return ""


def one_candidate(subject: RankerSubject) -> str:
    """A single candidate comes back."""
    given = candidates((0.7,))
    ranked = _ranked(subject, _without_pictures(), given)
    require(ranked == given, f"Of one candidate {len(ranked)} came back.", "Return it as it is.")
    return ""


def deterministic(subject: RankerSubject) -> str:
    """The same question gives the same order again, from another instance, too."""
    given = candidates(_SPREAD)
    first = _ids(_ranked(subject, _with_pictures(), given))
    again = _ids(_ranked(subject, _with_pictures(), given))
    other = _ids(list(subject.fresh().rank(_with_pictures(), given)))
    require(
        first == again == other,
        "A second call, or a second instance, gave another order.",
        "Keep no state from one request to another, and draw no random numbers.",
    )
    return ""


def cache_changes_nothing(subject: RankerSubject) -> str:
    """Without a cache, with an empty one, a filled and a prepared one the order is the same."""
    given = candidates(_SPREAD)
    plain = _ids(_ranked(subject, _with_pictures(), given))
    with TemporaryDirectory(prefix="coinvec-check-") as name:
        # The folder may not exist yet, says the protocol.
        request = replace(_with_pictures(), cache=Path(name) / "cache")
        # Each time as another search: a ranker may remember what it said of one.
        cached = [_ids(_ranked(subject, replace(request), given)) for _ in range(2)]
        if isinstance(subject.model, PreparingRanker):
            prepared = Path(name) / "prepared"
            images = {each.image.id: _catalogue_crop(each.image.id) for each in given}
            subject.model.prepare({key: crop for key, crop in images.items() if crop}, prepared)
            request = replace(_without_pictures(), cache=prepared)
            cached.append(_ids(_ranked(subject, request, given)))
    require(
        cached == [plain] * len(cached),
        "With a cache it gave another order than without.",
        "Keep in the cache what was worked out, in full precision, and make its folder yourself.",
    )
    return ""


def scores_usable(subject: RankerSubject) -> str:
    """A ranker that scores gives each candidate a number from -1 to 1, whoever else is asked of."""
    model = subject.model
    if not isinstance(model, ScoringRanker):
        return "it gives no scores"
    given = candidates(_SPREAD)
    scores = list(model.scores(_with_pictures(), given))
    numbers = [score for score in scores if score is not None]
    require(
        len(scores) == len(given) and all(-1 <= number <= 1 for number in numbers),
        f"For {len(given)} candidates it gave {scores}.",
        "Give each candidate a number from -1 to 1, or None where nothing is known of it.",
    )
    alone = [score for each in given for score in model.scores(_with_pictures(), [each])]
    require(
        alone == scores,
        "A candidate alone has another score than among others.",
        "Score each candidate by itself: the verdict asks for a few of them only.",
    )
    return f"{len(numbers)} of {len(given)} scored"


def thread_safe(subject: RankerSubject) -> str:
    """Threads that use one instance at once get what one thread gets."""
    lists = [candidates(_SPREAD[: 12 - at]) for at in range(_THREADS)]
    expected = [_ids(_ranked(subject, _with_pictures(), given)) for given in lists]
    with ThreadPoolExecutor(_THREADS) as pool:
        ranked = pool.map(lambda given: _ranked(subject, _with_pictures(), given), lists * 3)
        found = [_ids(each) for each in ranked]
    require(
        found == expected * 3,
        "Threads that use one instance at once get another order.",
        "Keep what a call works on in local variables, or by its request, not on `self` alone.",
    )
    return ""


def ties_settled(subject: RankerSubject) -> str:
    """Candidates of equal similarity come in one order, in whichever they were given."""
    given = candidates(_TIED)
    turned = sorted(given, key=lambda each: (each.similarity, each.image.id), reverse=True)
    one, other = (_ids(_ranked(subject, _with_pictures(), each)) for each in (given, turned))
    require(
        one == other,
        "Candidates of equal similarity were ordered as they were given.",
        "End the sort key with `candidate.image.id`.",
    )
    return ""


def input_untouched(subject: RankerSubject) -> str:
    """It leaves the list of candidates as it was."""
    given = candidates(_SPREAD)
    before = list(given)
    subject.model.rank(_with_pictures(), given)
    require(
        _ids(given) == _ids(before),
        "It reordered the list it was given.",
        "Use `sorted(candidates, …)`, not `candidates.sort(…)`.",
    )
    return ""


RANKER_CHECKS: Final[tuple[Check[RankerSubject], ...]] = (
    Check.of(loads),
    Check.of(light_until_used),
    *map(
        Check[RankerSubject].of,
        (
            permutation,
            invents_nothing,
            one_candidate,
            deterministic,
            cache_changes_nothing,
            scores_usable,
            thread_safe,
            ties_settled,
            input_untouched,
        ),
    ),
)
"""Loading first: without it no other can be run."""


def check_ranker(subject: RankerSubject) -> Iterator[Outcome]:
    """Hold a ranker to every promise.

    Args:
        subject: The declaration.

    Yields:
        One outcome a check. A ranker that cannot be loaded has one outcome alone.
    """
    return run_checks(RANKER_CHECKS, subject)


def _ranked(
    subject: RankerSubject, request: RankingRequest, given: list[Candidate]
) -> list[Candidate]:
    return list(subject.model.rank(request, list(given)))


def _ids(ranked: Sequence[Candidate]) -> list[str]:
    return [each.image.id for each in ranked]


def _without_pictures() -> RankingRequest:
    """As in a catalogue without media."""
    return replace(_with_pictures(), load_crop=lambda _: None)


def _with_pictures() -> RankingRequest:
    return RankingRequest(
        sample_crops()[:1],
        _catalogue_crop,
        vectors=_vectors("the query"),
        load_images=lambda given: {each.design.id: _images(each) for each in given},
    )


def _catalogue_crop(image_id: str) -> Crop | None:
    """The cut-out of a catalogue image; every third has none."""
    number = int(image_id, 16)
    return coin_crop(designs()[number % len(designs())]) if number % 3 else None


def _images(candidate: Candidate) -> DesignImages:
    return DesignImages([candidate.image.id], _vectors(candidate.design.id))


def _vectors(key: str) -> FloatArray:
    """An embedding that depends on a key alone, 1 × 16."""
    drawn = np.random.default_rng(zlib.crc32(key.encode())).normal(size=(1, 16))
    unit: FloatArray = (drawn / np.linalg.norm(drawn)).astype(np.float32)
    return unit
