"""What does not belong among the kept pictures, and what killed writers leave behind."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from coinvec.errors import InvalidValueError
from coinvec.media.store import MediaStore


@pytest.fixture
def picture(tmp_path):
    rng = np.random.default_rng(3)
    path = tmp_path / "picture.png"
    Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(path)
    return path.read_bytes()


@pytest.fixture
def store(tmp_path):
    return MediaStore(str(tmp_path / "media"))


@pytest.fixture
def sha(picture):
    return hashlib.sha256(picture).hexdigest()


@pytest.fixture
def part(sha, tmp_path):
    """Where a killed writer leaves the picture; its folder is there."""
    shelf = tmp_path / "media" / sha[:2]
    shelf.mkdir(parents=True)
    return shelf / f".{sha[2:]}.part"


def test_strangers_are_all_that_is_no_picture(store, picture, sha, part, tmp_path):
    store.put(sha, picture)
    part.write_bytes(b"half")
    part.with_name("Thumbs.db").write_bytes(b"")
    (tmp_path / "media" / "notes.txt").write_text("mine")
    (tmp_path / "media" / "zz").mkdir()
    left = f"{sha[:2]}/{part.name}"
    assert set(store.strangers()) == {left, f"{sha[:2]}/Thumbs.db", "notes.txt", "zz"}
    assert list(store.ids()) == [sha]
    assert [name for name in store.strangers() if store.is_passing(name)] == [left]


def test_only_passing_pictures_are_removed(store, picture, sha, part):
    store.put(sha, picture)
    part.write_bytes(b"half")
    for other in ("notes.txt", f"{sha[:2]}/{sha[2:]}", "../picture.png"):
        with pytest.raises(InvalidValueError, match="on its way"):
            store.remove_passing(other)
    for _ in range(2):
        store.remove_passing(f"{sha[:2]}/{part.name}")
    assert list(store.strangers()) == []
    assert store.read(sha) == picture


@pytest.mark.parametrize("left", [b"", b"half of it", b"longer than it " * 4_000])
def test_what_a_killed_writer_left_is_used_up(store, picture, sha, part, left):
    part.write_bytes(left)
    store.put(sha, picture)
    assert store.read(sha) == picture
    assert list(store.strangers()) == []


def test_writers_of_the_same_picture_do_not_tear_it(store, picture, sha):
    with ThreadPoolExecutor(4) as pool:
        for _ in range(25):
            for stored in pool.map(lambda _: store.put(sha, picture), range(4)):
                assert stored.size == len(picture)
            assert store.read(sha) == picture
            assert list(store.strangers()) == []
            store.delete(sha)


@pytest.mark.parametrize("url", ["", "memory://ages"])
def test_age(tmp_path, picture, sha, url):
    store = MediaStore(url or str(tmp_path / "media"))
    before = time.time()
    store.put(sha, picture)
    assert 0 <= store.age(sha) <= time.time() - before + 1
