"""What looking at more hits costs a search: `verify` in the starter catalogue.

The starter catalogue has no pictures; descriptors of noise stand in for theirs, for comparing takes
the same time whatever is compared.
"""

import os
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from coinvec_rerank.spectra import PACKED_BYTES
from coinvec_rerank.verify import VerifyRanker, cache_of
from coinvec_rerank.weights import VERIFICATION, Verification

import coinvec
from coinvec.domain.models import Thresholds
from coinvec.domain.results import Query
from coinvec.pipeline.rank import RankStep
from coinvec.services.ranker_cache import ranker_cache
from coinvec.services.search import Searcher
from coinvec.services.starter import add_starter, find_starter
from coinvec.testing import mint_catalogue, write_phone_photos
from tests.bench.options import Options
from tests.bench.report import report

ONE_MIDDLE = replace(VERIFICATION, aside=0.0)
LOOKS: dict[str, tuple[Verification, int, int | None]] = {
    "20": (VERIFICATION, 20, None),
    "20, then 400 designs": (VERIFICATION, 20, 400),
    "20, then 400 designs around one middle": (ONE_MIDDLE, 20, 400),
    "200 at once": (VERIFICATION, 200, None),
}
"""How closely it is looked at how many hits, at first and before a coin is called unknown."""
NEVER = Thresholds(known=1.0, match=1.0, margin=0.0)
PHOTOS = 12
STAGES = ("preprocess", "encode", "retrieve", "rank", "total")


def run(options: Options) -> None:
    """Search the same photos at every depth, in turn."""
    del options
    types = mint_catalogue(5, n_types=PHOTOS, n_issuers=2)
    with TemporaryDirectory(prefix="coinvec-bench-") as name:
        photos = write_phone_photos(Path(name) / "photos", types, count=PHOTOS)
        with coinvec.init(Path(name) / "home") as catalogue:
            add_starter(catalogue.home, find_starter(catalogue.home.settings))
            _fill(catalogue)
            encoder = str(catalogue.home.live.generation.encoder)
            searchers = {
                look: Searcher(
                    catalogue.home,
                    ranker=RankStep(
                        VerifyRanker(weights), depth, "verify", {encoder: NEVER}, deeper
                    ),
                )
                for look, (weights, depth, deeper) in LOOKS.items()
            }
            taken = {
                look: [searcher.search([photo.path], Query(k=10)).timings_ms for photo in photos]
                for look, searcher in searchers.items()
            }
    report(f"\n| hits | {' | '.join(f'{stage}, ms' for stage in STAGES)} | ratio |")
    report(f"|---:{'|---:' * len(STAGES)}|---:|")
    base = median(each["total"] for each in next(iter(taken.values())))
    for look, timings in taken.items():
        medians = [median(each[stage] for each in timings) for stage in STAGES]
        shown = " | ".join(f"{each:.0f}" for each in medians)
        report(f"| {look} | {shown} | {medians[-1] / base:.2f} |")


def _fill(catalogue: "coinvec.Catalogue") -> None:
    home = catalogue.home
    cache = cache_of(ranker_cache(home, home.recorded_live))
    image_ids = home.catalogue.image_ids(None)
    cache.keep({image_id: os.urandom(PACKED_BYTES) for image_id in image_ids})
