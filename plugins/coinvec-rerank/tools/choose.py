"""Chooses what the rankers weigh, on a home and its queries, and prints hit rates at 1.

    python tools/choose.py HOME QUERIES [--bad-photos | --poor-light] [--aside PIXELS]

HOME is a home into which the catalogue of the development coins was imported with the models that
are to be used; QUERIES is their queries file (see `coinvec evaluate`). Each query is searched once,
through the path that `coinvec search` takes, and what rankers may look at is written down; every
setting is then tried on that. The winner of each ranker goes into `coinvec_rerank/weights.py`. What
the choice is worth is measured on other coins: `coinvec evaluate QUERIES --ranker NAME`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from calibrate import bad_photos
from coinvec_rerank.expansion import ExpansionRanker
from coinvec_rerank.metal import MetalRanker
from coinvec_rerank.network import Network
from coinvec_rerank.order import by_score
from coinvec_rerank.verify import evidence, score
from coinvec_rerank.weights import Expansion, Prior, Verification

import coinvec
from coinvec.domain.choices import GroupBy
from coinvec.domain.results import Candidate, Query, SearchResult
from coinvec.pipeline.rank import RankStep
from coinvec.plugin.protocols import RankingRequest
from coinvec.services.queries import LabelledQuery, natural_grouping, read_queries
from coinvec.services.search import Searcher

DEPTHS = (20, 50, 100, 200)
WEIGHTS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0)
FLOORS = (-1.0, 0.5, 0.6, 0.7, 0.8)
LOSSES = (0.01, 0.02, 0.05, 0.1)
NEIGHBOURS = (1, 2, 3, 5, 10)
POWERS = (1.0, 3.0, 6.0)
SHARES = (0.25, 0.5, 0.75, 1.0)
BATCH = 16
NETWORK = Network()

Order = Callable[["Case"], Sequence[Candidate]]


@dataclass(frozen=True)
class Case:
    """One query as rankers see it.

    Attributes:
        request: What was handed to the ranker, its embeddings read.
        candidates: The candidates, by falling similarity.
        proofs: What `verify` finds of the first of them.
        right: The right answers.
    """

    request: RankingRequest
    candidates: Sequence[Candidate]
    proofs: Sequence[float | None]
    right: frozenset[str]


class Recorder:
    """A ranker that writes down what it is given and changes nothing."""

    def __init__(self, aside: float) -> None:
        self._aside = aside
        self.seen: list[tuple[RankingRequest, Sequence[Candidate], list[float | None]]] = []

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """See `Ranker.rank`."""
        images = request.load_images(candidates)
        kept = RankingRequest(request.crops, request.load_crop, request.vectors, lambda _: images)
        proofs = evidence(NETWORK, request, candidates[: max(DEPTHS)], self._aside)
        self.seen.append((kept, candidates, proofs))
        return candidates


def cases(
    home: Path, queries: Path, group_by: GroupBy, poor_light: float | None, aside: float
) -> Iterator[Case]:
    """Search every query whose coin is in the catalogue; one without a coin is left out.

    Args:
        home: The home.
        queries: Their file.
        group_by: What is right of an answer.
        poor_light: Ask with bad photos instead, this share of them in poor light.
        aside: See `Verification`.
    """
    known = [each for each in read_queries(queries) if each.is_known]
    with (
        coinvec.open(home) as catalogue,
        ThreadPoolExecutor(1) as pool,
        TemporaryDirectory() as scratch,
    ):
        if poor_light is not None:
            photos = bad_photos(catalogue, known, Path(scratch), poor_light=poor_light)
            known = list(photos)
        for start in range(0, len(known), BATCH):
            chunk = known[start : start + BATCH]
            recorder = Recorder(aside)
            searcher = Searcher(catalogue.home, ranker=RankStep(recorder))
            results = searcher.search_batch(
                [each.photos for each in chunk],
                Query(k=max(DEPTHS), group_by=group_by),
                pool,
                both_sides=False,
            )
            found = [
                query
                for query, result in zip(chunk, results, strict=True)
                if isinstance(result, SearchResult) and len(result)
            ]
            yield from _joined(found, recorder, group_by)


def _joined(
    found: Sequence[LabelledQuery], recorder: Recorder, group_by: GroupBy
) -> Iterator[Case]:
    for query, (request, candidates, proofs) in zip(found, recorder.seen, strict=True):
        yield Case(request, candidates, proofs, query.right_answers(group_by))


def verified(case: Case, depth: int, weights: Verification) -> Sequence[Candidate]:
    """The order of `verify` at a depth and with weights."""
    head = case.candidates[:depth]
    scores = [
        None if proof is None else score(each.similarity, proof, weights)
        for each, proof in zip(head, case.proofs[:depth], strict=True)
    ]
    return by_score(head, scores)


def settings() -> dict[str, dict[str, Order]]:
    """Every setting of every ranker, by ranker and by how it is written."""
    return {
        "similarity": {"as it is": lambda case: case.candidates},
        "verify": {
            f"depth={depth}, weight={weight}, floor={floor}": partial(
                verified, depth=depth, weights=Verification(weight, floor)
            )
            for depth, weight, floor in product(DEPTHS, WEIGHTS, FLOORS)
        },
        "expand": {
            f"neighbours={n}, power={p}, weight={w}": _order(ExpansionRanker(Expansion(n, p, w)))
            for n, p, w in product(NEIGHBOURS, POWERS, SHARES)
        },
        "metal": {f"weight={weight}": _order(MetalRanker(Prior(weight))) for weight in LOSSES},
    }


def _order(ranker: ExpansionRanker | MetalRanker) -> Order:
    return lambda case: ranker.rank(case.request, case.candidates)


def hit_rate(seen: Sequence[Case], order: Order, group_by: GroupBy) -> float:
    """The share of cases whose first candidate is right."""
    first = ((case, order(case)[0]) for case in seen)
    hits = sum(best.group(group_by) in case.right for case, best in first)
    return hits / len(seen)


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("queries", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--show", default=5, show_default=True, help="Settings shown of each ranker.")
@click.option(
    "--bad-photos", "poor_light", flag_value=0.0, help="Ask with a bad photo of each coin."
)
@click.option(
    "--poor-light", "poor_light", flag_value=1.0, help="Ask with one in poor light besides."
)
@click.option("--aside", default=0.0, help="Look around five middles, so many pixels apart.")
def main(home: Path, queries: Path, show: int, poor_light: float | None, aside: float) -> None:
    """Try every setting of every ranker on QUERIES in HOME."""
    group_by = natural_grouping(read_queries(queries))
    seen = list(cases(home, queries, group_by, poor_light, aside))
    click.echo(f"{len(seen)} queries, judged by {group_by.value}; hit rate at 1")
    for ranker, orders in settings().items():
        rates: Mapping[str, float] = {
            text: hit_rate(seen, order, group_by) for text, order in orders.items()
        }
        for text in sorted(rates, key=lambda each: -rates[each])[:show]:
            click.echo(f"{ranker:12} {100 * rates[text]:6.2f} %  {text}")


if __name__ == "__main__":
    main()
