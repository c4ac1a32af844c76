"""The check-up: every way in which the stores can disagree is told, counted, and mended.

Disagreements are made behind coinvec's back, with sqlite3, plain files and the vector store alone.
"""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from coinvec.domain.models import Metric
from coinvec.errors import GenerationError, StoreError
from coinvec.services.checkup import pictures, vectors
from coinvec.services.checkup.findings import SHOWN, Finding, Kind, Ledger
from coinvec.services.doctor import examine
from coinvec.services.home import Home
from coinvec.settings import Settings
from coinvec.vectors.embedded import EmbeddedMilvus
from coinvec.vectors.store import VectorStore

IMAGES = 24
GHOST = hashlib.sha256(b"ghost").hexdigest()
NEVER = hashlib.sha256(b"never enrolled").hexdigest()


@dataclass(frozen=True)
class Broken:
    """A filled home to break, and its parts."""

    home: Path

    @contextmanager
    def sql(self):
        with closing(sqlite3.connect(self.home / "catalogue.db")) as connection, connection:
            yield connection

    @contextmanager
    def vectors(self):
        with closing(VectorStore.open(str(self.home / "vectors.db"))) as store:
            yield store

    def column(self, statement):
        with self.sql() as sql:
            return [value for (value,) in sql.execute(statement)]

    @property
    def ids(self):
        return self.column("SELECT id FROM coin_image ORDER BY id")

    @property
    def collection(self):
        return self.column("SELECT collection FROM generation WHERE state = 'live'")[0]

    def media(self, image_id):
        return self.home / "media" / image_id[:2] / image_id[2:]

    def records(self, *ids):
        with opened(self.home) as home:
            return home.catalogue.vector_records(home.recorded_live.id, ids)

    def put(self, *records):
        with self.vectors() as store:
            store.upsert(self.collection, records)

    def rows(self):
        with self.vectors() as store:
            return store.rows(self.collection, [*self.ids, GHOST])


@contextmanager
def opened(home, **settings):
    with Home.open(Settings.load(home=home, environ=settings)) as it:
        yield it


def examined(home, *, fix=False, **settings):
    with opened(home, **settings) as it:
        return examine(it, fix=fix)


def counts(diagnosis):
    return {finding.kind: finding.count for finding in diagnosis.findings}


@pytest.fixture
def broken(filled):
    return Broken(filled)


# Ways to break a home: each returns what is to be found, and (if not mended) what stays.


def owe(broken):
    with broken.sql() as sql:
        sql.executemany(
            "INSERT INTO outbox (generation_id, image_id) VALUES (1, ?)",
            [(each,) for each in broken.ids[:3]],
        )
    return {Kind.OWED: 3}


def owe_a_removal(broken):
    record = broken.records(broken.ids[0])[broken.ids[0]]
    broken.put(replace(record, image_id=GHOST))
    with broken.sql() as sql:
        sql.execute("INSERT INTO outbox (generation_id, image_id) VALUES (1, ?)", (GHOST,))
    return {Kind.OWED: 1}


def lose_vectors(broken):
    with broken.vectors() as store:
        store.delete(broken.collection, broken.ids[5:9])
    return {Kind.VECTOR_MISSING: 4}


def alter_vectors(broken):
    records = broken.records(*broken.ids[:2]).values()
    altered = []
    for record in records:
        vector = record.vector.copy()
        vector[0] = np.nextafter(vector[0], np.float32(2))
        altered.append(replace(record, vector=vector))
    broken.put(*altered)
    return {Kind.VECTOR_DIFFERENT: 2}


def alter_columns(broken):
    first, second, third = broken.records(*broken.ids[:3]).values()
    broken.put(
        replace(first, columns={**first.columns, "country": "Atlantis"}),
        replace(second, columns={**second.columns, "value": Decimal("0.000001")}),
        replace(third, columns={**third.columns, "year_from": None}),
    )
    return {Kind.COLUMNS_DIFFERENT: 3}


def add_orphans(broken):
    record = broken.records(broken.ids[0])[broken.ids[0]]
    strangers = (GHOST, "0", "zzz")  # before, among and beyond the ids there are
    broken.put(*(replace(record, image_id=each) for each in strangers))
    return {Kind.VECTOR_ORPHAN: 3}


def lose_collection(broken):
    with broken.vectors() as store:
        store.drop_collection(broken.collection)
    return {Kind.COLLECTION_MISSING: 1, Kind.ALIAS_MISSING: 1}


