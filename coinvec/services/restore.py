"""A home from a backup: all of it, or nothing."""

import json
from dataclasses import dataclass
from pathlib import Path

from coinvec.catalogue import schema, transfer
from coinvec.catalogue.transfer import Loader, TablePart
from coinvec.errors import HomeError, InvalidValueError, SchemaError, StoreError
from coinvec.media.store import MediaStore
from coinvec.services.archive import Header, Manifest
from coinvec.services.archive_reader import BackupReader, MediaPart
from coinvec.services.home import LIVE_ALIAS, Home, owned
from coinvec.services.progress import Progress
from coinvec.services.restore_marker import RestoreMarker, refuse_unfinished
from coinvec.services.sync import drain_outbox
from coinvec.settings import FILE_NAME, Settings

NEW_PLACE_HINT = (
    "A backup is restored into a new home: coinvec --home NEW_DIR restore FILE, with a database "
    "and a Milvus of its own where it uses servers."
)


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """A backup that was read to its end and found whole. Made by `check_backup`.

    Attributes:
        reader: Reads it again.
        header: What it begins with.
        manifest: What it holds.
    """

    reader: BackupReader
    header: Header
    manifest: Manifest


def check_backup(path: Path, *, progress: Progress | None = None) -> CheckedBackup:
    """Read a backup to its end and compare it with its counts and hashes.

    Args:
        path: The file.
        progress: Called with the bytes read and the bytes of the file.

    Raises:
        InputError: The file cannot be read, is no backup, or is torn or altered.
        SchemaError: A later release of coinvec wrote it.
    """
    reader = BackupReader(path)
    header = reader.header()
    if not schema.known(header.revision):
        raise SchemaError(
            f"{path} was written by coinvec {header.release} under the schema revision "
            f"{header.revision}, which this coinvec does not know.",
            hint="Type: pip install --upgrade coinvec",
        )
    return CheckedBackup(reader, header, reader.check(progress))


def restore_backup(
    settings: Settings, backup: CheckedBackup, *, progress: Progress | None = None
) -> None:
    """Fill the home of the settings, which holds no coins yet, from a checked backup.

    All rows, and the debt of all vectors, go into one transaction, which is closed when every
    picture is kept; Milvus comes after it. An error leaves the home empty, or whole and owing
    vectors, which the next use pays. A process that is killed before the home is whole leaves it
    marked: nothing but the same restore again opens it. The settings of the backup are written to
    the home's file if it has none.

    Args:
        settings: Where to restore; the stores may be other ones than those of the backup.
        backup: From `check_backup`.
        progress: Called with the number of rows and pictures restored, and of all.

    Raises:
        HomeError: The home, its database or its vector store is in use already, or the restore of
            another backup was interrupted here.
        InputError: The file has changed since it was checked.
        StoreError: A store fails or does not hold in the end what the backup holds.
    """
    _make_directory(settings)
    marker = RestoreMarker(str(backup.reader.path.absolute()), backup.manifest.header.sha256)
    with owned(settings):
        if not _is_loaded(settings, marker):
            _refuse_occupied(settings)
            marker.write(settings.home)
            _load_all(settings, backup, marker, progress)
        schema.upgrade(settings.database_url)
        _write_settings(settings, backup.header)
        marker.remove(settings.home)
    with Home.open(settings) as home:
        fill_vectors(home)


def _is_loaded(settings: Settings, marker: RestoreMarker) -> bool:
    """Whether this very restore was interrupted after its transaction.

    Raises:
        HomeError: The restore of another backup was.
    """
    begun = RestoreMarker.read(settings.home)
    if begun is None or transfer.is_empty(settings.database_url):
        return False
    if not marker.is_same(begun):
        refuse_unfinished(settings.home)
    return True


