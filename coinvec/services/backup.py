"""A whole home in one file: rows, embeddings and pictures, but nothing that follows from them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coinvec import __version__
from coinvec.catalogue import transfer
from coinvec.catalogue.transfer import Snapshot
from coinvec.services.archive import Header, Manifest
from coinvec.services.archive_reader import BackupReader
from coinvec.services.archive_writer import BackupWriter
from coinvec.services.files import written_whole
from coinvec.services.home import Home
from coinvec.services.progress import Progress
from coinvec.settings import FILE_NAME, Settings

OF_THE_HOME = (
    "index",
    "preprocessor",
    "encoder",
    "ranker",
    "plugins",
    "max_pixels",
    "max_bytes",
)
"""The settings that mean the same on another machine: no place and no secret among them."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds.

    Attributes:
        manifest: Counts and hashes, as they were read back from the file.
        size: Bytes of the file.
    """

    manifest: Manifest
    size: int


def write_backup(home: Home, path: Path, *, progress: Progress | None = None) -> BackupReport:
    """Write a home to a file, read it back, and only then give the file its name.

    Pictures that are lost or altered are left out and listed in the manifest. Milvus is not
    asked: all it holds follows from SQL.

    Args:
        home: The opened home. Others may go on using one whose vectors are on a server: the rows
            are those of one moment.
        path: The file; one that is there is replaced.
        progress: Called with the number of rows and pictures written, and of all.

    Raises:
        InputError: The file cannot be written.
        StoreError: SQL or media cannot be read.
    """
    with written_whole(path) as passing:
        with (
            passing.open("xb") as stream,
            transfer.reading(home.settings.database_url) as snapshot,
        ):
            writer = BackupWriter(stream, _header(home.settings, snapshot))
            written = writer.close(list(_write(home, snapshot, writer, progress)))
        read = BackupReader(passing).check()
        if read != written:
            raise BackupReader(path).refuse("what was read back is not what was written")
        size = passing.stat().st_size
    return BackupReport(read, size)


def _header(settings: Settings, snapshot: Snapshot) -> Header:
    kept = {
        name: getattr(settings, name) for name in OF_THE_HOME if settings.origins[name] == FILE_NAME
    }
    return Header(snapshot.revision, __version__, datetime.now(UTC).isoformat(), kept)


def _write(
    home: Home, snapshot: Snapshot, writer: BackupWriter, progress: Progress | None
) -> Iterator[str]:
    """Write rows, then pictures; gives the ids of the pictures that could not be read whole."""
    counts = snapshot.counts()
    total, done = sum(counts.values()) + counts["coin_image"], 0
    for table in counts:
        writer.add_table(table)
    for part in snapshot.parts():
        writer.add_rows(part)
        done += len(part.rows)
        if progress:
            progress(done, total)
    for image_id, digest in snapshot.kept_pictures():
        kept = home.media.read(image_id) if home.media.exists(image_id) else None
        if kept is not None and hashlib.sha256(kept).hexdigest() == digest:
            writer.add_picture(image_id, kept)
        else:
            yield image_id
        done += 1
        if progress:
            progress(done, total)
    if progress:
        progress(total, total)
