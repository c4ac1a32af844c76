"""Chooses the verdict's limits for the scores of `verify`, and prints them.

    python tools/calibrate.py HOME QUERIES

HOME is a home into which the catalogue of the development coins was imported with the models that
are to be used; QUERIES is their queries file, unknown coins among them (see `coinvec evaluate`).
Every query is asked twice: with its photo as it is, and with a bad one of the same coin, drawn like
the views that the encoder was trained on. Pictures in catalogues are better than photos in the
hand; limits chosen on them alone call most coins in the hand unknown.

The limits, rounded to two digits, go into `coinvec_rerank/weights.py`, under the encoder's
revision. What they are worth is measured on other coins: `coinvec evaluate QUERIES`.
"""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from coinvec_rerank.verify import VerifyRanker
from coinvec_train.encoder.calibrate import Judged, calibrate
from coinvec_train.encoder.views import Views
from PIL import Image

import coinvec
from coinvec.domain.choices import GroupBy
from coinvec.domain.images import RgbArray
from coinvec.domain.models import Thresholds
from coinvec.domain.results import Candidate, Query, SearchResult
from coinvec.plugin.cutout import SIZE
from coinvec.plugin.protocols import RankingRequest
from coinvec.services.home import Home
from coinvec.services.queries import LabelledQuery, read_queries
from coinvec.services.search import Searcher

SEED = 7
GROUND = 128
"""The grey that bad photos have around the coin."""
Said = Sequence[tuple[float | None, Candidate]]
NEVER = Thresholds(known=1.0, match=1.0, margin=0.0)
"""By which no coin is known, so that every search looks deeper."""


class Recorder(VerifyRanker):
    """Writes down what it says of the contenders of the last search, at the first look and last."""

    first: Said = ()
    last: Said = ()

    def scores(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> Sequence[float | None]:
        """See `ScoringRanker.scores`."""
        scores = super().scores(request, candidates)
        self.last = list(zip(scores, candidates, strict=True))
        if not request.second_look:
            self.first = self.last
        return scores


def bad_photos(
    catalogue: coinvec.Catalogue,
    queries: Sequence[LabelledQuery],
    folder: Path,
    *,
    poor_light: float = 0.0,
) -> Iterator[LabelledQuery]:
    """Each query with a bad photo of its coin, kept in a folder; a share of them in poor light."""
    views = Views("phone", SIZE, poor_light=poor_light)
    for query in queries:
        for crop in catalogue.segment(query.photos[0]).crops:
            view = views.draw(crop.cutout, np.random.default_rng((SEED, query.line)))
            path = folder / f"{query.line}.png"
            Image.fromarray(on_ground(view)).save(path)
            yield replace(query, photos=(path,))


def on_ground(view: RgbArray) -> RgbArray:
    """A coin on black as one on grey, with as much of it on every side as half the view."""
    around = [(SIZE // 2, SIZE // 2)] * 2
    is_coin = np.pad(view.any(axis=2), around)[:, :, np.newaxis]
    return np.where(is_coin, np.pad(view, [*around, (0, 0)]), np.uint8(GROUND))


def judged(home: Home, queries: Sequence[LabelledQuery]) -> Iterator[tuple[Judged, Judged]]:
    """What the first and the last look say of every query in which a coin is found."""
    recorder = Recorder()
    encoder = str(home.live.generation.encoder)
    step = replace(home.load_ranker("verify"), ranker=recorder, thresholds={encoder: NEVER})
    searcher = Searcher(home, ranker=step)
    with ThreadPoolExecutor(1) as pool:
        for query in queries:
            (result,) = searcher.search_batch(
                [query.photos], Query(k=1, group_by=GroupBy.TYPE), pool, both_sides=False
            )
            if isinstance(result, SearchResult) and result.judged_by == "verify":
                yield _judged(query, recorder.first), _judged(query, recorder.last)


def limits(seen: Sequence[tuple[Judged, Judged]]) -> Thresholds:
    """The limits of answers that are last looks where the first would call the coin unknown."""
    known = calibrate([last for _, last in seen]).known
    return calibrate([first if first.best >= known else last for first, last in seen])


def _judged(query: LabelledQuery, said: Said) -> Judged:
    # The scores asked for last are those of the contenders: the verdict comes after the order.
    scored = [(score, each.type) for score, each in said if score is not None]
    best, best_type = max(scored)
    second = max((score for score, each in scored if each != best_type), default=-1.0)
    # A look that several types share is no sure match of any of them.
    is_sure = query.right_answers(GroupBy.TYPE) == {best_type}
    return Judged(best, second, query.is_known, is_sure)


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("queries", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(home: Path, queries: Path) -> None:
    """Calibrate `verify` on QUERIES in HOME."""
    with coinvec.open(home) as catalogue, tempfile.TemporaryDirectory() as scratch:
        good = read_queries(queries)
        bad = list(bad_photos(catalogue, good, Path(scratch)))
        seen = list(judged(catalogue.home, [*good, *bad]))
        known = sum(last.is_known for _, last in seen)
        click.echo(f"{len(seen)} answers, {known} of known coins")
        click.echo(f'"{catalogue.home.live.generation.encoder}": {limits(seen)!r},')


if __name__ == "__main__":
    main()
