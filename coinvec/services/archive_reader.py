"""Reading the file format of backups; see `coinvec.services.archive`."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from coinvec.catalogue.transfer import TablePart
from coinvec.errors import InputError, SchemaError
from coinvec.services.archive import (
    FORMAT,
    HEADER_NAME,
    MANIFEST_NAME,
    MEDIA_NAME,
    TABLE_NAME,
    VERSION,
    Content,
    Header,
    Manifest,
    Tallies,
    Tally,
    archive_tail,
    member_head,
    member_tail,
)
from coinvec.services.progress import Progress

MEMBER_LIMIT = 2**30
"""The largest member that is read, in bytes: each is held in memory."""


@dataclass(frozen=True, slots=True)
class MediaPart:
    """The kept bytes of one picture."""

    image_id: str
    kept: bytes


class BackupReader:
    """Reads a backup front to back, as often as is wanted, trusting nothing in it.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def header(self) -> Header:
        """What the backup begins with.

        Raises:
            InputError: The file is not a backup.
            SchemaError: A later release wrote it.
        """
        for name, data in self._members():
            return self._read_header(name, data)
        raise self.refuse("it is empty")

    def check(self, progress: Progress | None = None) -> Manifest:
        """Read everything and compare it with the manifest.

        Args:
            progress: Called with the number of bytes read and the size of the file.

        Raises:
            InputError: The file cannot be read, is no backup, or is torn or altered.
            SchemaError: A later release wrote it.
        """
        tallies = Tallies()
        manifest: Manifest | None = None
        size, read = self._size(), 0
        for name, data in self._members():
            if manifest:
                raise self.refuse(f"{name!r} stands behind its end")
            if name == MANIFEST_NAME:
                manifest = self._read_manifest(data)
            else:
                self._tally(tallies, name, data)
            read += len(data)
            if progress:
                progress(read, size)
        if manifest is None:
            raise self.refuse("it ends before its manifest")
        self._compare(manifest, tallies)
        if progress:
            progress(size, size)
        return manifest

    def parts(self) -> Iterator[TablePart | MediaPart]:
        """Rows and pictures in the order they were written.

        Raises:
            InputError: The file is torn or altered.
        """
        for name, data in self._members():
            if table := TABLE_NAME.fullmatch(name):
                columns, *rows = self._lines(name, data)
                yield TablePart(table[1], columns, rows)
            elif media := MEDIA_NAME.fullmatch(name):
                yield MediaPart(media[1] + media[2], data)

    def refuse(self, why: str) -> InputError:
        """The error for a file that is not, or no longer, a whole backup."""
        return InputError(
            f"{self.path} is not a whole backup: {why}.",
            hint="Nothing was restored from it. Take another copy.",
        )

    def _size(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(
            f"{self.path} cannot be read: {error.strerror or error}.",
            hint="Give the path of a file that `coinvec backup` wrote.",
        )

    def _members(self) -> Iterator[tuple[str, bytes]]:
        try:
            with self.path.open("rb") as stream:
                while any(head := stream.read(tarfile.BLOCKSIZE)):
                    yield self._member(stream, head)
                size = stream.tell() - len(head)
                if head + stream.read(tarfile.RECORDSIZE) != archive_tail(size):
                    raise self.refuse("its end is missing or altered")
        except OSError as error:
            raise self._unreadable(error) from None

    def _member(self, stream: BinaryIO, head: bytes) -> tuple[str, bytes]:
        try:
            member = tarfile.TarInfo.frombuf(head, "utf-8", "strict")
        except (tarfile.TarError, ValueError):
            raise self.refuse("it is torn, altered, or no archive at all") from None
        name, size = member.name, member.size
        known = name in (HEADER_NAME, MANIFEST_NAME) or any(
            pattern.fullmatch(name) for pattern in (TABLE_NAME, MEDIA_NAME)
        )
        # Whatever is not exactly what we write is refused: links, devices, other names and sizes.
        if not known or head != member_head(name, size):
            raise self.refuse(f"it holds {name!r}, which no backup does")
        if not 0 <= size <= MEMBER_LIMIT:
            raise self.refuse(f"{name!r} claims {size:,} bytes")
        data = stream.read(size)
        if len(data) < size or stream.read(-size % tarfile.BLOCKSIZE) != member_tail(size):
            raise self.refuse(f"it is torn or altered at {name!r}")
        return name, data

    def _tally(self, tallies: Tallies, name: str, data: bytes) -> None:
        if not tallies.header.count:
            self._read_header(name, data)
            tallies.header.add(name, data, 1)
        elif table := TABLE_NAME.fullmatch(name):
            rows = data.count(b"\n")  # a line for the columns, and one for each row
            tallies.tables.setdefault(table[1], Tally()).add(name, data, rows)
        elif name == HEADER_NAME:
            raise self.refuse("it has two beginnings")
        else:
            tallies.media.add(name, data, 1)

    def _read_header(self, name: str, data: bytes) -> Header:
        [fields, *_] = self._lines(name, data)
        if name != HEADER_NAME or not isinstance(fields, dict) or fields.get("format") != FORMAT:
            raise self.refuse("it does not begin like one")
        if fields.get("version") != VERSION:
            raise SchemaError(
                f"{self.path} is a backup of version {fields.get('version')}, which this coinvec "
                "does not know: a later release wrote it.",
                hint="Type: pip install --upgrade coinvec",
            )
        try:
            return Header(*(fields[each] for each in Header.__slots__))
        except KeyError as error:
            raise self.refuse(f"its header lacks {error}") from None

    def _read_manifest(self, data: bytes) -> Manifest:
        [fields, *_] = self._lines(MANIFEST_NAME, data)
        try:
            tables = {name: Content(**each) for name, each in fields["tables"].items()}
            media, missing = Content(**fields["media"]), fields["missing"]
            return Manifest(Content(**fields["header"]), tables, media, missing)
        except (AttributeError, KeyError, TypeError):
            raise self.refuse("its manifest is not one") from None

    def _lines(self, name: str, data: bytes) -> list[Any]:
        try:
            return [json.loads(line) for line in data.split(b"\n")]
        except (ValueError, RecursionError):
            raise self.refuse(f"{name!r} is not JSON") from None

    def _compare(self, manifest: Manifest, tallies: Tallies) -> None:
        for name in manifest.tables:
            tallies.tables.setdefault(name, Tally())
        found = tallies.manifest(manifest.missing)
        if found != manifest:
            differing = [
                name
                for name in Manifest.__slots__
                if getattr(found, name) != getattr(manifest, name)
            ]
            raise self.refuse(f"its {' and '.join(differing)} were altered")
