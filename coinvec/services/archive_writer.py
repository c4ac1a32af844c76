"""Writing the file format of backups; see `coinvec.services.archive`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import BinaryIO

from coinvec.catalogue.transfer import TablePart
from coinvec.services.archive import (
    FORMAT,
    HEADER_NAME,
    MANIFEST_NAME,
    VERSION,
    Header,
    Manifest,
    Tallies,
    Tally,
    archive_tail,
    member_head,
    member_tail,
)


class BackupWriter:
    """Writes a backup to a stream: first tables, then pictures, then `close`.

    Args:
        stream: Open for writing.
        header: What the backup begins with.
    """

    def __init__(self, stream: BinaryIO, header: Header) -> None:
        self._stream = stream
        self._tallies = Tallies()
        self._numbers: dict[str, int] = {}
        data = _json_bytes({"format": FORMAT, "version": VERSION, **asdict(header)})
        self._write(HEADER_NAME, data, self._tallies.header, 1)

    def add_table(self, name: str) -> None:
        """Begin a table, so that an empty one is in the manifest too."""
        self._tallies.tables[name] = Tally()

    def add_rows(self, part: TablePart) -> None:
        """Write rows of a table that was begun."""
        number = self._numbers[part.table] = self._numbers.get(part.table, 0) + 1
        data = b"\n".join(_json_bytes(row) for row in (part.columns, *part.rows))
        tally = self._tallies.tables[part.table]
        self._write(f"tables/{part.table}/{number:06}.jsonl", data, tally, len(part.rows))

    def add_picture(self, image_id: str, kept: bytes) -> None:
        """Write the kept bytes of a picture."""
        self._write(f"media/{image_id[:2]}/{image_id[2:]}", kept, self._tallies.media, 1)

    def close(self, missing: Sequence[str]) -> Manifest:
        """Write the manifest and the end; the stream stays open."""
        manifest = self._tallies.manifest(missing)
        self._write(MANIFEST_NAME, _json_bytes(asdict(manifest)), Tally(), 1)
        self._stream.write(archive_tail(self._stream.tell()))
        return manifest

    def _write(self, name: str, data: bytes, tally: Tally, count: int) -> None:
        for piece in (member_head(name, len(data)), data, member_tail(len(data))):
            self._stream.write(piece)
        tally.add(name, data, count)


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
