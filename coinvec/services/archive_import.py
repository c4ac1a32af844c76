"""Imports from a ZIP archive: a manifest and the pictures it names, read where they lie.

Nothing is unpacked: pictures are looked up by the names of members, so that no name leads out of
the archive, and no member is read further than a picture may be large, whatever its header says.
"""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from coinvec.errors import ManifestError
from coinvec.media.source import Limits
from coinvec.services.enrol import Enroller, ImportReport, Photo
from coinvec.services.home import Home
from coinvec.services.manifest import count_manifest_rows, read_manifest
from coinvec.services.progress import Progress
from coinvec.services.rows import JSON_LINES_SUFFIXES, Row

MANIFEST = "manifest"
MANIFEST_MAX_BYTES = 100_000_000
_HINT = "Zip a folder that holds manifest.csv and the pictures it names."
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError)
"""What reading a damaged, encrypted or strangely packed member raises."""


def import_archive(home: Home, path: Path, *, progress: Progress | None = None) -> ImportReport:
    """Add the coins and photos of an archive; safe to repeat.

    Args:
        home: The opened home.
        path: A ZIP file that holds `manifest.csv` or `manifest.jsonl`, alone or in one folder;
            its `image` cells are relative to that folder.
        progress: Called with the number of rows done, and of all.

    Raises:
        ManifestError: It is no ZIP file, or its manifest is missing or unreadable. Bad rows are
            in the report.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as scratch:
            member = _manifest_of(archive)
            copy = Path(scratch) / f"{MANIFEST}{PurePosixPath(member.filename).suffix}"
            copy.write_bytes(_read(archive, member, MANIFEST_MAX_BYTES))
            total = count_manifest_rows(copy)
            photos = _photos(archive, PurePosixPath(member.filename).parent, copy, home.limits)
            told = (lambda done: progress(done, total)) if progress else None
            return Enroller(home).enrol(photos, progress=told)
    except zipfile.BadZipFile as error:
        raise ManifestError(f"This is no ZIP archive: {error}.", hint=_HINT) from None


def _manifest_of(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    names = {f"{MANIFEST}{suffix}" for suffix in (".csv", *JSON_LINES_SUFFIXES)}
    found = [each for each in archive.infolist() if PurePosixPath(each.filename).name in names]
    if len(found) != 1:
        raise ManifestError(f"The archive holds {len(found)} manifests.", hint=_HINT)
    return found[0]


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    try:
        with archive.open(member) as stream:
            data = stream.read(most + 1)
    except _BROKEN as error:
        raise ManifestError(f"{member.filename} cannot be unpacked: {error}.") from None
    if len(data) > most:
        raise ManifestError(f"{member.filename} has more than {most:,} bytes unpacked.")
    return data


def _photos(
    archive: zipfile.ZipFile, folder: PurePosixPath, manifest: Path, limits: Limits
) -> Iterator[Photo]:
    members = {each.filename: each for each in archive.infolist() if not each.is_dir()}
    for row in read_manifest(manifest):
        member = members.get(str(folder / row.image))
        if member is None:
            yield Photo(_faulty(row, "the archive holds no such picture"), b"")
            continue
        try:
            yield Photo(row, _read(archive, member, limits.max_bytes))
        except ManifestError as error:
            yield Photo(_faulty(row, error.message.rstrip(".")), b"")


def _faulty(row: Row, problem: str) -> Row:
    return Row(row.line, row.cells, row.problem or problem)