def wrong_dimension(broken):
    with broken.vectors() as store:
        store.drop_collection(broken.collection)
        store.create_collection(broken.collection, dim=8, metric=Metric.COSINE)
        store.set_alias("coins", broken.collection)
    return {Kind.COLLECTION_UNUSABLE: 1}


def interrupted_making(broken):
    """As left by a process that was killed between making a collection and its index."""
    folder = broken.home / "vectors.db" / "collections" / broken.collection
    for path in [*folder.iterdir()]:
        if path.name != "schema.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return {Kind.COLLECTION_UNUSABLE: 1}


def interrupted_dropping(broken):
    folder = broken.home / "vectors.db" / "collections" / broken.collection
    (folder / "schema.json").unlink()
    return {Kind.COLLECTION_MISSING: 1, Kind.ALIAS_MISSING: 1}


def misdirect_alias(broken):
    other = "coins_0123456789abcdef"
    with broken.vectors() as store:
        store.create_collection(other, dim=8, metric=Metric.COSINE)
        store.create_collection("somebody_elses", dim=8, metric=Metric.COSINE)
        store.set_alias("coins", other)
    return {Kind.ALIAS_ELSEWHERE: 1, Kind.COLLECTION_STRAY: 1}


def corrupt_store(broken):
    folder = broken.home / "vectors.db" / "collections" / broken.collection
    for path in folder.glob("manifest.json*"):
        path.write_text("{")
    return {Kind.STORE_UNREADABLE: 1}


def lose_embeddings(broken):
    with broken.sql() as sql:
        sql.execute("DELETE FROM embedding WHERE image_id IN (?, ?)", broken.ids[3:5])
    return {Kind.EMBEDDING_MISSING: 2, Kind.VECTOR_ORPHAN: 2}


def break_embeddings(broken):
    short, zero = broken.ids[6:8]
    with broken.sql() as sql:
        sql.execute(
            "UPDATE embedding SET vector = substr(vector, 1, 77) WHERE image_id = ?", (short,)
        )
        sql.execute("UPDATE embedding SET vector = zeroblob(256) WHERE image_id = ?", (zero,))


def orphan_media(broken):
    path = broken.media(NEVER)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"a picture whose row never came")
    return {Kind.MEDIA_ORPHAN: 1}


def leave_half_a_picture(broken):
    path = broken.media(broken.ids[0])
    path.with_name(f".{path.name}.part").write_bytes(b"half")
    return {Kind.MEDIA_TEMPORARY: 1}


def leave_unused_rows(broken):
    with broken.sql() as sql:
        row = "SELECT {}, issuer_id, denomination_id, title FROM coin_type LIMIT 1"
        into = "INSERT INTO coin_type (key, issuer_id, denomination_id, title) "
        sql.execute(into + row.format("'bare'"))
        sql.execute(into + row.format("'half-bare'"))
        sql.execute(
            "INSERT INTO design (coin_type_id, side, key) "
            "SELECT id, 'obverse', 'o9' FROM coin_type WHERE key = 'half-bare'"
        )
        sql.execute("INSERT INTO issuer (name) VALUES ('Nowhere')")
        sql.execute("INSERT INTO currency (name) VALUES ('dust')")
    return {Kind.UNUSED_DESIGN: 1, Kind.UNUSED_TYPE: 1, Kind.UNUSED_NAME: 2}


def delete_images_with_sqlite(broken):
    """The sqlite3 command line does not enforce foreign keys, nor knows the other stores."""
    with broken.sql() as sql:
        # Not a whole design: nothing else is left unused.
        keep = "SELECT max(id) FROM coin_image GROUP BY design_id"
        gone = broken.column(f"SELECT id FROM coin_image WHERE id NOT IN ({keep})")[:2]
        sql.execute("DELETE FROM coin_image WHERE id IN (?, ?)", gone)
    return {Kind.DANGLING_ROW: 2, Kind.VECTOR_ORPHAN: 2, Kind.MEDIA_ORPHAN: 2}


MENDABLE = [
    owe,
    owe_a_removal,
    lose_vectors,
    alter_vectors,
    alter_columns,
    add_orphans,
    lose_collection,
    wrong_dimension,
    interrupted_making,
    interrupted_dropping,
    misdirect_alias,
    corrupt_store,
    lose_embeddings,
    orphan_media,
    leave_half_a_picture,
    leave_unused_rows,
    delete_images_with_sqlite,
]


