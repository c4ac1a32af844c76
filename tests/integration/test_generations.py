"""Generations under hard conditions: killed builds, and a swap under the eyes of a searcher."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from coinvec.media.decode import decode
from coinvec.services.collection import Catalogue
from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.servers import MilvusLiteServer
from tests.twin import install, paint

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def _site(tmp_path_factory):
    return install(tmp_path_factory.mktemp("twin") / "site")


@pytest.fixture
def twin(_site, monkeypatch):
    """The tests' own models, installed."""
    monkeypatch.syspath_prepend(str(_site))
    return _site


def start(script, *arguments, **environ):
    """Start a Python script in a process that sees what this one sees."""
    path = os.pathsep.join([str(ROOT), *(each for each in sys.path if each)])
    return subprocess.Popen(
        [sys.executable, "-c", dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": path} | environ,
        cwd=ROOT,
    )


# --- a build that is killed ------------------------------------------------------------------

IMAGES, CHUNK = 150, 64
TWIN = {"COINVEC_PLUGINS": "twin", "COINVEC_PREPROCESSOR": "whole"}

BUILD = """
    import os, signal, sys
    from coinvec.catalogue.store import CatalogueStore
    from coinvec.cli import main
    from coinvec.vectors.store import VectorStore

    owner, method, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
    kind = {"CatalogueStore": CatalogueStore, "VectorStore": VectorStore}[owner]
    real = getattr(kind, method)

    def dying(self, *arguments, **options):
        global calls
        calls -= 1
        if calls < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *arguments, **options)

    setattr(kind, method, dying)
    main(["generations", "build", "--encoder", "strip", "--jobs", "1"])
"""


@pytest.fixture(scope="module")
def painted(_site, tmp_path_factory):
    """A manifest, and a home that is filled with it."""
    folder = tmp_path_factory.mktemp("painted")
    manifest = paint(folder / "pictures", types=IMAGES, pictures=1)
    settings = Settings.load(home=folder / "home", environ=TWIN | {"COINVEC_ENCODER": "tiles"})
    sys.path.insert(0, str(_site))
    try:
        with Catalogue(Home.create(settings)) as coins:
            assert coins.import_manifest(manifest).added == IMAGES
    finally:
        sys.path.remove(str(_site))
    return manifest, folder / "home"


@pytest.mark.parametrize(
    ("step", "calls", "left"),
    [
        ("CatalogueStore.add_generation", 0, IMAGES),
        ("CatalogueStore.save_vectors", 1, IMAGES - CHUNK),
        ("VectorStore.upsert", 1, IMAGES - 2 * CHUNK),
        ("CatalogueStore.settle", 1, IMAGES - 2 * CHUNK),
    ],
)
def test_a_killed_build_goes_on_where_it_stopped(painted, twin, tmp_path, step, calls, left):
    manifest, filled = painted
    shutil.copytree(filled, tmp_path / "home")
    child = start(BUILD, *step.split("."), calls, COINVEC_HOME=str(tmp_path / "home"), **TWIN)
    assert child.wait(60) == -signal.SIGKILL
    settings = Settings.load(home=tmp_path / "home", environ=TWIN)
    with Catalogue(Home.open(settings)) as coins:
        home = coins.home
        ids = home.catalogue.image_ids(None)
        assert coins.search(manifest.parent / "042-0.png", k=1).hits[0].type == "t042"
        report = coins.generations.build(encoder="strip")
        assert (report.built, report.coverage.embedded) == (left, IMAGES)
        assert home.catalogue.owed(report.generation.id, 1) == {}
        in_sql = home.catalogue.vector_records(report.generation.id, ids)
        in_milvus = home.vectors.vectors(report.generation.collection, ids)
        assert in_sql.keys() == in_milvus.keys() == set(ids)
        assert home.vectors.count(report.generation.collection) == IMAGES
        for key, row in in_sql.items():
            np.testing.assert_array_equal(row.vector, in_milvus[key])
        coins.generations.promote(force=True)
        assert coins.search(manifest.parent / "042-0.png", k=1).hits[0].type == "t042"


# --- a swap under the eyes of a searcher -----------------------------------------------------

SEARCHER = """
    import json, sys, time, traceback
    from pathlib import Path
    import coinvec

    home, pictures, log, stop = map(Path, sys.argv[1:])
    queries = sorted(pictures.iterdir())
    with coinvec.open(home) as coins, log.open("w") as out:
        turn = 0
        while not stop.exists():
            query, began = queries[turn % len(queries)], time.time()
            try:
                result = coins.search(query, k=3)
                told = {
                    "generation": result.generation,
                    "encoder": result.encoder,
                    "hits": [[hit.type, hit.similarity] for hit in result.hits],
                }
            except Exception:
                told = {"error": traceback.format_exc()}
            told |= {"query": query.name, "began": began, "ended": time.time()}
            print(json.dumps(told), file=out, flush=True)
            turn += 1
"""


class Searcher:
    """Another process that searches without pause, and what it was answered."""

    def __init__(self, folder, home, queries):
        self.log, self._stop = folder / "answers.jsonl", folder / "stop"
        self._child = start(SEARCHER, home, queries, self.log, self._stop)

    def answers(self):
        if not self.log.exists():
            return []
        lines = self.log.read_text().split("\n")[:-1]
        return [json.loads(line) for line in lines]

    def wait_for(self, more):
        """Wait until some more searches have been answered."""
        wanted, deadline = len(self.answers()) + more, time.monotonic() + 60
        while len(self.answers()) < wanted:
            assert self._child.poll() is None, "the searcher has died"
            assert time.monotonic() < deadline, "the searcher hangs"
            time.sleep(0.02)

    def stop(self):
        self._stop.touch()
        assert self._child.wait(60) == 0


@pytest.fixture
def server(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    server = MilvusLiteServer(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def queries(minted, tmp_path):
    """Pictures like those of the catalogue, but other ones: darker and compressed anew."""
    folder = tmp_path / "queries"
    folder.mkdir()
    for number, minted_type in enumerate(minted.types):
        source = next(minted.manifest.parent.glob(f"pictures/{minted_type.coin.key}-obverse-1.*"))
        darker = ImageEnhance.Brightness(Image.open(source)).enhance(0.93)
        darker.save(folder / f"{number}={minted_type.coin.key}.jpg", quality=80)
    return folder


def best_by_brute_force(coins, generation, picture):
    """The best three types for a picture among a generation's vectors in SQL."""
    home = coins.home
    models = home.load(generation).models
    [vector] = models.encode(models.find(decode(picture, limits=home.limits))[:1])
    ids = home.catalogue.image_ids(None)
    best: dict[str, float] = {}
    for row in home.catalogue.vector_records(generation.id, ids).values():
        similarity = float(row.vector.astype(float) @ vector.astype(float))
        kind = row.columns["type"]
        best[kind] = max(similarity, best.get(kind, -1.0))
    return sorted(best.items(), key=lambda item: -item[1])[:3]


def test_searches_go_on_while_the_models_are_changed_and_changed_back(
    twin, server, minted, queries, tmp_path, monkeypatch
):
    monkeypatch.setenv("COINVEC_MILVUS_URI", server.uri)
    monkeypatch.setenv("COINVEC_RANKER", "similarity")  # what is computed anew here, and no more
    with Catalogue(Home.create(Settings.load(home=tmp_path / "home"))) as coins:
        assert coins.import_manifest(minted.manifest).added == 24
        classic, generations = coins.home.live, coins.generations
        models = classic.generation.preprocessor.name, classic.generation.encoder.name
        assert models == ("unet", "arcface")
        searcher = Searcher(tmp_path, tmp_path / "home", queries)
        searcher.wait_for(6)
        other = generations.build(encoder="strip").generation
        generations.check()
        generations.promote(force=True)
        promoted = time.time()
        searcher.wait_for(8)
        right = {
            (str(each.generation), query.name): best_by_brute_force(coins, each, query)
            for each in (classic, other)
            for query in queries.iterdir()
        }
        leaving = time.time()
        generations.rollback()
        returned = time.time()
        generations.drop(other.id)
        searcher.wait_for(8)
        leaving_again = time.time()
        generations.build(encoder="strip")
        generations.promote(force=True)
        generations.drop(classic.id)
        searcher.wait_for(8)
    searcher.stop()

    answers = searcher.answers()
    assert [each["error"] for each in answers if "error" in each] == []
    first, second = str(classic.generation), str(other.generation)
    turns = [name for name, _ in groupby(answers, lambda each: each["generation"])]
    assert turns == [first, second, first, second]
    for each in answers:
        assert each["encoder"] == each["generation"].partition("+")[2].partition("/")[0]
        # Found, encoded and compared by the generation it names, and by no other.
        expected = right[each["generation"], each["query"]]
        assert [kind for kind, _ in each["hits"]] == [kind for kind, _ in expected]
        assert [s for _, s in each["hits"]] == pytest.approx([s for _, s in expected], abs=1e-5)
        assert each["hits"][0][0] == each["query"].partition("=")[2].removesuffix(".jpg")
        # And by the one that was live while it was asked.
        if promoted < each["began"] and each["ended"] < leaving:
            assert each["generation"] == second
        if returned < each["began"] and each["ended"] < leaving_again:
            assert each["generation"] == first
