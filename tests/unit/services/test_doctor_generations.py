"""The check-up of a home with another generation being built beside the live one."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from coinvec.services.checkup.findings import Kind
from coinvec.services.collection import Catalogue
from coinvec.services.doctor import examine
from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.twin import install, paint

IMAGES = 4
TWIN = {"COINVEC_PLUGINS": "twin"}
FIRST = TWIN | {"COINVEC_PREPROCESSOR": "bright", "COINVEC_ENCODER": "tiles"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A home with a live and a building generation; a picture shows the models no coin."""
    monkeypatch.syspath_prepend(str(install(tmp_path / "site")))
    manifest = paint(tmp_path / "pictures", types=IMAGES, pictures=1)
    dark = manifest.with_name("000-0.png")  # and is enrolled whole, being square
    Image.open(dark).point(lambda value: value // 5).save(dark)
    folder = tmp_path / "home"
    with Catalogue(Home.create(Settings.load(home=folder, environ=FIRST))) as coins:
        assert coins.import_manifest(manifest).added == IMAGES
        assert coins.generations.build(encoder="strip").coverage.embedded == IMAGES
    return folder


def examined(folder, **options):
    with Home.open(Settings.load(home=folder, environ=TWIN)) as home:
        return examine(home, **options)


def vectors(folder):
    """Every vector as Milvus has it, by generation and image."""
    with Home.open(Settings.load(home=folder, environ=TWIN)) as home:
        ids = home.catalogue.image_ids(None)
        return {
            (each.id, key): vector
            for each in home.catalogue.generations()
            for key, vector in home.vectors.vectors(each.collection, ids).items()
        }


@pytest.mark.parametrize("damage", ["X'00'", "zeroblob(length(vector))"])
def test_damaged_embeddings_of_every_generation_in_use_are_made_anew(folder, damage):
    before = vectors(folder)
    assert len(before) == 2 * IMAGES
    with closing(sqlite3.connect(folder / "catalogue.db")) as sql, sql:
        sql.execute(f"UPDATE embedding SET vector = {damage}")
    [told] = examined(folder).findings
    assert (told.kind, told.count, told.mended) == (Kind.EMBEDDING_BROKEN, 2 * IMAGES, 0)
    assert examined(folder, fix=True).is_sound
    assert examined(folder).findings == ()
    after = vectors(folder)
    assert after.keys() == before.keys()
    for key, vector in before.items():
        np.testing.assert_array_equal(after[key], vector)


def test_what_a_building_generation_lacks_is_for_its_build(folder):
    with closing(sqlite3.connect(folder / "catalogue.db")) as sql, sql:
        sql.execute("DELETE FROM embedding WHERE generation_id = 2")
    found = {each.kind: each.count for each in examined(folder).findings}
    assert found == {Kind.VECTOR_ORPHAN: IMAGES}