@pytest.mark.parametrize("break_it", MENDABLE, ids=lambda each: each.__name__)
def test_a_disagreement_is_told_and_mended(broken, break_it):
    before = {image_id: (row["type"], row["embedding"]) for image_id, row in broken.rows().items()}
    expected = break_it(broken)
    told = examined(broken.home)
    assert counts(told) == expected
    assert not told.is_sound
    fixed = examined(broken.home, fix=True)
    assert fixed.is_sound
    assert all(finding.mended == finding.count for finding in fixed.findings)
    if break_it is not corrupt_store:  # the new one lacks the collections as well
        assert set(counts(fixed)) <= set(expected)
    again = examined(broken.home)
    assert again.findings == ()
    assert again.vectors == again.images == len(broken.ids)
    after = {image_id: (row["type"], row["embedding"]) for image_id, row in broken.rows().items()}
    assert after == {image_id: before[image_id] for image_id in broken.ids}


def test_a_sound_home(broken):
    steps = []
    with opened(broken.home) as home:
        diagnosis = examine(home, progress=lambda done, total: steps.append((done, total)))
    assert diagnosis.is_sound
    assert diagnosis.findings == diagnosis.remarks == ()
    assert diagnosis.images == diagnosis.media == diagnosis.vectors == IMAGES
    assert diagnosis.without_media == 0
    assert steps[-1] == (2 * IMAGES, 2 * IMAGES)


def test_damaged_embeddings_are_made_anew(broken):
    before = broken.rows()
    break_embeddings(broken)
    assert counts(examined(broken.home))[Kind.EMBEDDING_BROKEN] == 2
    assert examined(broken.home, fix=True).is_sound
    assert examined(broken.home).findings == ()
    assert broken.rows() == before


@pytest.mark.parametrize("page", [3, 10_000])
def test_everything_at_once_page_by_page(broken, monkeypatch, page):
    monkeypatch.setattr(vectors, "PAGE", page)
    monkeypatch.setattr(pictures, "PAGE", page)
    monkeypatch.setattr(pictures, "BATCH", page + 1)
    ids, together = broken.ids, {}
    for break_it in (add_orphans, alter_columns, lose_vectors, orphan_media, leave_unused_rows):
        together |= break_it(broken)
    broken.media(ids[-1]).unlink()
    broken.media(ids[-2]).write_bytes(b"torn")
    (broken.home / "media" / "holiday.txt").write_text("foreign")
    stays = {Kind.MEDIA_MISSING: 1, Kind.MEDIA_ALTERED: 1, Kind.MEDIA_FOREIGN: 1}
    told = examined(broken.home)
    assert counts(told) == counts(examined(broken.home)) == together | stays
    first = {finding.kind: finding.first for finding in told.findings}
    assert set(first[Kind.VECTOR_ORPHAN]) == {"0", GHOST, "zzz"}
    assert first[Kind.VECTOR_MISSING] == tuple(ids[5:9])
    assert first[Kind.MEDIA_MISSING] == (ids[-1],)
    assert first[Kind.MEDIA_ALTERED] == (ids[-2],)
    assert first[Kind.MEDIA_ORPHAN] == (NEVER,)
    assert first[Kind.MEDIA_FOREIGN] == ("holiday.txt",)
    fixed = examined(broken.home, fix=True)
    assert {finding.kind: finding.left for finding in fixed.left} == stays
    assert counts(examined(broken.home)) == stays
    assert broken.ids == ids


def test_what_is_not_kept_cannot_disagree(broken):
    """Images of the starter catalogue have vectors alone."""
    for image_id in broken.ids[:5]:
        broken.media(image_id).unlink()
    with broken.sql() as sql:
        sql.execute(
            "UPDATE coin_image SET media_digest = NULL WHERE id IN (?, ?, ?, ?, ?)", broken.ids[:5]
        )
        sql.execute("DELETE FROM embedding WHERE image_id = ?", (broken.ids[0],))
    with broken.vectors() as store:
        store.delete(broken.collection, broken.ids[:1])
    diagnosis = examined(broken.home)
    assert diagnosis.findings == ()
    assert (diagnosis.without_media, diagnosis.media) == (5, IMAGES - 5)


