"""On servers, a command that has ended is seen by a process that was searching all along."""

import json
import subprocess
import sys
import textwrap

import pytest

from coinvec.services.collection import Catalogue
from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.twin import install, paint

SEARCHER = """
    import json, sys
    import coinvec

    with coinvec.open() as coins:
        for line in sys.stdin:
            result = coins.search(line.strip(), k=100, group_by="image")
            told = {"hits": len(result.hits), "best": result.hits[0].type}
            print(json.dumps(told | {"generation": result.generation}), flush=True)
"""


@pytest.fixture
def coins(tmp_path, monkeypatch, milvus_database):
    """An empty catalogue on a Milvus server; it is the default home."""
    site = install(tmp_path / "site")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("COINVEC_PLUGINS", "twin")
    monkeypatch.setenv("COINVEC_MILVUS_URI", milvus_database)
    models = {"COINVEC_PREPROCESSOR": "whole", "COINVEC_ENCODER": "tiles"}
    environ = models | {"COINVEC_PLUGINS": "twin", "COINVEC_MILVUS_URI": milvus_database}
    with Catalogue(Home.create(Settings.load(home=tmp_path / "home", environ=environ))) as coins:
        yield coins


@pytest.fixture
def searched(coins):
    """What another process, which stays, finds for a picture now."""
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SEARCHER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )

    def search(picture):
        print(picture, file=child.stdin)
        return json.loads(child.stdout.readline())

    yield search
    child.stdin.close()
    child.stdout.close()
    assert child.wait(60) == 0


def test_what_has_ended_is_found_by_whoever_is_searching(coins, searched, tmp_path):
    folders = [tmp_path / f"pictures {number}" for number in range(4)]
    for number, folder in enumerate(folders):
        manifest = paint(folder, types=1, pictures=2, seed=number)
        manifest.write_text(manifest.read_text().replace(",t000,", f",type {number},"))
        assert coins.import_manifest(manifest).added == 2
        found = searched(folder / "000-1.png")
        assert (found["hits"], found["best"]) == (2 * number + 2, f"type {number}")
    coins.remove("type 0")
    assert searched(folders[1] / "000-1.png")["hits"] == 6

    first = coins.home.live.generation
    second = coins.generations.build(encoder="strip").generation.generation
    coins.generations.promote(force=True)
    assert searched(folders[1] / "000-1.png")["generation"] == str(second)
    coins.remove("type 1")
    coins.generations.rollback()
    found = searched(folders[2] / "000-1.png")
    assert found == {"hits": 4, "best": "type 2", "generation": str(first)}
