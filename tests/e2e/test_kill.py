"""The importing process is killed (SIGKILL) at every step of the write path, many times over.

Every death is a real one: a process runs `coinvec` on real embedded stores and is killed, right
before or right after a step, or at any moment. Then the same is typed once more, and SQL, vectors
and media must be what they are without any death, which is compared here without coinvec's help.
"""

import csv
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from coinvec.testing import mint_catalogue, write_catalogue
from tests.tables import table

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork processes"),
]

CHUNK = 2
"""Photos an import takes at a time here, so that it has many steps."""
DEATHS_IN_A_ROW = 3
RANDOM_HOMES = 30
RANDOM_DEATHS = 4

MAKING = [
    "sqlalchemy.engine.default:DefaultDialect.do_commit",
    "coinvec.catalogue.schema:upgrade",
    "coinvec.catalogue.store:CatalogueStore.add_generation",
    "coinvec.vectors.embedded:EmbeddedMilvus.__init__",
    "coinvec.vectors.store:VectorStore.create_collection",
    "pymilvus:MilvusClient.create_collection",
    "milvus_lite.db:save_schema",
    "pymilvus:MilvusClient.create_index",
    "milvus_lite.storage.manifest:Manifest.save",
    "coinvec.vectors.store:VectorStore.set_alias",
    "milvus_lite.db:MilvusLite._save_aliases",
    "coinvec.services.home:Home.close",
]
IMPORTING = [
    "coinvec.services.enrol:Enroller._enrol_chunk",
    "coinvec.services.enrol:Enroller._write",
    "coinvec.media.store:MediaStore.put",
    "coinvec.media.store:_write_durably",
    "os:fsync",
    "pathlib:Path.replace",
    "coinvec.catalogue.store:CatalogueStore.save",
    "coinvec.catalogue.writing:put_types",
    "coinvec.catalogue.writing:put_designs",
    "coinvec.catalogue.writing:put_images",
    "coinvec.catalogue.writing:put_vectors",
    "coinvec.catalogue.writing:owe",
    "sqlalchemy.engine.default:DefaultDialect.do_commit",
    "coinvec.catalogue.store:CatalogueStore.owed",
    "coinvec.catalogue.store:CatalogueStore.vector_records",
    "coinvec.vectors.store:VectorStore.upsert",
    "coinvec.vectors.connection:Connection.upsert",
    "milvus_lite.engine.collection:Collection.upsert",
    "milvus_lite.engine.collection:WAL.write_insert",
    "coinvec.catalogue.store:CatalogueStore.settle",
]
"""Steps taken once or more for each chunk of photos."""
ONCE = [
    "coinvec.services.lock:HomeLock.acquire",
    "coinvec.vectors.embedded:EmbeddedMilvus.__init__",
    "coinvec.vectors.store:VectorStore.close",
    "milvus_lite.engine.collection:execute_flush",
    "milvus_lite.storage.manifest:Manifest.save",
    "os:replace",
    "milvus_lite.storage.wal:WAL.close_and_delete",
    "milvus_lite.db:MilvusLite.close",
    "coinvec.catalogue.store:CatalogueStore.close",
    "coinvec.services.lock:HomeLock.release",
]
CHANGING = [
    "coinvec.catalogue.store:CatalogueStore.save",
    "coinvec.catalogue.writing:owe",
    "coinvec.vectors.store:VectorStore.upsert",
    "coinvec.catalogue.store:CatalogueStore.settle",
]
REMOVING = [
    "coinvec.catalogue.store:CatalogueStore.remove_images",
    "coinvec.catalogue.writing:_forget_unused_names",
    "coinvec.vectors.store:VectorStore.delete",
    "milvus_lite.engine.collection:WAL.write_delete",
    "coinvec.catalogue.store:CatalogueStore.settle",
    "coinvec.media.store:MediaStore.delete",
]
LOADING = [
    ("coinvec.services.restore_marker:RestoreMarker.write", "after", 1),
    ("coinvec.catalogue.schema:upgrade", "after", 1),
    ("coinvec.catalogue.transfer:Loader.add", "after", 2),
    ("coinvec.media.store:MediaStore.put_kept", "before", 1),
    ("coinvec.media.store:MediaStore.put_kept", "after", 3),
    ("coinvec.catalogue.transfer:Loader.finish", "after", 1),
    ("coinvec.services.restore:_write_settings", "before", 1),
    ("coinvec.services.restore_marker:RestoreMarker.remove", "before", 1),
]
"""Steps of a restore before the home is whole; the last two after all rows have been loaded."""
FILLING = [
    ("coinvec.services.restore_marker:RestoreMarker.remove", "after", 1),
    ("coinvec.vectors.store:VectorStore.create_collection", "after", 1),
    ("coinvec.vectors.store:VectorStore.upsert", "after", 1),
    ("coinvec.catalogue.store:CatalogueStore.settle", "before", 1),
]
"""Steps after which the vectors alone are owed."""
SIDES = ("before", "after")