def test_an_altered_picture_is_not_encoded(broken):
    lost = broken.ids[3]
    lose_embeddings(broken)
    broken.media(lost).write_bytes(broken.media(broken.ids[0]).read_bytes())
    fixed = examined(broken.home, fix=True)
    assert {finding.kind: finding.left for finding in fixed.left} == {
        Kind.MEDIA_ALTERED: 1,
        Kind.EMBEDDING_MISSING: 1,
    }
    assert lost not in broken.rows()


def test_an_image_known_to_show_the_model_no_coin_is_no_fault(broken):
    lose_embeddings(broken)
    with broken.sql() as sql:
        sql.executemany(
            "INSERT INTO generation_gap VALUES (1, ?, 'no_coin')", [(i,) for i in broken.ids[3:5]]
        )
    assert counts(examined(broken.home)) == {Kind.VECTOR_ORPHAN: 2}


def test_without_its_models_only_the_encoding_is_left_undone(broken):
    lose_embeddings(broken)
    lose_vectors(broken)
    fixed = examined(broken.home, fix=True, COINVEC_PLUGINS="")
    left = {finding.kind: finding.left for finding in fixed.left}
    assert left == {Kind.EMBEDDING_MISSING: 2}
    assert any("hough" in remark or "preprocessor" in remark for remark in fixed.remarks)


def test_an_unreadable_store_is_kept_aside(broken):
    corrupt_store(broken)
    fixed = examined(broken.home, fix=True)
    assert fixed.is_sound
    [aside] = broken.home.glob("vectors.db.unreadable-*")
    assert any(str(aside) in remark for remark in fixed.remarks)


def test_a_home_that_was_never_finished(broken):
    with broken.sql() as sql:
        sql.execute("UPDATE generation SET state = 'retired'")
    with pytest.raises(GenerationError, match="no live generation"):
        examined(broken.home)


def test_rows_that_milvus_hides_are_not_called_sound(broken, monkeypatch):
    whole = VectorStore.row_pages

    def skipping(self, collection, *, after, upto):
        for page in whole(self, collection, after=after, upto=upto):
            yield dict(list(page.items())[:-1])

    monkeypatch.setattr(VectorStore, "row_pages", skipping)
    with pytest.raises(StoreError, match=r"23 rows .* counted 24"):
        examined(broken.home)


@pytest.fixture
def served(broken, tmp_path):
    """The home's vectors behind a server that other homes and processes use as well."""
    server = EmbeddedMilvus(tmp_path / "server.db")
    uri = {"COINVEC_MILVUS_URI": server.uri}
    assert examined(broken.home, fix=True, **uri).is_sound
    yield uri
    server.close()


def test_on_a_server_what_is_young_or_not_ours_is_left_alone(broken, served):
    orphan_media(broken)
    leave_half_a_picture(broken)
    with closing(VectorStore.open(served["COINVEC_MILVUS_URI"])) as store:
        store.create_collection("coins_0123456789abcdef", dim=8, metric=Metric.COSINE)
    assert examined(broken.home, fix=True, **served).findings == ()
    for path in (broken.home / "media").rglob("*"):
        hours_ago = path.stat().st_mtime - 2 * pictures.GRACE_S
        os.utime(path, (hours_ago, hours_ago))
    expected = {Kind.MEDIA_ORPHAN: 1, Kind.MEDIA_TEMPORARY: 1}
    assert counts(examined(broken.home, fix=True, **served)) == expected
    assert not broken.media(NEVER).exists()
    assert all(broken.media(each).exists() for each in broken.ids)
    with closing(VectorStore.open(served["COINVEC_MILVUS_URI"])) as store:
        assert store.has_collection("coins_0123456789abcdef")


def test_a_ledger_names_the_first_and_counts_all():
    ledger = Ledger()
    ledger.note(Kind.OWED, [])
    ledger.note(Kind.MEDIA_ORPHAN, [f"{n}" for n in range(4)], mended=3)
    ledger.note(Kind.MEDIA_ORPHAN, ["a", "b"], count=90, mended=10)
    ledger.note(Kind.DANGLING_ROW, ["x"])
    assert ledger.findings() == (
        Finding(Kind.DANGLING_ROW, 1, 0, ("x",)),
        Finding(Kind.MEDIA_ORPHAN, 94, 13, ("0", "1", "2", "3", "a")),
    )
    for number in range(2 * SHOWN):
        ledger.remark(f"remark {number // 2}")
    assert ledger.remarks == [f"remark {n}" for n in range(SHOWN)]


def test_every_kind_has_its_words():
    assert len({kind.meaning for kind in Kind}) == len(Kind)
