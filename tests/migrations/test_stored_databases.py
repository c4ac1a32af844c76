"""The databases that earlier releases left: refused until upgraded, and then used."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from coinvec.catalogue import schema
from coinvec.media.store import MediaStore
from tests.migrations import stored

REVISIONS = [
    each.revision
    for each in ScriptDirectory(str(schema.scripts_folder())).walk_revisions("base", "heads")
]
NEW = {"gra-ducat": {"country": "Graustark", "denomination": "1 ducat", "year_from": "1701"}}


@dataclass(frozen=True)
class Left:
    """A home as a release left it: its database, and the kept pictures. Milvus was lost."""

    revision: str
    url: str
    folder: Path


@pytest.fixture
def _models(tmp_path, monkeypatch):
    stored.install(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    for name in ("stored_hooks", "stored_models"):
        sys.modules.pop(name, None)


@pytest.fixture(params=stored.ENGINES)
def url(request, tmp_path, monkeypatch, _models):
    """Where the database of the default home is; it is empty yet."""
    home = tmp_path / "home"
    home.mkdir()
    address = f"sqlite:///{home / 'catalogue.db'}"
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres_database")
        monkeypatch.setenv("COINVEC_DATABASE_URL", address)
    return address


def load(url, revision, tmp_path):
    """Put a stored home where the default home is."""
    stored.execute(url, stored.script(revision, url.partition(":")[0].partition("+")[0]))
    media = MediaStore(str(tmp_path / "home" / "media"))
    for key, side, shot in stored.pictures():
        media.put(stored.image_id(key, side, shot), stored.picture(key, side, shot))
    return Left(revision, url, tmp_path)


@pytest.fixture(params=REVISIONS)
def left(request, url, tmp_path):
    return load(url, request.param, tmp_path)


def rows(url, query):
    """The first column of a query's rows, sorted."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return sorted(connection.scalars(sa.text(query)))
    finally:
        engine.dispose()


def shown(text):
    """A message without the places where the terminal's width broke it."""
    return " ".join(text.split())


def done(outcome):
    assert outcome.status == 0, outcome.err
    return outcome


def searched(coinvec, key, where="title IS NOT NULL"):
    """The types found by the queries' picture of a type, best first."""
    photo = stored.write_queries(Path.cwd() / "queries", [key]).with_name(
        f"query {key} obverse.bmp"
    )
    found = done(coinvec("search", "--image", photo, "--where", where, "--format", "json")).json
    return [hit["type"] for hit in found["hits"]]


def evaluated(coinvec, keys):
    queries = stored.write_queries(Path.cwd() / "queries", keys)
    return done(coinvec("evaluate", queries, "--format", "json")).json["hit_rate"]["1"]


def listed(coinvec, *options):
    return done(coinvec("list", *options, "--format", "json")).json


def test_every_revision_has_a_stored_database_on_every_engine():
    """A new revision needs one before it is released: python -m tests.migrations.make."""
    assert {path.name for path in stored.DATABASES.iterdir()} == {
        f"{revision}.{engine}.sql" for revision in REVISIONS for engine in stored.ENGINES
    }


def test_a_stored_database_is_what_that_release_made(left):
    assert schema.current(left.url) == left.revision
    if left.revision == schema.head():
        assert schema.check(left.url) == []
    renamed = [image for image in stored.pictures() if image[0] == stored.RENAMED[0]]
    owed = [stored.image_id(*image) for image in (stored.REMOVED, *renamed)]
    assert rows(left.url, "SELECT DISTINCT image_id FROM outbox") == sorted(owed)
    there = [stored.image_id(*image) for image in stored.pictures()]
    embedded = "SELECT image_id FROM embedding WHERE generation_id = 1"
    assert rows(left.url, embedded) == sorted(there)


