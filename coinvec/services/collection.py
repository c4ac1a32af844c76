"""The Python face of coinvec: an opened catalogue with the verbs of the command line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from coinvec.domain.choices import GroupBy
from coinvec.domain.predicates import Predicate
from coinvec.domain.records import CoinRecord, TypeSummary
from coinvec.domain.results import Query, SearchResult
from coinvec.errors import CoinvecError
from coinvec.media.source import ImageSource
from coinvec.query.language import parse_filter
from coinvec.services import browse
from coinvec.services.add import cells_of, photos_of_coin
from coinvec.services.batch import search_many
from coinvec.services.enrol import Enroller, ImportReport, Photo
from coinvec.services.evaluate import DEFAULT_KS, Evaluation, evaluate
from coinvec.services.generations import Generations
from coinvec.services.home import Home
from coinvec.services.importing import import_foreign
from coinvec.services.manifest import count_manifest_rows, read_manifest
from coinvec.services.progress import Progress
from coinvec.services.search import Searcher
from coinvec.services.segment import Segmented, segment_picture
from coinvec.services.sql import SqlResult, run_statement
from coinvec.settings import Settings

Params = Mapping[str, object]
"""Values of the `:name` parameters of a filter."""


class Catalogue:
    """An opened catalogue of coins. Close it, or use it as a context manager.

    Filters (`where`) are SQL boolean expressions with `:name` parameters; see the reference of
    the query language. Pictures are paths, bytes, binary file objects, H × W × 3 RGB uint8 arrays
    or Pillow images.

    Args:
        home: The opened home.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._searcher = Searcher(home)

    @property
    def home(self) -> Home:
        """The stores, plugins and settings behind this catalogue."""
        return self._home

    @property
    def generations(self) -> Generations:
        """Another pair of models takes over while searches go on."""
        return Generations(self._home)

    def close(self) -> None:
        """Close the stores and let other processes in."""
        self._home.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def search(
        self,
        image: ImageSource,
        image2: "ImageSource | None" = None,
        *,
        where: str | None = None,
        params: Params | None = None,
        k: int = 10,
        group_by: GroupBy | str = GroupBy.TYPE,
    ) -> SearchResult:
        """Look a coin up by one photo, or by photos of both sides in either order.

        Raises:
            NoCoinError: No photo shows a coin.
            ImageError: A photo is unreadable.
            ExpressionError: The filter is not understood.
        """
        photos = [image] if image2 is None else [image, image2]
        return self._searcher.search(photos, _query(where, params, k, group_by))

    def search_all_coins(
        self,
        image: ImageSource,
        *,
        where: str | None = None,
        params: Params | None = None,
        k: int = 10,
        group_by: GroupBy | str = GroupBy.TYPE,
    ) -> list[SearchResult]:
        """Look up every coin in a picture, largest first; raises as `search`."""
        return self._searcher.search_all_coins(image, _query(where, params, k, group_by))

    def search_many(
        self,
        images: Iterable[ImageSource],
        *,
        where: str | None = None,
        params: Params | None = None,
        k: int = 10,
        group_by: GroupBy | str = GroupBy.TYPE,
        jobs: int = 1,
    ) -> Iterator[tuple[ImageSource, SearchResult | CoinvecError]]:
        """Look one coin up by each of many photos, some of them at a time.

        A result holds the coin's mask, a byte for each pixel: keep of it what is needed, not all.

        Args:
            images: As many as there are; a generator is not read ahead of the answers by more
                than a batch.
            where: A filter, the same for all.
            params: Its parameters.
            k: How many groups to return for each photo.
            group_by: What one hit stands for.
            jobs: Threads that decode photos and find the coins.

        Returns:
            Each image, in the order given, with its result, or with the error that says why there
            is none; where a store or the encoder fails, the iterator raises.

        Raises:
            ExpressionError: The filter is not understood.
        """
        query = _query(where, params, k, group_by)
        return search_many(self._searcher, images, query, jobs=jobs)

    def sql(
        self, statement: str, params: Params | None = None, *, verify: bool = False
    ) -> SqlResult:
        """Answer a statement of the query language; see its reference.

        Args:
            statement: `SELECT … FROM coins …`, or that after EXPLAIN.
            params: Value of each `:name`: a text or a number, after IN also a list of them, and
                in `similarity(:name)` a photo.
            verify: With EXPLAIN, also hold the answer against an exact search.

        Raises:
            ExpressionError: The statement is not understood.
            NoCoinError: No photo shows a coin.
            ImageError: A photo is unreadable.
        """
        return run_statement(self._searcher, statement, params, verify=verify)

    def segment(self, image: ImageSource, *, all_coins: bool = False) -> Segmented:
        """Find the coin, or every coin, in a picture; none where it shows none.

        Raises:
            ImageError: The picture is unreadable.
        """
        return segment_picture(
            self._home.models.find, image, self._home.limits, all_coins=all_coins
        )

    def import_manifest(
        self,
        manifest: str | Path,
        *,
        dry_run: bool = False,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Add coins and photos from a CSV or JSON Lines manifest; safe to repeat.

        Raises:
            ManifestError: The manifest cannot be read at all. Bad rows are in the report.
        """
        path = Path(manifest)
        total = count_manifest_rows(path)
        photos = (Photo(row, path.parent / row.image) for row in read_manifest(path))
        enroller = Enroller(self._home, jobs=jobs, dry_run=dry_run)
        return enroller.enrol(
            photos, progress=(lambda done: progress(done, total)) if progress else None
        )

    def import_from(
        self,
        path: str | Path,
        importer: str,
        *,
        pictures: str | Path | None = None,
        dry_run: bool = False,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Add the coins of another program's collection; safe to repeat.

        Args:
            path: The collection.
            importer: Name of the importer that reads it, e.g. `opennumismat`.
            pictures: The folder of pictures of formats that only name theirs; by default the
                collection's own folder.
            dry_run: Do everything but write.
            jobs: Threads that read pictures and look for coins.
            progress: Told how far the import is.

        Raises:
            PluginError: There is no such importer, or it fails.
            ManifestError: The file cannot be read at all. Bad rows are in the report.
        """
        return import_foreign(
            self._home,
            Path(path),
            importer,
            pictures=Path(pictures) if pictures is not None else None,
            dry_run=dry_run,
            jobs=jobs,
            progress=progress,
        )

    def add(
        self,
        *,
        obverse: "ImageSource | Sequence[ImageSource]" = (),
        reverse: "ImageSource | Sequence[ImageSource]" = (),
        **fields: object,
    ) -> ImportReport:
        """Add one coin, with one or more photos a side.

        Args:
            obverse: Photos of the obverse.
            reverse: Photos of the reverse.
            **fields: Values by manifest column; `country` and `denomination` are required, `type`
                defaults to both in lower-case words joined by `-`.

        Raises:
            UsageError: There is no photo, or a field does not exist.
        """
        photos = photos_of_coin(_listed(obverse), _listed(reverse), fields)
        return Enroller(self._home).enrol(photos)

    def list(
        self,
        where: str | None = None,
        params: Params | None = None,
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> Sequence[TypeSummary]:
        """Coin types that match a filter, by key."""
        return browse.list_types(self._home, _filter(where, params), limit=limit, offset=offset)

    def show(self, key: str) -> Sequence[CoinRecord]:
        """Every image of a coin type with its design.

        Raises:
            NotInCatalogueError: There is no such type.
        """
        return browse.show_type(self._home, key)

    def edit(self, key: str, *, design: str | None = None, **fields: object) -> None:
        """Change fields of a type, or the years of its designs; None clears a field.

        Args:
            key: The type.
            design: `side/design` whose years to change; by default those of all designs.
            **fields: New values by manifest column.

        Raises:
            NotInCatalogueError: There is no such type or design.
            InvalidValueError: A new value is unusable.
        """
        browse.edit_type(self._home, key, cells_of(fields), design=design)

    def remove(self, key: str | None = None, *, images: Sequence[str] = ()) -> int:
        """Remove a type with all its images, or single images; returns how many images.

        Raises:
            NotInCatalogueError: There is no such type or image.
        """
        removed = browse.remove_images(self._home, images) if images else 0
        return removed + (browse.remove_type(self._home, key) if key is not None else 0)

    def evaluate(
        self,
        queries: str | Path,
        *,
        ks: Sequence[int] = DEFAULT_KS,
        group_by: GroupBy | str | None = None,
        jobs: int = 1,
        progress: Progress | None = None,
        ranker: str | None = None,
    ) -> Evaluation:
        """Measure hit rates and unknown detection on a queries file; see `evaluate`.

        Raises:
            ManifestError: The file is unusable, or a photo of it is in the catalogue itself.
        """
        return evaluate(
            self._home,
            Path(queries),
            ks=ks,
            group_by=GroupBy(group_by) if group_by else None,
            jobs=jobs,
            progress=progress,
            ranker=ranker,
        )


def open_catalogue(home: str | Path | None = None) -> Catalogue:
    """Open an existing home (see `coinvec init`).

    Args:
        home: Its directory; by default COINVEC_HOME or the platform's user data directory.

    Raises:
        HomeError: There is no home in that place.
        HomeLockedError: Another process owns it.
        SchemaError: Its schema is out of date.
    """
    return Catalogue(Home.open(Settings.load(home=home)))


def init_catalogue(home: str | Path | None = None) -> Catalogue:
    """Make a home, or bring an existing one up to date, and open it; arguments as above."""
    return Catalogue(Home.create(Settings.load(home=home)))


def _query(where: str | None, params: Params | None, k: int, group_by: GroupBy | str) -> Query:
    return Query(_filter(where, params), k, GroupBy(group_by))


def _filter(where: str | None, params: Params | None) -> Predicate | None:
    return parse_filter(where, params) if where else None


def _listed(photos: "ImageSource | Sequence[ImageSource]") -> Sequence[Any]:
    return photos if isinstance(photos, list | tuple) else [photos]
