"""The file format of backups: an uncompressed tar that is written and read front to back.

    backup.json                     the header: format, version, schema revision, settings
    tables/<table>/<number>.jsonl   a line with the names of the columns, then a line for each row
    media/<2 digits>/<62 digits>    the kept bytes of a picture, by image id
    manifest.json                   how many rows and pictures there are, and their SHA-256

Tar, because it is written in one pass in constant memory and every system can list it. It is not
compressed: pictures, most of it, do not shrink. The module `tarfile` would remember every member;
here each is forgotten at once, and as every byte around the members is known, each is checked.
Nothing is ever extracted by a name in the archive: a member is known by its name, or the file is
refused.
"""

import hashlib
import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FORMAT = "coinvec-backup"
VERSION = 1

HEADER_NAME = "backup.json"
MANIFEST_NAME = "manifest.json"
TABLE_NAME = re.compile(r"tables/([a-z_]{1,60})/\d{6,12}\.jsonl")
MEDIA_NAME = re.compile(r"media/([0-9a-f]{2})/([0-9a-f]{62})")


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup begins with.

    Attributes:
        revision: The schema its rows were written under.
        release: The coinvec that wrote it.
        created_at: When, ISO 8601 in UTC.
        settings: The settings of the home's own file that mean the same everywhere.
    """

    revision: str
    release: str
    created_at: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """How much of one kind a backup holds.

    Attributes:
        count: Rows of a table, or pictures.
        size: Bytes.
        sha256: Over name, size and bytes of every member of that kind, in their order.
    """

    count: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup ends with.

    Attributes:
        header: The header's content.
        tables: Each table's, by name.
        media: The pictures'.
        missing: Ids of images whose kept picture was lost or altered before the backup.
    """

    header: Content
    tables: Mapping[str, Content]
    media: Content
    missing: Sequence[str] = ()


@dataclass(slots=True)
class Tally:
    """Counts and hashes members of one kind as they go by."""

    count: int = 0
    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def add(self, name: str, data: bytes, count: int) -> None:
        """Take a member in that holds `count` rows or pictures."""
        self.count += count
        self.size += len(data)
        self._hash.update(f"{name}\n{len(data)}\n".encode())
        self._hash.update(data)

    @property
    def content(self) -> Content:
        """What has gone by so far."""
        return Content(self.count, self.size, self._hash.hexdigest())


@dataclass(slots=True)
class Tallies:
    """Counts and hashes of a whole backup, on both sides of the file."""

    header: Tally = field(default_factory=Tally)
    tables: dict[str, Tally] = field(default_factory=dict)
    media: Tally = field(default_factory=Tally)

    def manifest(self, missing: Sequence[str]) -> Manifest:
        """The manifest of what has gone by."""
        tables = {name: tally.content for name, tally in self.tables.items()}
        return Manifest(self.header.content, tables, self.media.content, missing)


def member_head(name: str, size: int) -> bytes:
    """The block that stands before a member, which is the same for the same name and size."""
    member = tarfile.TarInfo(name)
    member.size = size
    return member.tobuf(tarfile.USTAR_FORMAT)


def member_tail(size: int) -> bytes:
    """The zeros that fill the last block of a member."""
    return bytes(-size % tarfile.BLOCKSIZE)


def archive_tail(size: int) -> bytes:
    """The zeros that end an archive of `size` bytes: two blocks, and what fills the record."""
    marker = 2 * tarfile.BLOCKSIZE
    return bytes(marker + -(size + marker) % tarfile.RECORDSIZE)