def _load_all(
    settings: Settings, backup: CheckedBackup, marker: RestoreMarker, progress: Progress | None
) -> None:
    """Load all rows and pictures; after an error there are none, and no mark of it."""
    media = MediaStore(settings.media_url)
    added: list[str] = []
    try:
        schema.upgrade(settings.database_url, backup.header.revision)
        with transfer.loading(settings.database_url) as loader:
            _load(loader, media, backup, added, progress)
    except BaseException:
        for image_id in added:
            media.delete(image_id)
        marker.remove(settings.home)
        raise


def fill_vectors(home: Home) -> None:
    """Make the collection of every generation and write what SQL owes it; count the rows.

    Raises:
        StoreError: Milvus fails, or holds more or fewer rows than SQL has vectors.
    """
    for stored in home.catalogue.generations():
        generation = stored.generation
        if not home.vectors.has_collection(stored.collection):
            home.vectors.create_collection(
                stored.collection, dim=generation.dim, metric=generation.metric
            )
        drain_outbox(home.catalogue, home.vectors, stored)
        there = home.vectors.count(stored.collection)
        wanted = home.catalogue.embedding_count(stored.id)
        if there != wanted:
            raise StoreError(
                f"Milvus holds {there:,} vectors of {generation}, and the catalogue {wanted:,}.",
                hint="Type: coinvec doctor --fix",
            )
    live = home.catalogue.live_generation()
    if live is not None:
        home.vectors.set_alias(LIVE_ALIAS, live.collection)


def _make_directory(settings: Settings) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(
            f"The home {settings.home} cannot be made: {error.strerror}.",
            hint="Name another place with --home or COINVEC_HOME.",
        ) from None


def _refuse_occupied(settings: Settings) -> None:
    if not transfer.is_empty(settings.database_url):
        raise HomeError(
            f"The home {settings.home} is in use: its database holds a catalogue already.",
            hint=NEW_PLACE_HINT,
        )
    from coinvec.vectors.store import VectorStore

    vectors = VectorStore.open(
        settings.milvus_uri, token=settings.milvus_token or "", index=settings.index
    )
    try:
        if taken := vectors.alias_target(LIVE_ALIAS):
            raise HomeError(
                f"The Milvus of the home {settings.home} is in use: its alias {LIVE_ALIAS!r} "
                f"points at the vectors {taken} of another home.",
                hint=NEW_PLACE_HINT,
            )
    finally:
        vectors.close()


def _load(
    loader: Loader,
    media: MediaStore,
    backup: CheckedBackup,
    added: list[str],
    progress: Progress | None,
) -> None:
    manifest = backup.manifest
    rows = {name: content.count for name, content in manifest.tables.items()}
    total, done, pictures = sum(rows.values()) + manifest.media.count, 0, 0
    for part in backup.reader.parts():
        try:
            if isinstance(part, TablePart):
                loader.add(part)
                done += len(part.rows)
            else:
                _keep(loader, media, part, added)
                pictures += 1
                done += 1
        except InvalidValueError as error:
            raise backup.reader.refuse(error.message.rstrip(".")) from None
        if progress:
            progress(done, total)
    if loader.counts() != rows or pictures != manifest.media.count:
        raise backup.reader.refuse("it has changed since it was checked")
    loader.finish()


def _keep(loader: Loader, media: MediaStore, part: MediaPart, added: list[str]) -> None:
    digest = loader.media_digest(part.image_id)
    if digest is None:
        raise InvalidValueError(f"it holds a picture of {part.image_id}, which no row speaks of.")
    if not media.exists(part.image_id):
        added.append(part.image_id)
    media.put_kept(part.image_id, part.kept, digest)


def _write_settings(settings: Settings, header: Header) -> None:
    """Give the home the settings of the backup, unless it was given a file of its own."""
    file = settings.home / FILE_NAME
    if not header.settings or file.exists():
        return
    # Texts, whole numbers and lists of texts are written alike in JSON and TOML.
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in header.settings.items()]
    file.write_text("".join(lines), encoding="utf-8")
