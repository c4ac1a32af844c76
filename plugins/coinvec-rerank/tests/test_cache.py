import sqlite3
from contextlib import closing

import pytest
from coinvec_rerank.cache import BlobCache


@pytest.fixture
def path(tmp_path):
    return tmp_path / "not" / "there" / "kept.db"


def test_what_is_kept_is_read_back_by_another(path):
    BlobCache(path, 9).keep({"a": b"1", "b": b""})
    BlobCache(path, 9).keep({"a": b"2"})
    assert BlobCache(path, 9).load(["a", "b", "c"]) == {"a": b"2", "b": b""}


def test_reading_makes_no_file(path):
    assert BlobCache(path, 9).load(["a"]) == {}
    assert not path.parent.exists()


def test_the_oldest_are_dropped(path):
    cache = BlobCache(path, 3)
    for key in "abcde":
        cache.keep({key: key.encode()})
    assert cache.load("abcde") == {"c": b"c", "d": b"d", "e": b"e"}


def test_a_file_that_is_no_database_is_replaced(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 100)
    cache = BlobCache(path, 3)
    assert cache.load(["a"]) == {}
    cache.keep({"a": b"1"})
    assert cache.load(["a"]) == {"a": b"1"}


def test_a_locked_file_is_done_without(path):
    cache = BlobCache(path, 3)
    cache.keep({"a": b"1"})
    with closing(sqlite3.connect(path)) as owner:
        owner.execute("BEGIN EXCLUSIVE")
        cache.keep({"b": b"2"})
        owner.rollback()
    assert cache.load("ab") == {"a": b"1"}


def test_a_place_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = BlobCache(tmp_path / "file" / "kept.db", 3)
    cache.keep({"a": b"1"})
    assert cache.load(["a"]) == {}
