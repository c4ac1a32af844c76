"""Photographs kept by their content, in a folder or behind any fsspec URL.

An image's id is the SHA-256 of its original bytes; the kept bytes may differ from those by blanked
location data, so that whoever wants to tell torn or altered media notes the digest that `put`
returns and compares it with `stored`. Keys have no extension: an id leads to one key, and the
format is told from the bytes.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coinvec.errors import CoinvecError, InvalidValueError, StoreError
from coinvec.media.privacy import without_location

_ID = re.compile(r"[0-9a-f]{64}")
_SHELF = re.compile(r"[0-9a-f]{2}")
_PASSING = re.compile(r"[0-9a-f]{2}/\.[0-9a-f]{62}\.part")


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """A kept picture.

    Attributes:
        location: Absolute path or URL.
        digest: SHA-256 of the kept bytes, 64 hexadecimal digits.
        size: Number of kept bytes.
    """

    location: str
    digest: str
    size: int


def image_id(data: bytes) -> str:
    """The id of an image: SHA-256 of its original bytes, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


class MediaStore:
    """A content-addressed store of photographs; safe to use from several threads and processes.

    Args:
        url: A folder's path, or any URL that fsspec knows (`s3://…`, `memory://…`).

    Raises:
        StoreError: No driver for the URL is installed.
    """

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs
        from fsspec.implementations.local import LocalFileSystem

        try:
            # Other processes write as well: what a driver remembers of a listing may be old.
            self._fs, root = url_to_fs(url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            scheme = url.partition(":")[0]
            raise StoreError(
                f"media cannot be kept at a {scheme}: URL: {error}.",
                hint="Set COINVEC_MEDIA_URL to a folder, or install the fsspec driver it names.",
            ) from error
        self._root = root.rstrip("/")
        self._local = isinstance(self._fs, LocalFileSystem)

    @property
    def root(self) -> str:
        """Absolute path or URL of the whole store, without credentials."""
        return self._location(self._root)

    def put(self, image_id: str, data: bytes) -> StoredMedia:
        """Keep a picture without its location data; keeping it again changes nothing.

        A reader sees the whole picture or none. A kept picture that was torn or altered is mended.

        Args:
            image_id: The id of `data`.
            data: The picture's original bytes.

        Raises:
            InvalidValueError: The id is not that of the bytes.
            StoreError: The store is full, unreachable, or may not be written.
        """
        key = self._key(image_id)
        if hashlib.sha256(data).hexdigest() != image_id:
            raise InvalidValueError(f"{image_id} is not the SHA-256 of the picture's bytes.")
        kept = without_location(data)
        with self._guarded("written"):
            self._write_once(key, kept)
        return self._describe(key, kept)

    def put_kept(self, image_id: str, kept: bytes, digest: str) -> StoredMedia:
        """Keep what another store `read`, byte for byte; keeping it again changes nothing.

        Args:
            image_id: The id of the picture.
            kept: The bytes that were kept of it.
            digest: The digest that was noted of them.

        Raises:
            InvalidValueError: The digest is not that of the bytes.
            StoreError: As `put`.
        """
        key = self._key(image_id)
        if hashlib.sha256(kept).hexdigest() != digest:
            raise InvalidValueError(f"the kept picture of image {image_id} was altered.")
        with self._guarded("written"):
            self._write_once(key, kept)
        return self._describe(key, kept)

    def read(self, image_id: str) -> bytes:
        """The kept bytes of a picture.

        Raises:
            InvalidValueError: The id is no SHA-256.
            StoreError: The picture is not kept, or cannot be read.
        """
        with self._guarded("read"):
            try:
                kept: bytes = self._fs.cat_file(self._key(image_id))
            except FileNotFoundError as error:
                raise StoreError(
                    f"media at {self.root} hold no picture of image {image_id}.",
                    hint="Import the picture again.",
                ) from error
            return kept

    def stored(self, image_id: str) -> StoredMedia:
        """What is kept now, read anew: its digest differs from `put`'s if it was torn or altered.

        Raises:
            InvalidValueError: The id is no SHA-256.
            StoreError: The picture is not kept, or cannot be read.
        """
        return self._describe(self._key(image_id), self.read(image_id))

    def location(self, image_id: str) -> str:
        """Absolute path or URL at which a picture is, or would be, kept."""
        return self._location(self._key(image_id))

    def exists(self, image_id: str) -> bool:
        """Whether a picture is kept.

        Raises:
            StoreError: The store is unreachable.
        """
        with self._guarded("read"):
            return self._exists(self._key(image_id))

    def delete(self, image_id: str) -> None:
        """Remove a picture; nothing happens where none is kept.

        Raises:
            StoreError: The store is unreachable, or may not be written.
        """
        self._remove(self._key(image_id))

    def ids(self) -> Iterator[str]:
        """The ids of all kept pictures, in order.

        Raises:
            StoreError: The store cannot be listed.
        """
        for shelf in filter(_SHELF.fullmatch, self._names(self._root)):
            names = (shelf + name for name in self._names(f"{self._root}/{shelf}"))
            yield from filter(_ID.fullmatch, names)

    def strangers(self) -> Iterator[str]:
        """Names, relative to the root, of what stands among the pictures and is none.

        They are folders and files that somebody else put there, and what writers that were killed
        left behind (`is_passing`).

        Raises:
            StoreError: The store cannot be listed.
        """
        for name in self._names(self._root):
            if not _SHELF.fullmatch(name):
                yield name
                continue
            for inner in self._names(f"{self._root}/{name}"):
                if not _ID.fullmatch(name + inner):
                    yield f"{name}/{inner}"

    @staticmethod
    def is_passing(name: str) -> bool:
        """Whether a stranger is a picture on its way to its place."""
        return _PASSING.fullmatch(name) is not None

    def remove_passing(self, name: str) -> None:
        """Remove a picture that never came to its place; nothing happens where it is gone.

        Raises:
            InvalidValueError: It is none.
            StoreError: The store is unreachable, or may not be written.
        """
        if not self.is_passing(name):
            raise InvalidValueError(f"{name!r} is not a picture on its way to its place.")
        self._remove(f"{self._root}/{name}")

    def age(self, name: str) -> float:
        """Seconds since something in the store was written: an id, or one of `strangers`.

        Raises:
            StoreError: It is gone, or the store cannot tell.
        """
        key = self._key(name) if _ID.fullmatch(name) else f"{self._root}/{name}"
        with self._guarded("read"):
            written: datetime = self._fs.modified(key)
        if written.tzinfo is None:
            written = written.replace(tzinfo=UTC)
        return (datetime.now(UTC) - written).total_seconds()

    def _remove(self, key: str) -> None:
        with self._guarded("written"):
            try:
                self._fs.rm_file(key)
            except FileNotFoundError:
                return

    def _names(self, folder: str) -> list[str]:
        with self._guarded("listed"):
            try:
                paths = self._fs.ls(folder, detail=False)
            except FileNotFoundError:
                return []
        return sorted(path.rstrip("/").rpartition("/")[2] for path in paths)

    def _exists(self, key: str) -> bool:
        try:
            self._fs.info(key)  # fsspec's own `exists` calls an unreachable store an empty one
        except FileNotFoundError:
            return False
        return True

    def _key(self, image_id: str) -> str:
        if not _ID.fullmatch(image_id):
            raise InvalidValueError(f"image id {image_id!r} is not a SHA-256 in lower-case hex.")
        return f"{self._root}/{image_id[:2]}/{image_id[2:]}"

    def _location(self, key: str) -> str:
        return str(Path(key)) if self._local else str(self._fs.unstrip_protocol(key))

    def _describe(self, key: str, kept: bytes) -> StoredMedia:
        return StoredMedia(self._location(key), hashlib.sha256(kept).hexdigest(), len(kept))

    def _write_once(self, key: str, kept: bytes) -> None:
        if not (self._exists(key) and self._fs.cat_file(key) == kept):
            self._write(key, kept)

    def _write(self, key: str, kept: bytes) -> None:
        """Write under a passing name beside the key, then rename.

        The passing name is one for each key, so that what a killed writer left behind is used up by
        the next. Several writers of a key write the same bytes, and the first to rename is right.
        """
        folder, _, name = key.rpartition("/")
        passing = f"{folder}/.{name}.part"
        self._fs.makedirs(folder, exist_ok=True)
        try:
            if self._local:
                _write_durably(Path(passing), kept)
                Path(passing).replace(key)
            else:
                self._fs.pipe_file(passing, kept)
                self._fs.mv(passing, key)
        except FileNotFoundError:
            if not self._exists(key):
                raise
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                self._fs.rm_file(passing)
            raise

    @contextmanager
    def _guarded(self, done: str) -> Iterator[None]:
        """Turn whatever a driver raises into `StoreError`."""
        try:
            yield
        except CoinvecError:
            raise
        except Exception as error:  # drivers of object stores raise errors of many trees
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise StoreError(
                f"media at {self.root} cannot be {done}: {reason}.",
                hint="Check free space, permissions and COINVEC_MEDIA_URL.",
            ) from error


def _write_durably(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk: SQL will say that it is there.

    It is not emptied first: another writer, of the same bytes, may be about to rename it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.truncate()
        stream.flush()
        os.fsync(stream.fileno())
