"""What a check-up asks of the tables."""

import sqlite3
from contextlib import closing

import pytest

from coinvec.catalogue.audit import LooseRows
from coinvec.catalogue.tables import CatalogueTable
from coinvec.domain.records import GenerationState
from coinvec.errors import StoreError
from tests.unit.catalogue.makers import DIM, generation, record, vectors


@pytest.fixture
def filled(store, live):
    """Seven images of two types; the first five of a kept picture."""
    records = [
        record(
            key="thaler" if n < 4 else "groschen",
            design=f"o{n % 2}",
            media_digest="d" * 64 if n < 5 else None,
        )
        for n in range(7)
    ]
    store.save(records, vectors(records), live.id)
    store.settle(live.id, store.owed(live.id, 100))
    return records


@pytest.fixture
def by_hand(url):
    """Runs SQL as the sqlite3 command line does: without foreign keys."""

    def run(*statement):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(*statement)

    return run


def paged(page, size):
    found, after = [], ""
    while ids := list(page(after, size)):
        assert len(ids) <= size
        found += ids
        after = ids[-1]
    return found


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_pages_hold_every_image_once_in_order(store, live, filled, size):
    audit = store.audit()
    ids = sorted(each.image.id for each in filled)
    assert paged(audit.pictures, size) == ids
    assert paged(lambda after, limit: audit.embedded(live, after, limit), size) == ids
    digests = {each.image.id: each.image.media_digest for each in filled}
    assert audit.pictures("", 100) == digests


def test_damaged_vectors_are_told_from_sound_ones(store, live, filled, by_hand):
    ids = [each.image.id for each in filled]
    by_hand("UPDATE embedding SET vector = zeroblob(?) WHERE image_id = ?", (4 * DIM, ids[0]))
    by_hand("UPDATE embedding SET vector = substr(vector, 2) WHERE image_id = ?", (ids[1],))
    twice = "CAST(vector || vector AS BLOB)"
    by_hand(f"UPDATE embedding SET vector = {twice} WHERE image_id = ?", (ids[2],))
    by_hand("DELETE FROM embedding WHERE image_id = ?", (ids[3],))
    audit = store.audit()
    sound = audit.vectors_are_sound(live, ids)
    assert sound == dict.fromkeys(ids[:3], False) | dict.fromkeys(ids[4:], True)
    assert audit.embedded(live, "", 100) == sorted([ids[0], *ids[4:]])
    with pytest.raises(StoreError, match="torn"):
        store.vector_records(live.id, ids)


def test_owing_what_sql_has_and_what_it_has_not(store, live, filled):
    audit, known, ghost = store.audit(), filled[0].image.id, "f" * 64
    audit.owe(live.id, [known, ghost])
    first = audit.owed_among(live.id, [known, ghost, filled[1].image.id])
    assert first == store.owed(live.id, 10)
    assert first.keys() == {known, ghost}
    audit.owe(live.id, [ghost])
    store.settle(live.id, first)
    assert audit.owed_among(live.id, [known, ghost]).keys() == {ghost}, "owed anew in between"
    assert audit.owed_count(live.id) == 1
    other = store.add_generation(
        generation("other"), collection="g2", state=GenerationState.BUILDING
    )
    assert audit.owed_count(other.id) == 0


def test_a_whole_catalogue_has_no_loose_rows(store, filled):
    assert store.audit().loose_rows(5) == []


def test_rows_nobody_uses(store, filled, by_hand):
    by_hand("INSERT INTO issuer (name) VALUES ('Nowhere'), ('Erewhon')")
    by_hand(
        "INSERT INTO coin_type (key, issuer_id, denomination_id, title) "
        "SELECT 'bare', issuer_id, denomination_id, title FROM coin_type LIMIT 1"
    )
    by_hand(
        "INSERT INTO design (coin_type_id, side, key) "
        "SELECT max(id), 'reverse', 'r7' FROM coin_type"
    )
    audit = store.audit()
    assert sorted(audit.loose_rows(1), key=lambda loose: loose.table) == [
        LooseRows("design", None, 1, ("reverse/r7",)),
        LooseRows("issuer", None, 2, ("Erewhon",)),
    ]
    audit.remove_loose_rows()  # with the design, its type goes as well
    assert audit.loose_rows(1) == []
    assert store.coin_types(["bare", "thaler", "groschen"]).keys() == {"thaler", "groschen"}


def test_rows_that_point_at_nothing(store, live, filled, by_hand):
    gone, kept = filled[0].image.id, [each.image.id for each in filled[1:]]
    by_hand("DELETE FROM coin_image WHERE id = ?", (gone,))
    audit = store.audit()
    assert audit.loose_rows(5) == [LooseRows("embedding", "image_id", 1, (gone,))]
    audit.remove_loose_rows()
    assert audit.loose_rows(5) == []
    assert store.embedding_count(live.id) == len(kept)


def test_a_dangling_design_takes_what_hangs_on_it_along(store, filled, by_hand):
    by_hand("DELETE FROM coin_type WHERE key = 'groschen'")
    audit = store.audit()
    assert [(each.table, each.dangling, each.count) for each in audit.loose_rows(5)] == [
        ("design", "coin_type_id", 2)
    ]
    audit.remove_loose_rows()
    assert audit.loose_rows(5) == []
    assert store.images([each.image.id for each in filled]).keys() == {
        each.image.id for each in filled[:4]
    }


def test_what_no_rule_removes_stays(store, filled, by_hand):
    by_hand("DELETE FROM issuer")
    audit = store.audit()
    for _ in range(2):
        [loose] = audit.loose_rows(5)
        assert (loose.table, loose.dangling, loose.count) == ("coin_type", "issuer_id", 2)
        assert set(loose.first) == {"thaler", "groschen"}
        audit.remove_loose_rows()


def test_rows_of_every_table_can_be_named(store, filled, by_hand):
    """Whatever table a later release adds, a dangling row of it can be told."""
    keys = [key for table in CatalogueTable.metadata.tables.values() for key in table.foreign_keys]
    assert keys
    by_hand("DELETE FROM generation")
    by_hand("DELETE FROM coin_type")
    assert {each.table for each in store.audit().loose_rows(3)} >= {"design", "embedding"}
