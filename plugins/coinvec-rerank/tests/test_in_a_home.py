"""The rankers in a real home, with the baselines of coinvec-classic."""

import pytest

import coinvec
from coinvec.errors import PluginError
from coinvec.services.search import CACHE
from coinvec.testing import mint_catalogue, write_catalogue, write_phone_photos

TYPES = mint_catalogue(7, n_types=5, n_issuers=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    place = tmp_path_factory.mktemp("rerank")
    manifest = write_catalogue(place / "catalogue", TYPES, pictures_per_side=1, size=256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COINVEC_PREPROCESSOR", "hough")
        patch.setenv("COINVEC_ENCODER", "polar")
        with coinvec.init(place / "home") as coins:
            coins.import_manifest(manifest)
    return place / "home"


@pytest.fixture(scope="module")
def photo(home):
    [first, *_] = write_phone_photos(home.parent / "phone", TYPES[:1], count=1)
    return first


@pytest.mark.parametrize("ranker", ["verify", "expand", "metal"])
def test_one_answer_is_the_first_of_many(home, photo, ranker, monkeypatch):
    monkeypatch.setenv("COINVEC_RANKER", ranker)
    with coinvec.open(home) as coins:
        one, many = (coins.search(photo.path, k=k) for k in (1, 5))
    assert [hit.type for hit in one] == [hit.type for hit in many][:1]
    assert len(many) == 5


def test_gradients_are_kept_beside_the_home_s_stores(home, photo, monkeypatch):
    monkeypatch.setenv("COINVEC_RANKER", "verify")
    with coinvec.open(home) as coins:
        coins.search(photo.path)
    assert [each.name for each in (home / CACHE).glob("hough-*/*.db")] == ["gradients-1.db"]


def test_evaluation_uses_the_ranker_that_is_named(home, photo):
    queries = photo.path.parent / "queries.csv"
    with coinvec.open(home) as coins:
        result = coins.evaluate(queries, ranker="verify", group_by="type", ks=(1, 5))
        with pytest.raises(PluginError, match="verifi"):
            coins.evaluate(queries, ranker="verifi")
    assert result.hit_rate[5] == 1.0  # there are five types
    assert result.timings_ms["rank"] > 0
