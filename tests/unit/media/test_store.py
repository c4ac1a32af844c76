"""The media store on a real folder and on a real non-local file system (fsspec's memory)."""

import contextlib
import hashlib
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest
from PIL import Image

from coinvec.errors import InvalidValueError, StoreError
from coinvec.media.privacy import without_location
from coinvec.media.store import MediaStore, image_id


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path):
    if request.param == "folder":
        yield MediaStore(str(tmp_path / "media"))
    else:
        yield MediaStore(f"memory://{tmp_path.name}/media")
        with contextlib.suppress(FileNotFoundError):
            fsspec.filesystem("memory").rm(f"/{tmp_path.name}", recursive=True)


@pytest.fixture
def located(photo, encode) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 18: "WGS-84"})
    return encode(photo(), "JPEG", exif=exif.tobytes())


def test_what_is_put_can_be_read_without_its_location(store, located):
    sha = hashlib.sha256(located).hexdigest()
    assert image_id(located) == sha
    kept = store.put(sha, located)
    read = store.read(sha)
    assert read == without_location(located) != located
    assert (kept.digest, kept.size) == (hashlib.sha256(read).hexdigest(), len(read))
    assert kept == store.stored(sha)
    assert kept.location == store.location(sha)
    with fsspec.open(kept.location) as stream:
        assert stream.read() == read


def test_ids_exists_delete(store):
    pictures = {image_id(bytes([n])): bytes([n]) for n in range(20)}
    assert list(store.ids()) == []
    for sha, data in pictures.items():
        assert not store.exists(sha)
        store.put(sha, data)
        assert store.exists(sha)
    assert list(store.ids()) == sorted(pictures)
    gone, *left = sorted(pictures)
    store.delete(gone)
    store.delete(gone)
    assert not store.exists(gone)
    assert list(store.ids()) == left
    with pytest.raises(StoreError, match=f"no picture of image {gone}"):
        store.read(gone)


def test_put_again_changes_nothing(tmp_path, located):
    store = MediaStore(str(tmp_path))
    sha = image_id(located)
    first = store.put(sha, located)
    before = Path(first.location).stat()
    assert store.put(sha, located) == first
    after = Path(first.location).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_torn_media_shows_and_is_mended(store, located):
    sha = image_id(located)
    kept = store.put(sha, located)
    with fsspec.open(kept.location, "wb") as stream:
        stream.write(located[:100])
    assert store.stored(sha).digest != kept.digest
    assert store.put(sha, located) == kept == store.stored(sha)


def test_a_folder_is_relative_to_here_and_named_absolutely(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = MediaStore("media")
    kept = store.put(image_id(b"x"), b"x")
    assert Path(kept.location).is_absolute()
    assert Path(kept.location).read_bytes() == b"x"
    assert store.root == str(tmp_path / "media")


def test_the_id_must_be_that_of_the_bytes(store):
    with pytest.raises(InvalidValueError, match="not the SHA-256"):
        store.put(image_id(b"one"), b"two")
    assert list(store.ids()) == []


@pytest.mark.parametrize(
    "bad",
    ["", "../../etc/passwd", "ab/../" + "c" * 58, "A" * 64, "a" * 63, "a" * 64 + "\n", "*" * 64],
)
def test_ids_that_are_no_digest_are_refused(store, bad):
    for verb in (store.read, store.delete, store.exists, store.location, store.stored):
        with pytest.raises(InvalidValueError, match="not a SHA-256"):
            verb(bad)
    with pytest.raises(InvalidValueError, match="not a SHA-256"):
        store.put(bad, b"")


def test_no_reader_sees_half_a_picture(tmp_path, located):
    data = located + os.urandom(1 << 20)
    sha, whole = image_id(data), without_location(data)
    store, ended, seen = MediaStore(str(tmp_path)), threading.Event(), set()

    def watch() -> None:
        while not ended.is_set():
            if store.exists(sha):
                seen.add(store.read(sha) == whole)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as pool:
        kept = set(pool.map(lambda _: store.put(sha, data), range(8)))
        ended.set()
    watcher.join()
    assert len(kept) == 1
    assert seen <= {True}
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [sha[2:]]


def test_leftovers_of_a_crash_and_foreign_files_are_no_ids(tmp_path):
    store = MediaStore(str(tmp_path))
    sha = image_id(b"x")
    store.put(sha, b"x")
    (tmp_path / sha[:2] / f".{sha[2:]}.0123").write_bytes(b"half")
    (tmp_path / "README").write_text("mine")
    (tmp_path / "lost+found").mkdir()
    assert list(store.ids()) == [sha]


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    store = MediaStore(str(tmp_path))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="cannot be written: No space left on device") as caught:
        store.put(image_id(b"x"), b"x")
    assert "free space" in caught.value.hint
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(StoreError, match="Permission denied"):
        MediaStore(str(tmp_path / "media")).put(image_id(b"x"), b"x")


def test_a_file_in_the_folders_place(tmp_path):
    (tmp_path / "media").write_text("not a folder")
    store = MediaStore(str(tmp_path / "media"))
    with pytest.raises(StoreError, match="cannot be written"):
        store.put(image_id(b"x"), b"x")
    with pytest.raises(StoreError, match="cannot be read"):
        store.read(image_id(b"x"))


def test_unknown_and_uninstalled_protocols():
    with pytest.raises(StoreError, match="kept at a nonsense: URL") as caught:
        MediaStore("nonsense://user:secret@host/media")
    assert "COINVEC_MEDIA_URL" in caught.value.hint
    assert "secret" not in str(caught.value)


def test_what_one_store_kept_another_keeps_byte_for_byte(store, located):
    sha = image_id(located)
    kept = without_location(located)
    digest = hashlib.sha256(kept).hexdigest()
    for _ in range(2):
        assert store.put_kept(sha, kept, digest).digest == digest
        assert store.read(sha) == kept
    with pytest.raises(InvalidValueError, match="altered"):
        store.put_kept(sha, kept + b"!", digest)
    assert store.read(sha) == kept
