"""The four pairs of engines with the same coins, and statements asked of them."""

from types import SimpleNamespace

import numpy as np
import pytest

from coinvec.domain.results import CoinInPicture
from coinvec.pipeline.find import Probe
from coinvec.pipeline.rank import RankStep, SimilarityRanker
from coinvec.pipeline.timing import StageTimer
from coinvec.services.home import LoadedGeneration
from coinvec.services.search import LookUp, Searcher
from coinvec.services.sql import run_statement
from coinvec.settings import Settings
from tests.integration.filters.conftest import PAIRS, empty_stores
from tests.integration.filters.gallery import Gallery

__all__ = ["empty_stores"]


class Asked(Searcher):
    """Answers statements from a gallery; photos are vectors, which no model has to see."""

    def __init__(self, gallery):
        self.gallery = gallery
        self._home = SimpleNamespace(
            catalogue=gallery.catalogue,
            vectors=gallery.store,
            settings=Settings.load(environ={}),
            media=SimpleNamespace(location=str),
        )

    def look_up(self, photos, answer):
        models = SimpleNamespace(encoder_spec=SimpleNamespace(thresholds=None))
        seen = tuple(CoinInPicture(f"photo {place}", None) for place in range(len(photos)))
        probe = Probe(seen, np.stack(photos))
        generation = LoadedGeneration(self.gallery.live, models)
        ranker = RankStep(SimilarityRanker())
        return answer(LookUp(self._home, generation, probe, StageTimer(), ranker))

    def ask(self, text, params=None):
        return run_statement(self, text, params)


@pytest.fixture(scope="session")
def askers(empty_stores):
    """Gives an `Asked` of a pair of engines, each with the same coins; made once."""
    made = {}

    def asker(*pair):
        if pair not in made:
            made[pair] = Asked(Gallery(*empty_stores(*pair)))
        return made[pair]

    yield asker
    for asked in made.values():
        asked.gallery.close()


@pytest.fixture(scope="session", params=PAIRS, ids=" and ".join)
def asked(request, askers):
    return askers(*request.param)
