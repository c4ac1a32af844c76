"""Opening databases, what they refuse, and several users at once."""

import sqlite3
import subprocess
import sys
import threading

import pytest

from coinvec.catalogue import engine, schema, writing
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.errors import SchemaError, SettingsError, StoreError
from tests.unit.catalogue.makers import record, vectors


def test_pragmas_are_in_force_on_every_connection(store):
    with store._engine.connect() as one, store._engine.connect() as two:
        for connection in (one, two):
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def test_a_missing_database_is_refused_and_not_made(tmp_path):
    path = tmp_path / "none.db"
    with pytest.raises(SchemaError, match="no coinvec schema") as refused:
        CatalogueStore.open(f"sqlite:///{path}")
    assert "coinvec db upgrade" in refused.value.hint
    assert not path.exists()


def test_a_database_without_schema_is_refused(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE stamps (id)")
    connection.close()
    with pytest.raises(SchemaError, match="no coinvec schema"):
        CatalogueStore.open(f"sqlite:///{path}")


def _set_revision(url, revision):
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
    connection.close()


def test_a_database_of_a_later_release_is_refused(url):
    _set_revision(url, "9999")
    for use in (CatalogueStore.open, schema.upgrade, lambda url: schema.downgrade(url, "base")):
        with pytest.raises(SchemaError, match="later release") as refused:
            use(url)
        assert "pip install --upgrade" in refused.value.hint


def test_an_outdated_database_is_refused_with_the_command_to_run(url):
    schema.downgrade(url, "0001")
    with pytest.raises(SchemaError, match="out of date: it is at revision 0001") as refused:
        CatalogueStore.open(url)
    assert refused.value.hint == "Type: coinvec db upgrade"


def test_what_is_no_database_is_refused(tmp_path):
    path = tmp_path / "photo.db"
    path.write_bytes(b"\xff\xd8\xff" * 1000)
    for use in (CatalogueStore.open, schema.current, schema.upgrade):
        with pytest.raises(StoreError, match="not a database"):
            use(f"sqlite:///{path}")


@pytest.mark.parametrize(
    "url", ["mysql://user:secret@host/db", "no url: secret", "sqlite+aio:///secret"]
)
def test_databases_not_spoken_are_refused_without_their_password(url):
    with pytest.raises(SettingsError, match="database") as refused:
        engine.parse_url(url)
    assert "user:secret" not in str(refused.value)
    assert "postgresql+psycopg://" in refused.value.hint


def test_passwords_are_masked():
    url = engine.parse_url("postgresql://coin:secret@db.example/coins")
    assert engine.shown(url) == "postgresql+psycopg://coin:***@db.example/coins"


def test_a_missing_driver_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError) as refused:
        engine.create(engine.parse_url("postgresql://coin:secret@db.example/coins"))
    assert "coinvec[postgres]" in refused.value.hint
    assert "secret" not in str(refused.value)


def test_readers_see_the_last_committed_state_while_another_writes(store, live):
    before, after = record("a"), record("b")
    store.save([before], vectors([before]), live.id)
    with store._writing() as session:
        writing.save(session, [after], vectors([after]), live.id)
        assert store.count(None, GroupBy.IMAGE) == 1
        assert store.image_ids(None) == [before.image.id]
    assert store.count(None, GroupBy.IMAGE) == 2


def test_writers_of_several_threads_wait_for_each_other(store, live):
    batches = [[record(f"t{place}-{number}") for number in range(5)] for place in range(4)]
    failed = []

    def write(batch):
        try:
            for each in batch:
                store.save([each], vectors([each]), live.id)
        except StoreError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    everything = {each.image.id: each for batch in batches for each in batch}
    assert store.records(list(everything)) == everything
    assert set(store.owed(live.id, 100)) == everything.keys()


def test_a_database_locked_for_too_long_is_an_error_that_says_so(url, live, store, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0.05)
    with store._writing() as session, CatalogueStore.open(url) as impatient:
        session.connection()  # takes the write lock
        with pytest.raises(StoreError, match="locked") as refused:
            impatient.save([record()], {}, live.id)
        assert "Another process is writing" in refused.value.hint


def test_opening_does_not_import_alembic(url):
    code = (
        "import sys; from coinvec.catalogue.store import CatalogueStore\n"
        f"CatalogueStore.open({url!r}).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
