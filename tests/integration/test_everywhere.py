"""One collection on every pair of stores: the same commands give the same answers."""

import csv
import json
import socket
from pathlib import Path

import pytest

PLACES = ["milvus-lite server and SQLite", "Milvus Lite and PostgreSQL", "Milvus and PostgreSQL"]


@pytest.fixture(params=PLACES)
def place(request):
    """Settings of a home whose stores are servers, wholly or in part."""
    milvus, database = request.param.split(" and ")
    settings = {}
    if milvus == "Milvus":
        settings["COINVEC_MILVUS_URI"] = request.getfixturevalue("milvus_database")
    elif milvus == "milvus-lite server":
        settings["COINVEC_MILVUS_URI"] = request.getfixturevalue("milvus_lite_server").uri
    if database == "PostgreSQL":
        settings["COINVEC_DATABASE_URL"] = request.getfixturevalue("postgres_database")
    return settings


@pytest.fixture
def tour(coinvec, minted, tmp_path, monkeypatch):
    """Goes through all that a collection is used for; gives what every command answered."""
    keys = [each.coin.key for each in minted.types]
    with minted.manifest.open(encoding="utf-8") as manifest:
        pictures = [minted.manifest.parent / row["image"] for row in csv.DictReader(manifest)]
    photos = [each.path for each in minted.photos]
    filters = [
        "country = 'Atlantis'",  # after the edit
        "year >= 1900 AND year < 2100",
        "denomination ILIKE '%E%' OR shape IS NULL",
        f"type NOT IN ('{keys[0]}', '{keys[1]}') AND side = 'reverse'",
    ]

    def commands():
        yield "import", minted.manifest
        yield "import", minted.manifest
        yield ("list",)
        yield from (("search", "--image", each, "-k", 6) for each in (*photos, *pictures[:3]))
        yield "search", "--image", photos[0], "--image", photos[1]
        yield "search", "--image", photos[0], "--group-by", "design", "-k", 12
        yield "search", "--image", photos[0], "--group-by", "image", "-k", 30
        yield "evaluate", minted.queries
        yield "edit", keys[0], "--country", "Atlantis", "--year-from", 1907, "--year-to", 1909
        for where in filters:
            yield "list", "--where", where
            yield "search", "--image", photos[0], "--where", where
        yield "remove", keys[1]
        yield ("list",)
        yield "search", "--image", photos[0], "-k", 6
        yield "import", minted.manifest
        yield "evaluate", minted.queries

    def go(name, settings):
        for variable, value in {"COINVEC_HOME": tmp_path / name, **settings}.items():
            monkeypatch.setenv(variable, str(value))
        assert coinvec("init").status == 0
        answers = []
        for command, *arguments in commands():
            form = [] if command in ("edit", "remove") else ["--format", "json"]
            outcome = coinvec(command, *arguments, *form)
            assert outcome.status == 0, f"{command}: {outcome.err}"
            answers.append((command, comparable(outcome.json if form else outcome.out)))
        for check in (["doctor"], ["db", "check"]):
            outcome = coinvec(*check)
            assert outcome.status == 0, f"{check}: {outcome.err}"
        for variable in settings:
            monkeypatch.delenv(variable)
        return answers

    return go


def comparable(answer):
    """An answer without what differs between homes: times, and where the pictures lie."""
    if isinstance(answer, dict):
        return {
            name: Path(value).name if name == "image" else comparable(value)
            for name, value in answer.items()
            if name != "timings_ms"
        }
    return [comparable(each) for each in answer] if isinstance(answer, list) else answer


@pytest.fixture(scope="module")
def answers_of():
    """The answers of tours that one test has made and others compare with."""
    return {}


def test_answers_do_not_depend_on_where_the_stores_are(tour, place, minted, answers_of):
    if "embedded" not in answers_of:
        answers_of["embedded"] = tour("embedded", {})
    found = tour("served", place)
    for (command, answer), (_, wanted) in zip(found, answers_of["embedded"], strict=True):
        assert answer == wanted, command
    check_the_tour(found, minted)


def check_the_tour(answers, minted):
    """That the answers are right as well as equal."""
    keys = [each.coin.key for each in minted.types]
    imports = [answer for command, answer in answers if command == "import"]
    assert [each["added"] for each in imports] == [24, 0, 4]
    lists = [{row["type"] for row in answer} for command, answer in answers if command == "list"]
    assert lists[0] == set(keys)
    assert lists[1] == {keys[0]}, "the edited country"
    assert lists[-1] == set(keys) - {keys[1]}, "a removed type"
    searches = [answer for command, answer in answers if command == "search"]
    for search in searches[len(minted.photos) :][:3]:
        assert search["hits"][0]["similarity"] == pytest.approx(1, abs=1e-5), "a picture itself"
    edited, *_ = [each for each in searches if each["total_matching"] == 1]
    assert [hit["type"] for hit in edited["hits"]] == [keys[0]]
    assert edited["hits"][0]["year_from"] == 1907
    assert keys[1] not in json.dumps(searches[-1])


def test_a_database_that_is_gone_is_told_in_one_paragraph(coinvec, filled, monkeypatch):
    monkeypatch.setattr("coinvec.catalogue.postgres.CONNECT_PATIENCE_S", 0.5)
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("COINVEC_DATABASE_URL", f"postgresql://coinvec:secret@{host}/coins")
        outcome = coinvec("list")
    assert outcome.status == 4
    assert outcome.out == ""
    assert f"{host}/coins cannot be reached" in outcome.err
    assert "Traceback" not in outcome.err
    assert "secret" not in outcome.err


def test_a_token_that_is_wrong_is_told_in_one_paragraph(
    coinvec, filled, minted, milvus_server, monkeypatch
):
    monkeypatch.setenv("COINVEC_MILVUS_URI", f"http://127.0.0.1:{milvus_server.port}")
    monkeypatch.setenv("COINVEC_MILVUS_TOKEN", "root:hunter2")
    outcome = coinvec("search", "--image", minted.photos[0].path)
    assert outcome.status == 4
    assert outcome.out == ""
    assert "COINVEC_MILVUS_TOKEN" in outcome.err
    assert "Traceback" not in outcome.err
    assert "hunter2" not in outcome.err
