"""Many photos in, an answer for each, in memory that does not grow with their number."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from coinvec.domain.results import Query, SearchResult
from coinvec.errors import CoinvecError, ImageError
from coinvec.media.formats import sniff
from coinvec.media.source import ImageSource
from coinvec.services.search import Searcher

BATCH = 16
"""Photos that go through models and stores together; of each, the coin's mask is in memory."""

_SUFFIXES = frozenset(
    {".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
)
_HEAD = 512
"""Bytes that tell a picture's format."""


def search_many(
    searcher: Searcher, photos: Iterable[ImageSource], query: Query, *, jobs: int = 1
) -> Iterator[tuple[ImageSource, SearchResult | CoinvecError]]:
    """Look one coin up by each of many photos.

    Args:
        searcher: Of the opened home.
        photos: As many as there are; they are taken `BATCH` at a time, and never kept.
        query: What is asked of each.
        jobs: Threads that decode photos and find the coins.

    Yields:
        Each photo, in the order given, with its result, or with why there is none.

    Raises:
        UnavailableError: A store or the encoder fails, and with it every photo.
    """
    remaining = iter(photos)
    with ThreadPoolExecutor(jobs) as pool:
        while batch := list(islice(remaining, BATCH)):
            answers = searcher.search_batch([[photo] for photo in batch], query, pool)
            yield from zip(batch, answers, strict=True)


def photos_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """The photos that lie in a folder itself, and its other files; both by name.

    A photo is known by its name, so that a damaged one is not passed over, or by its first bytes.
    Hidden files are neither.

    Raises:
        ImageError: The folder cannot be read.
    """
    try:
        files = sorted(
            each for each in folder.iterdir() if each.is_file() and not each.name.startswith(".")
        )
    except OSError as error:
        raise ImageError(
            f"{folder} cannot be read: {error.strerror or error}.",
            hint="Name a folder that holds photos.",
        ) from error
    photos = [each for each in files if _is_photo(each)]
    return photos, sorted(set(files).difference(photos))


def _is_photo(path: Path) -> bool:
    if path.suffix.lower() in _SUFFIXES:
        return True
    try:
        with path.open("rb") as stream:
            return sniff(stream.read(_HEAD)) is not None
    except OSError:
        return False