@pytest.mark.parametrize(
    "left", [each for each in REVISIONS if each != schema.head()], indirect=True
)
def test_an_outdated_database_is_refused_with_the_command_to_run(left, coinvec, tmp_path):
    photo = stored.write_queries(tmp_path / "q", ["rur-crown"])
    manifest = stored.write_manifest(tmp_path / "new", NEW)
    for command in (
        ("list",),
        ("search", "--image", photo.with_name("query rur-crown obverse.bmp")),
        ("import", manifest),
        ("edit", "rur-crown", "--title", "x"),
        ("remove", "rur-crown"),
        ("doctor", "--fix"),
    ):
        outcome = coinvec(*command)
        assert outcome.status == 4
        assert f"at revision {left.revision}" in shown(outcome.err)
        assert "coinvec db upgrade" in shown(outcome.err)
    assert schema.current(left.url) == left.revision


def test_a_stored_database_is_upgraded_and_used(left, coinvec, monkeypatch):
    monkeypatch.chdir(left.folder)
    assert left.revision in done(coinvec("db", "current")).out
    done(coinvec("db", "upgrade"))
    done(coinvec("db", "check"))

    # What was in it is there, the change that Milvus had not been told of included.
    key, title = stored.RENAMED
    types = {row["type"]: row for row in listed(coinvec)}
    assert types.keys() == stored.TYPES.keys()
    assert types[key]["title"] == title
    assert types["bor-tael"]["images"] == len(stored.SHOTS) - 1
    assert types["rur-heller"]["value"] == pytest.approx(0.02)
    assert types["syl-dollar"]["year_to"] == 1939
    shown_coin = json.loads(done(coinvec("show", key, "--format", "json")).out)
    assert shown_coin["references"] == stored.TYPES[key]["references"]

    # It is searched, ...
    assert evaluated(coinvec, stored.TYPES) == 1.0
    assert searched(coinvec, key, f"title = '{title}' AND attr['mint'] = 'Strelsau'") == [key]

    # ... imported into, ...
    report = done(
        coinvec("import", stored.write_manifest(left.folder / "new", NEW), "--format", "json")
    ).json
    assert report["added"] == len(stored.SHOTS)
    assert evaluated(coinvec, [*stored.TYPES, *NEW]) == 1.0

    # ... edited, ...
    done(coinvec("edit", "syl-dollar", "--country", "Syldavia", "--year-from", "1910"))
    assert searched(coinvec, "rur-heller", "country = 'Syldavia' AND year = 1920") == ["syl-dollar"]

    # ... and removed from.
    done(coinvec("remove", "rur-heller"))
    assert "rur-heller" not in searched(coinvec, "rur-heller")
    assert {row["type"] for row in listed(coinvec)} == {*stored.TYPES, *NEW} - {"rur-heller"}

    done(coinvec("db", "check"))
    done(coinvec("doctor"))


def test_an_upgraded_home_takes_other_models(left, coinvec, monkeypatch):
    monkeypatch.chdir(left.folder)
    done(coinvec("init"))  # upgrades as well
    done(coinvec("generations", "build", "--encoder", stored.OTHER_ENCODER))
    done(coinvec("generations", "check"))
    done(coinvec("generations", "promote"))
    assert evaluated(coinvec, stored.TYPES) == 1.0
    done(coinvec("generations", "rollback"))
    assert evaluated(coinvec, stored.TYPES) == 1.0
    done(coinvec("db", "check"))


def test_a_database_of_a_later_release_is_refused(url, coinvec, tmp_path):
    left = load(url, schema.head(), tmp_path)
    stored.execute(left.url, "UPDATE alembic_version SET version_num = '9999'")
    for command in (("list",), ("init",), ("db", "upgrade"), ("doctor",)):
        outcome = coinvec(*command)
        assert outcome.status == 4
        assert "a later release has changed it" in shown(outcome.err)
        assert "pip install --upgrade coinvec" in shown(outcome.err)
    assert schema.current(left.url) == "9999"
