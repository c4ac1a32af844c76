"""Hit rates and unknown detection, measured through the very path that searches take."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from coinvec.domain.choices import GroupBy, Verdict
from coinvec.domain.records import StoredGeneration
from coinvec.domain.results import Query, SearchResult
from coinvec.errors import CoinvecError, ManifestError, NoCoinError, UsageError
from coinvec.media.decode import read_bytes
from coinvec.media.store import image_id
from coinvec.query.language import parse_filter
from coinvec.services.home import Home
from coinvec.services.metrics import auroc, hit_rate_at_k, share
from coinvec.services.progress import Progress
from coinvec.services.queries import LabelledQuery, natural_grouping, read_queries
from coinvec.services.search import Searcher

DEFAULT_KS = (1, 2, 5, 10, 20)
BATCH = 64

NO_COIN_SCORE = -1.0
"""Stands for the score of a photo in which no coin was found: below every cosine."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one query.

    Attributes:
        query: The query.
        rank: Rank of the first right answer, from 1; None where none came back.
        score: What the verdict rests on, the similarity of the best type or what the ranker says.
        accepted: Whether the verdict was anything but `unknown`.
        found_coin: Whether the photo was seen to show a coin.
        timings_ms: Milliseconds per stage, the query's share of its batch.
    """

    query: LabelledQuery
    rank: int | None
    score: float
    accepted: bool
    found_coin: bool
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The measurements over a queries file.

    Attributes:
        group_by: What the answers were judged by.
        generation: The generation that was searched.
        calibrated: Whether the encoder has thresholds; without, it rejects nothing.
        outcomes: What became of each query, in the file's order.
        ks: The depths of the hit rates.
    """

    group_by: GroupBy
    generation: str
    calibrated: bool
    outcomes: Sequence[Outcome]
    ks: Sequence[int]

    @property
    def known(self) -> list[Outcome]:
        """Outcomes of queries whose coin is in the catalogue."""
        return [each for each in self.outcomes if each.query.is_known]

    @property
    def unknown(self) -> list[Outcome]:
        """Outcomes of queries whose coin is not in the catalogue."""
        return [each for each in self.outcomes if not each.query.is_known]

    @property
    def hit_rate(self) -> Mapping[int, float | None]:
        """The share of known queries with a right answer among the first k, for each k."""
        return hit_rate_at_k([each.rank for each in self.known], self.ks)

    @property
    def false_accept_rate(self) -> float | None:
        """The share of unknown coins not called unknown; None without thresholds."""
        return share([each.accepted for each in self.unknown]) if self.calibrated else None

    @property
    def false_reject_rate(self) -> float | None:
        """The share of known coins called unknown; None without thresholds."""
        return share([not each.accepted for each in self.known]) if self.calibrated else None

    @property
    def auroc(self) -> float | None:
        """How well what the verdict rests on tells known from unknown coins."""
        return auroc([each.score for each in self.known], [each.score for each in self.unknown])

    @property
    def timings_ms(self) -> Mapping[str, float]:
        """Milliseconds per stage and query, on average over those in which a coin was found."""
        timed = [each.timings_ms for each in self.outcomes if each.found_coin]
        stages = timed[0] if timed else ()
        return {stage: sum(each[stage] for each in timed) / len(timed) for stage in stages}

    @property
    def no_coin_found(self) -> int:
        """In how many queries no coin was found; a known coin not found is a miss."""
        return sum(not each.found_coin for each in self.outcomes)


