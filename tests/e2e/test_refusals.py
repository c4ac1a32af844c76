"""What is missing, broken, locked or out of date: the documented status and one paragraph."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from coinvec.catalogue import schema

HOLD = """
import sys
from coinvec.services.home import Home
from coinvec.settings import Settings
with Home.open(Settings.load(home=sys.argv[1], environ={})):
    print("open", flush=True)
    sys.stdin.read()
"""


def one_paragraph(outcome):
    assert outcome.err.startswith("Error: ")
    assert "Traceback" not in outcome.err
    assert "\n\n" not in outcome.err


@pytest.mark.parametrize(
    "command", [("list",), ("db", "current"), ("db", "upgrade"), ("db", "check")], ids=" ".join
)
def test_a_missing_home_is_not_made(coinvec, tmp_path, command):
    outcome = coinvec(*command)
    assert outcome.status == 4
    assert "init" in outcome.err
    one_paragraph(outcome)
    assert not (tmp_path / "home").exists()


def test_a_locked_home_names_its_owner_and_the_ways_out(coinvec, filled, monkeypatch):
    monkeypatch.setenv("COINVEC_LOCK_TIMEOUT", "0.2")
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(filled)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout.readline() == "open\n"
        outcome = coinvec("list")
        assert outcome.status == 4
        assert f"process {owner.pid}" in outcome.err
        assert "milvus-lite server" in outcome.err
        one_paragraph(outcome)
        os.kill(owner.pid, signal.SIGKILL)
    assert coinvec("list").status == 0  # the lock fell with its owner


def test_an_outdated_schema_is_refused_with_the_command_to_run(coinvec, filled):
    with sqlite3.connect(filled / "catalogue.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    outcome = coinvec("list")
    assert outcome.status == 4
    one_paragraph(outcome)


def test_a_home_without_database(coinvec, filled):
    (filled / "catalogue.db").unlink()
    outcome = coinvec("list")
    assert outcome.status == 4
    assert "coinvec" in outcome.err
    one_paragraph(outcome)


def test_other_models_than_the_homes_are_refused(coinvec, filled, minted, monkeypatch):
    monkeypatch.setenv("COINVEC_ENCODER", "polar")
    outcome = coinvec("search", "--image", minted.photos[0].path)
    assert outcome.status == 4
    assert "'arcface'" in outcome.err
    one_paragraph(outcome)


def test_a_missing_plugin(coinvec, filled, minted, monkeypatch, tmp_path):
    monkeypatch.setenv("COINVEC_PLUGINS", "")
    outcome = coinvec("search", "--image", minted.photos[0].path)
    assert outcome.status == 4
    one_paragraph(outcome)
    assert coinvec("--home", tmp_path / "other", "init").status == 4
    monkeypatch.delenv("COINVEC_PLUGINS")
    monkeypatch.setenv("COINVEC_ENCODER", "polarr")
    outcome = coinvec("--home", tmp_path / "other", "init")
    assert outcome.status == 4
    assert "'polar'" in outcome.err


def test_lost_vectors_are_rebuilt_from_sql(coinvec, filled, minted):
    import shutil

    photo = minted.photos[0].path
    before = coinvec("search", "--image", photo, "--format", "json").json
    shutil.rmtree(filled / "vectors.db")
    after = coinvec("search", "--image", photo, "--format", "json").json
    assert after["hits"] == before["hits"]


def test_a_traceback_only_with_debug(coinvec):
    assert "Traceback" in coinvec("list", "--debug").err


def test_a_bad_setting(coinvec, filled, monkeypatch):
    monkeypatch.setenv("COINVEC_INDEX", "FLATT")
    outcome = coinvec("search", "--image", "a.jpg")
    assert outcome.status == 4
    assert "FLAT" in outcome.err
    one_paragraph(outcome)


@pytest.mark.parametrize("command", ["current", "check", "upgrade"])
def test_db_commands(coinvec, filled, command):
    outcome = coinvec("db", command)
    assert outcome.status == 0, outcome.err
    assert schema.head() in outcome.out + outcome.err


def test_config_show_masks_secrets(coinvec, monkeypatch):
    monkeypatch.setenv("COINVEC_MILVUS_TOKEN", "hunter2")
    monkeypatch.setenv("COINVEC_DATABASE_URL", "postgresql+psycopg://me:hunter2@host/db")
    outcome = coinvec("config", "show", "--format", "json")
    assert outcome.status == 0
    assert "hunter2" not in outcome.out
    origins = {line["name"]: line["origin"] for line in outcome.json}
    assert origins["milvus_token"] == "COINVEC_MILVUS_TOKEN"
    assert origins["index"] == "default"
    assert "COINVEC_HOME" in coinvec("config", "show").out


def test_plugins_list_and_show(coinvec):
    listed = coinvec("plugins", "list", "--format", "json").json
    declared = {spec["name"] for record in listed for spec in record["declares"]}
    assert {"hough", "polar", "similarity"} <= declared
    shown = coinvec("plugins", "show", "polar", "--format", "json").json
    assert shown[0]["distribution"] == "coinvec-classic"
    assert "64" in coinvec("plugins", "show", "polar").out
    assert coinvec("plugins", "show", "nothing").status == 4