def batches(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


def deaths(steps, *numbers):
    return [(step, when, nth) for nth in numbers for step in steps for when in SIDES]


IMPORT_DEATHS = [
    *batches(deaths(IMPORTING, 1, 2), DEATHS_IN_A_ROW),
    *([death] for death in deaths(ONCE, 1)),
]


def test_there_are_at_least_two_hundred_deaths():
    exact = sum(map(len, (*IMPORT_DEATHS, LOADING, FILLING))) + sum(
        len(deaths(steps, 1)) for steps in (MAKING, CHANGING, REMOVING)
    )
    assert exact + RANDOM_HOMES * RANDOM_DEATHS >= 200


@dataclass(frozen=True)
class State:
    """What a home holds, by image id: texts of SQL, vectors of SQL, rows of Milvus."""

    images: dict
    embeddings: dict
    rows: dict

    def of(self, ids):
        return State(
            *({i: part[i] for i in ids} for part in (self.images, self.embeddings, self.rows))
        )


class Undertaker:
    """Talks to the warm process of `killing.py`."""

    def __init__(self, folder):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COINVEC_")}
        # The quickest models, for most of the deaths are to come in writing.
        environment |= {"COINVEC_PREPROCESSOR": "hough", "COINVEC_ENCODER": "polar"}
        self._folder, self._numbers = folder, count()
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("killing.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def ask(self, *runs, **request):
        out = self._folder / f"out-{next(self._numbers)}.txt"
        out.touch()  # a child may die before it opens it
        request |= {"runs": [list(map(str, run)) for run in runs], "out": str(out)}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer | {"out": out.read_text(errors="replace")}

    def run(self, *runs, **request):
        """Run to the end; the last must succeed."""
        answer = self.ask(*runs, **request)
        assert (answer["signal"], answer["status"]) == (0, 0), answer["out"]
        return answer

    def kill_at(self, run, death):
        answer = self.ask(run, at=death, chunk=CHUNK)
        assert answer["signal"] == signal.SIGKILL, f"{death} was not reached: {answer['out']}"

    def kill_after(self, seconds, run):
        return self.ask(run, after_s=seconds, chunk=CHUNK)["signal"] == signal.SIGKILL


@dataclass(frozen=True)
class Scene:
    """A collection on disk, an empty home, and a full one that nobody killed."""

    undertaker: Undertaker
    manifest: Path
    changed: Path
    empty: Path
    full: Path
    whole: State
    seconds: float


def copied(original, tmp_path):
    return Path(shutil.copytree(original, tmp_path / "home"))


def importing(home, manifest):
    return ["--home", home, "import", manifest, "--jobs", 2]


def finished(undertaker, home, *runs):
    """Run command lines and the check-up; what then lies on the disk, read without coinvec."""
    dump = home.with_name(f"{home.name}-rows.json")
    doctor = ["--home", home, "doctor", "--format", "json"]
    answer = undertaker.run(*runs, ["dump", home, dump], doctor)
    assert '"findings": []' in answer["out"]
    vectors = json.loads(dump.read_text())
    assert vectors["count"] == len(vectors["rows"])
    assert len(vectors["collections"]) == 1
    with closing(sqlite3.connect(home / "catalogue.db")) as sql:
        assert sql.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert sql.execute("PRAGMA foreign_key_check").fetchall() == []
        assert sql.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        images = dict(
            sql.execute(
                "SELECT coin_image.id, coin_type.key || '|' || title || '|' || side || '|' "
                "|| design.key || '|' || media_digest FROM coin_image "
                "JOIN design ON design.id = design_id JOIN coin_type ON coin_type.id = coin_type_id"
            )
        )
        embeddings = dict(sql.execute("SELECT image_id, vector FROM embedding"))
    media = {
        path.parent.name + path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (home / "media").rglob("*")
        if path.is_file()
    }
    assert media == {image_id: image_id for image_id in images}  # rendered: nothing is stripped
    return State(images, embeddings, {row["image_id"]: row for row in vectors["rows"]})


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill")
    types = mint_catalogue(5, n_types=4, n_issuers=2)
    manifest = write_catalogue(folder / "coins", types, size=128, seed=5)
    changed = manifest.with_name("changed.csv")
    rows = [row | {"title": f"{row['title']}, revised"} for row in table(manifest)]
    with changed.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    undertaker = Undertaker(folder)
    empty, full = folder / "empty", folder / "full"
    undertaker.run(["--home", empty, "init"])
    shutil.copytree(empty, full)
    took = undertaker.run(importing(full, manifest), chunk=CHUNK)["seconds"]
    whole = finished(undertaker, full)
    pictures = (manifest.parent / row["image"] for row in table(manifest))
    ids = {hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures}
    assert whole.images.keys() == whole.embeddings.keys() == whole.rows.keys() == ids
    yield Scene(undertaker, manifest, changed, empty, full, whole, took)
    undertaker.close()


def death_id(value):
    return "+".join(f"{step.rpartition(':')[2]}-{when}-{nth}" for step, when, nth in value)


@pytest.mark.parametrize("deaths", IMPORT_DEATHS, ids=death_id)
def test_an_import_killed_at_a_step_is_made_whole_by_the_next(scene, tmp_path, deaths):
    home = copied(scene.empty, tmp_path)
    for death in deaths:
        scene.undertaker.kill_at(importing(home, scene.manifest), death)
    assert finished(scene.undertaker, home, importing(home, scene.manifest)) == scene.whole


@pytest.mark.parametrize("seed", range(RANDOM_HOMES))
def test_an_import_killed_at_any_moment_is_made_whole_by_the_next(scene, tmp_path, seed):
    rng, longest, died = random.Random(seed), scene.seconds, 0
    for attempt in range(10):
        home = copied(scene.empty, tmp_path / str(attempt))
        run = importing(home, scene.manifest)
        while died < RANDOM_DEATHS and scene.undertaker.kill_after(rng.uniform(0, longest), run):
            died += 1
        assert finished(scene.undertaker, home, run) == scene.whole
        if died == RANDOM_DEATHS:
            return
        longest *= 0.7  # it came to its end: this machine has become faster, or the rest was little
    pytest.fail(f"only {died} imports died")


@pytest.mark.parametrize("death", deaths(MAKING, 1), ids=lambda death: death_id([death]))
def test_a_home_whose_making_was_killed_is_finished_by_the_next(scene, tmp_path, death):
    home = tmp_path / "home"
    scene.undertaker.kill_at(["--home", home, "init"], death)
    again = (["--home", home, "init"], importing(home, scene.manifest))
    assert finished(scene.undertaker, home, *again) == scene.whole


@pytest.mark.parametrize("deaths", batches(deaths(CHANGING, 1), 2), ids=death_id)
def test_a_killed_change_is_made_whole_by_the_next(scene, tmp_path, deaths):
    home = copied(scene.full, tmp_path)
    for death in deaths:
        scene.undertaker.kill_at(importing(home, scene.changed), death)
    state = finished(scene.undertaker, home, importing(home, scene.changed))
    assert state.embeddings == scene.whole.embeddings
    for image_id, row in scene.whole.rows.items():
        revised = f"{row['title']}, revised"
        assert state.rows[image_id] == row | {"title": revised}
        assert state.images[image_id] == scene.whole.images[image_id].replace(
            f"|{row['title']}|", f"|{revised}|"
        )
    assert state.images.keys() == state.rows.keys() == scene.whole.rows.keys()


@pytest.mark.parametrize("death", deaths(REMOVING, 1), ids=lambda death: death_id([death]))
def test_a_killed_removal_is_finished_by_the_doctor(scene, tmp_path, death):
    home = copied(scene.full, tmp_path)
    key = min(row["type"] for row in scene.whole.rows.values())
    scene.undertaker.kill_at(["--home", home, "remove", key], death)
    state = finished(scene.undertaker, home, ["--home", home, "doctor", "--fix"])
    others = {each for each, row in scene.whole.rows.items() if row["type"] != key}
    assert state.images.keys() in (others, scene.whole.images.keys())
    assert state == scene.whole.of(state.images)


@pytest.fixture(scope="module")
def backup(scene):
    """A backup of the full home, whose settings are in its file."""
    home, file = scene.full.with_name("backed-up"), scene.full.with_name("home.tar")
    shutil.copytree(scene.full, home)
    (home / "coinvec.toml").write_text("max_pixels = 12345678\n")
    scene.undertaker.run(["--home", home, "backup", file])
    return file


@pytest.mark.parametrize("death", LOADING, ids=lambda death: death_id([death]))
def test_a_home_half_restored_is_told_and_finished_by_the_same_restore(
    scene, backup, tmp_path, death
):
    home = tmp_path / "home"
    restoring = ["--home", home, "restore", backup]
    scene.undertaker.kill_at(restoring, death)
    for command in (["list"], ["init"], importing(home, scene.manifest)[2:], ["doctor", "--fix"]):
        answer = scene.undertaker.ask(["--home", home, *command])
        assert answer["status"] == 4
        assert "was interrupted" in answer["out"]
        assert f"restore {backup}" in answer["out"]
    assert finished(scene.undertaker, home, restoring) == scene.whole
    assert (home / "coinvec.toml").read_text() == "max_pixels = 12345678\n"


def test_a_home_half_restored_is_not_finished_by_another_backup(scene, backup, tmp_path):
    home, other = tmp_path / "home", tmp_path / "other.tar"
    scene.undertaker.run(["--home", scene.full, "backup", other])
    scene.undertaker.kill_at(["--home", home, "restore", backup], LOADING[-1])
    answer = scene.undertaker.ask(["--home", home, "restore", other])
    assert answer["status"] == 4
    assert f"restore {backup}" in answer["out"]
    moved = backup.rename(tmp_path / "moved.tar")
    try:
        run = ["--home", home, "restore", moved]
        assert finished(scene.undertaker, home, run) == scene.whole
    finally:
        moved.rename(backup)


@pytest.mark.parametrize("death", FILLING, ids=lambda death: death_id([death]))
def test_a_restored_home_that_owes_vectors_pays_them_when_used(scene, backup, tmp_path, death):
    home = tmp_path / "home"
    scene.undertaker.kill_at(["--home", home, "restore", backup], death)
    photo = scene.manifest.parent / table(scene.manifest)[0]["image"]
    search = ["--home", home, "search", "--image", photo]
    assert finished(scene.undertaker, home, search) == scene.whole
