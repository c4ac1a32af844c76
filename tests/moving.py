"""Filled homes for the tests of moving house, made without a model, and what is in them."""

import io
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from coinvec.catalogue import schema
from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.records import GenerationState
from coinvec.domain.vectors import Embedding, Generation
from coinvec.media.store import MediaStore, image_id
from coinvec.services.home import LIVE_ALIAS, Home
from coinvec.services.sync import drain_outbox
from coinvec.settings import Settings
from coinvec.vectors.names import collection_name
from tests.strategies import sample_catalogue

DIM, OTHER_DIM = 8, 5
GENERATIONS = {
    dim: Generation(ModelRef("p", "1"), ModelRef("e", str(dim)), Metric.COSINE, dim)
    for dim in (DIM, OTHER_DIM)
}
FILE_SETTINGS = 'index = "FLAT"\nmax_pixels = 12_345_678\nplugins = []\n'


def settings_for(folder, **environ):
    names = {f"COINVEC_{name.upper()}": value for name, value in environ.items()}
    return Settings.load(home=folder, environ=names)


def unit_vector(rng, dim):
    vector = rng.normal(size=dim)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def png(seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (6, 7, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def located_jpeg():
    """A photograph that says where it was taken: other bytes are kept of it than came."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 13.0, 47.0), 3: "E", 4: (21.0, 0.0, 30.0)})
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (90, 60, 30)).save(out, "JPEG", exif=exif)
    return out.getvalue()


class Moved:
    """A filled home: its settings, its records and vectors as they were put in."""

    def __init__(self, settings, n_types=4):
        self.settings = settings
        settings.home.mkdir(parents=True, exist_ok=True)
        schema.upgrade(settings.database_url)
        media = MediaStore(settings.media_url)
        rng = np.random.default_rng(1)
        self.records, self.vectors = [], {DIM: {}, OTHER_DIM: {}}
        for number, record in enumerate(sample_catalogue(5, n_types)):
            original = located_jpeg() if number == 0 else png(number)
            kept = None if number == 1 else media.put(image_id(original), original).digest
            image = replace(record.image, id=image_id(original), media_digest=kept)
            self.records.append(replace(record, image=image))
            for dim in (DIM, OTHER_DIM) if number % 2 else (DIM,):
                self.vectors[dim][image.id] = unit_vector(rng, dim)
        with Home.open(settings) as home:
            for dim, state in ((DIM, GenerationState.LIVE), (OTHER_DIM, GenerationState.BUILDING)):
                generation = GENERATIONS[dim]
                stored = home.catalogue.add_generation(
                    generation, collection=collection_name(generation), state=state
                )
                given = {each: Embedding(v) for each, v in self.vectors[dim].items()}
                kept = [record for record in self.records if record.image.id in given]
                home.catalogue.save(kept, given, stored.id)
            for stored in home.catalogue.generations():
                if not home.vectors.has_collection(stored.collection):
                    home.vectors.create_collection(
                        stored.collection, dim=stored.generation.dim, metric=Metric.COSINE
                    )
                drain_outbox(home.catalogue, home.vectors, stored)
            home.vectors.set_alias(LIVE_ALIAS, collection_name(GENERATIONS[DIM]))

    def check(self, settings):
        """Every record, picture and vector is in another home, and nothing else."""
        ids = [record.image.id for record in self.records]
        with Home.open(settings) as home:
            assert home.catalogue.image_ids(None) == sorted(ids)
            assert home.catalogue.records(ids) == {r.image.id: r for r in self.records}
            original = MediaStore(self.settings.media_url)
            kept = [r.image.id for r in self.records if r.image.has_media]
            assert list(home.media.ids()) == sorted(kept)
            assert all(home.media.read(each) == original.read(each) for each in kept)
            for stored in home.catalogue.generations():
                wanted = self.vectors[stored.generation.dim]
                assert home.catalogue.owed(stored.id, 10) == {}
                assert set(home.vectors.image_ids(stored.collection)) == wanted.keys()
                found = home.vectors.vectors(stored.collection, wanted)
                assert all(np.array_equal(found[each], wanted[each]) for each in wanted)
            assert home.vectors.alias_target(LIVE_ALIAS) == home.live.collection
            assert home.live.generation == GENERATIONS[DIM]


def sqlite_rows(file):
    """All rows of a SQLite catalogue, read by the driver alone."""
    with sqlite3.connect(file) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = {name for (name,) in tables} - {"outbox", "alembic_version", "sqlite_sequence"}
        rows = {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names
        }
    connection.close()
    return rows


def files_in(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())
