"""The rankers in a real home, with the baselines of coinvec-classic."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from coinvec_rerank.gradients import REVISION
from coinvec_rerank.weights import NETWORK

import coinvec
from coinvec.cli.app import cli
from coinvec.errors import PluginError, UsageError
from coinvec.services.ranker_cache import CACHE
from coinvec.testing import mint_catalogue, write_catalogue, write_phone_photos

TYPES = mint_catalogue(7, n_types=5, n_issuers=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    place = tmp_path_factory.mktemp("rerank")
    manifest = write_catalogue(place / "catalogue", TYPES, pictures_per_side=1, size=256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COINVEC_PREPROCESSOR", "hough")
        patch.setenv("COINVEC_ENCODER", "polar")
        patch.setenv("COINVEC_RANKER", "similarity")
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
    assert [each.name for each in (home / CACHE).glob("hough-*/*.db")] == [
        f"descriptors-{REVISION}.{NETWORK}.db"
    ]


def test_an_import_keeps_what_searches_will_need(photo, tmp_path, monkeypatch):
    monkeypatch.setenv("COINVEC_PREPROCESSOR", "hough")
    monkeypatch.setenv("COINVEC_ENCODER", "polar")
    with coinvec.init(tmp_path / "home") as coins:
        coins.import_manifest(photo.path.parents[1] / "catalogue" / "manifest.csv")
        [gradients] = (tmp_path / "home" / CACHE).glob("hough-*/*.db")
        kept = gradients.stat().st_size
        first = coins.search(photo.path)
        assert coins.home.ranker_name == "verify"  # the default where it is installed
    assert gradients.stat().st_size == kept
    with coinvec.open(tmp_path / "home") as coins:
        gradients.unlink()
        assert [hit.type for hit in coins.search(photo.path)] == [hit.type for hit in first]


def test_what_was_kept_is_prepared_again_for_all_pictures(home, tmp_path, monkeypatch):
    monkeypatch.setenv("COINVEC_HOME", str(tmp_path / "home"))
    shutil.copytree(home, tmp_path / "home")
    shutil.rmtree(tmp_path / "home" / CACHE, ignore_errors=True)
    done = CliRunner().invoke(cli, ["generations", "prepare", "--jobs", "2"])
    assert done.exit_code == 0
    assert "'verify' is ready for 10 pictures" in done.stderr
    [kept] = (tmp_path / "home" / CACHE).glob("hough-*/*.db")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (10,)
    monkeypatch.setenv("COINVEC_RANKER", "expand")
    refused = CliRunner().invoke(cli, ["generations", "prepare"])
    assert isinstance(refused.exception, UsageError)


def test_a_ranker_that_fails_to_prepare_costs_no_import(photo, tmp_path, monkeypatch, caplog):
    def refuse(*_):
        raise RuntimeError("no room")

    monkeypatch.setattr("coinvec_rerank.verify.VerifyRanker.prepare", refuse)
    with coinvec.init(tmp_path / "home") as coins:
        report = coins.import_manifest(photo.path.parents[1] / "catalogue" / "manifest.csv")
    assert report.added == 10
    assert not report.rejected
    assert "no room" in caplog.text


def test_evaluation_uses_the_ranker_that_is_named(home, photo):
    queries = photo.path.parent / "queries.csv"
    with coinvec.open(home) as coins:
        result = coins.evaluate(queries, ranker="verify", group_by="type", ks=(1, 5))
        with pytest.raises(PluginError, match="verifi"):
            coins.evaluate(queries, ranker="verifi")
    assert result.hit_rate[5] == 1.0  # there are five types
    assert result.timings_ms["rank"] > 0


@pytest.fixture(scope="module")
def learned(home):
    """A home of the default models; the pictures are those of the other."""
    with coinvec.init(home.parent / "learned") as coins:
        coins.import_manifest(home.parent / "catalogue" / "manifest.csv")
    return home.parent / "learned"


def test_the_verdict_depends_neither_on_how_much_is_asked_for_nor_on_the_grouping(learned, photo):
    with coinvec.open(learned) as coins:
        results = [
            coins.search(photo.path, k=k, group_by=by)
            for k in (1, 5)
            for by in ("type", "design", "image")
        ]
    first = results[0]
    assert first.judged_by == "verify"
    assert {(each.verdict, each.score) for each in results} == {(first.verdict, first.score)}


def test_without_pictures_similarities_are_judged(learned, photo, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(learned, home)
    shutil.rmtree(home / CACHE)
    for picture in (home / "media").rglob("*"):
        if picture.is_file():
            picture.unlink()
    with coinvec.open(home) as coins:
        result = coins.search(photo.path)
    assert result.judged_by == "similarity"
    assert result.score == max(hit.similarity for hit in result)