def evaluate(
    home: Home,
    path: Path,
    *,
    ks: Sequence[int] = DEFAULT_KS,
    group_by: GroupBy | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
    generation: StoredGeneration | None = None,
    ranker: str | None = None,
) -> Evaluation:
    """Search every query of a file and compare with its right answers.

    Args:
        home: The opened home; its catalogue is the gallery.
        path: The queries file.
        ks: Depths of the hit rates.
        group_by: Judge by designs or by types; by default by designs where the file names them.
        jobs: Threads that decode and preprocess.
        progress: Called with queries done and queries in all.
        generation: The generation to search; by default the one that is live now.
        ranker: Name of the ranker; by default that of the settings.

    Raises:
        ManifestError: The file is unusable, a photo of it unreadable, or in the catalogue itself.
        UsageError: The file does not name what it is to be judged by.
    """
    queries = read_queries(path)
    group_by = group_by or natural_grouping(queries)
    _check_answers(queries, group_by, path)
    _refuse_enrolled(home, queries, path)
    outcomes: dict[int, Outcome] = {}
    loaded = home.get_ready(generation)
    searcher = Searcher(home, loaded.stored, ranker=home.load_ranker(ranker))
    with ThreadPoolExecutor(jobs) as pool:
        for where, chunk in _chunks(queries):
            query = Query(parse_filter(where) if where else None, max(ks), group_by)
            photos = [each.photos for each in chunk]
            results = searcher.search_batch(photos, query, pool, both_sides=False)
            for each, result in zip(chunk, results, strict=True):
                outcomes[each.line] = _outcome(each, result, group_by)
            if progress:
                progress(len(outcomes), len(queries))
    return Evaluation(
        group_by=group_by,
        generation=str(loaded.stored.generation),
        calibrated=loaded.models.encoder_spec.thresholds is not None,
        outcomes=[outcomes[query.line] for query in queries],
        ks=ks,
    )


def _chunks(
    queries: Sequence[LabelledQuery],
) -> Iterator[tuple[str | None, list[LabelledQuery]]]:
    """Queries in batches that share a filter."""
    by_filter: dict[str | None, list[LabelledQuery]] = defaultdict(list)
    for query in queries:
        by_filter[query.where].append(query)
    for where, group in by_filter.items():
        for start in range(0, len(group), BATCH):
            yield where, group[start : start + BATCH]


def _check_answers(queries: Sequence[LabelledQuery], group_by: GroupBy, path: Path) -> None:
    if group_by is GroupBy.IMAGE:
        raise UsageError("Queries are judged by type or by design, not by image.")
    for query in queries:
        if query.is_known and not query.right_answers(group_by):
            raise UsageError(
                f"Line {query.line} of {path} names no {group_by.value}, so it cannot be judged "
                f"by {group_by.value}.",
                hint="Use --group-by type.",
            )


def _refuse_enrolled(home: Home, queries: Sequence[LabelledQuery], path: Path) -> None:
    """A photo that is in the catalogue finds itself: such a measurement says nothing."""
    ids = {
        image_id(read_bytes(photo, home.limits)): (query.line, photo)
        for query in queries
        for photo in query.photos
    }
    enrolled = sorted(ids[found] for found in home.catalogue.images(ids))
    if enrolled:
        line, photo = enrolled[0]
        raise ManifestError(
            f"{len(enrolled)} of the photos of {path} are in the catalogue themselves, the first "
            f"on line {line}: {photo}.",
            hint="Evaluate on photos the catalogue has never seen.",
        )


def _outcome(
    query: LabelledQuery, result: SearchResult | CoinvecError, group_by: GroupBy
) -> Outcome:
    if isinstance(result, NoCoinError):
        return Outcome(query, None, NO_COIN_SCORE, accepted=False, found_coin=False)
    if isinstance(result, CoinvecError):
        raise ManifestError(f"The query of line {query.line} failed: {result}") from result
    right = query.right_answers(group_by)
    ranks = (rank for rank, hit in enumerate(result.hits, 1) if hit.group(group_by) in right)
    score = NO_COIN_SCORE if result.score is None else result.score
    return Outcome(
        query,
        next(ranks, None),
        score,
        result.verdict is not Verdict.UNKNOWN,
        found_coin=True,
        timings_ms=result.timings_ms,
    )
