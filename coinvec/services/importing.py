"""Files of other programs: an importer reads them, then they are enrolled as manifests are."""

from collections.abc import Iterator
from pathlib import Path

from coinvec.errors import CoinvecError, PluginError
from coinvec.plugin.protocols import ImportedRow, Importer
from coinvec.services.enrol import Enroller, ImportReport, Photo
from coinvec.services.home import Home
from coinvec.services.progress import Progress
from coinvec.services.rows import Row


def import_foreign(
    home: Home,
    path: Path,
    importer: str,
    *,
    pictures: Path | None = None,
    dry_run: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> ImportReport:
    """Add the coins of another program's collection; safe to repeat.

    Args:
        home: The opened home.
        path: The collection.
        importer: Name of the importer that reads it.
        pictures: The folder of pictures of formats that only name theirs; by default the
            collection's own folder.
        dry_run: Do everything but write.
        jobs: Threads that read pictures and look for coins.
        progress: Told how far the import is.

    Raises:
        PluginError: There is no such importer, or it fails.
        ManifestError: The file cannot be read at all. Bad rows are in the report.
    """
    reader = home.host.importer(importer)
    folder = pictures or path.parent
    total = sum(1 for _ in _photos(reader, importer, path, folder))
    enroller = Enroller(home, jobs=jobs, dry_run=dry_run)
    return enroller.enrol(
        _photos(reader, importer, path, folder),
        progress=(lambda done: progress(done, total)) if progress else None,
    )


def _photos(importer: Importer, name: str, path: Path, pictures: Path) -> Iterator[Photo]:
    """What an importer reads, as rows of a manifest; counted, for its rows have no lines."""
    for line, row in enumerate(_rows(importer, name, path, pictures), 1):
        if not isinstance(row, ImportedRow):
            raise PluginError(
                f"The importer {name!r} gave a {type(row).__name__} instead of an ImportedRow.",
                hint="Tell its authors.",
            )
        yield Photo(Row(line, row.cells, row.problem), row.picture)


def _rows(importer: Importer, name: str, path: Path, pictures: Path) -> Iterator[object]:
    """What an importer reads; whatever else it raises becomes a `PluginError`."""
    try:
        yield from importer.read(path, pictures)
    except CoinvecError:
        raise
    except Exception as error:
        raise PluginError(
            f"The importer {name!r} failed at {path}: {type(error).__name__}: {error}.",
            hint="Tell its authors; --debug shows where it failed.",
        ) from error
