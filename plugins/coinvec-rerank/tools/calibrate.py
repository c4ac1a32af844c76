"""Chooses the verdict's limits for the scores of `verify`, and prints them.

    python tools/calibrate.py HOME QUERIES

HOME is a home into which the catalogue of the development coins was imported with the models that
are to be used; QUERIES is their queries file, unknown coins among them (see `coinvec evaluate`).
The limits go into `coinvec_rerank/weights.py`, under the encoder's revision. What they are worth
is measured on other coins: `coinvec evaluate QUERIES`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from coinvec_rerank.verify import VerifyRanker
from coinvec_train.encoder.calibrate import Judged, calibrate

import coinvec
from coinvec.domain.choices import GroupBy
from coinvec.domain.models import Thresholds
from coinvec.domain.results import Candidate, Query, SearchResult
from coinvec.pipeline.rank import RankStep
from coinvec.plugin.protocols import RankingRequest
from coinvec.services.home import Home
from coinvec.services.queries import LabelledQuery, read_queries
from coinvec.services.search import Searcher

DEPTH = 20
ANY = Thresholds(known=-1.0, match=1.0, margin=0.0)


class Recorder(VerifyRanker):
    """Writes down what it says of the leaders of the last search."""

    said: Sequence[tuple[float | None, Candidate]] = ()

    def scores(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> Sequence[float | None]:
        """See `ScoringRanker.scores`."""
        scores = super().scores(request, candidates)
        self.said = list(zip(scores, candidates, strict=True))
        return scores


def judged(home: Home, queries: Sequence[LabelledQuery]) -> Iterator[Judged]:
    """Search every query; one in which no coin is found is left out."""
    recorder = Recorder()
    encoder = str(home.live.generation.encoder)
    searcher = Searcher(home, ranker=RankStep(recorder, DEPTH, "verify", {encoder: ANY}))
    with ThreadPoolExecutor(1) as pool:
        for query in queries:
            (result,) = searcher.search_batch(
                [query.photos], Query(k=1, group_by=GroupBy.TYPE), pool, both_sides=False
            )
            if isinstance(result, SearchResult) and result.judged_by == "verify":
                yield _judged(query, recorder)


def _judged(query: LabelledQuery, recorder: Recorder) -> Judged:
    # The scores asked for last are those of the leaders: the verdict comes after the order.
    ordered = sorted(
        ((score, each) for score, each in recorder.said if score is not None),
        key=lambda pair: -pair[0],
    )
    best, second = ordered[0], ordered[1] if len(ordered) > 1 else (-1.0, None)
    right = query.right_answers(GroupBy.TYPE)
    return Judged(best[0], second[0], query.is_known, best[1].type in right)


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("queries", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(home: Path, queries: Path) -> None:
    """Calibrate `verify` on QUERIES in HOME."""
    with coinvec.open(home) as catalogue:
        seen = list(judged(catalogue.home, read_queries(queries)))
        limits = calibrate(seen)
        click.echo(f"{len(seen)} queries, {sum(each.is_known for each in seen)} of known coins")
        click.echo(f'"{catalogue.home.live.generation.encoder}": {limits!r},')


if __name__ == "__main__":
    main()
