"""The catalogue as the rest of coinvec sees it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.engine import URL, Engine
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue import building, filtered, generations, outbox, reading, writing
from coinvec.catalogue import engine as engines
from coinvec.catalogue.audit import Audit
from coinvec.catalogue.designs import CoinsView
from coinvec.catalogue.jobs import ImportJobs
from coinvec.catalogue.keys import ApiKeys
from coinvec.catalogue.revision import check_revision
from coinvec.catalogue.tables import EmbeddingRow
from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import CoinType, Design
from coinvec.domain.images import CoinImage
from coinvec.domain.predicates import Predicate
from coinvec.domain.records import (
    CoinRecord,
    Coverage,
    GapReason,
    GenerationCheck,
    GenerationState,
    StoredGeneration,
    TypeSummary,
)
from coinvec.domain.vectors import Embedding, Generation, VectorRecord


class CatalogueStore:
    """Types, designs, images, vectors and generations: the truth, in SQL.

    Every method is one transaction: all of it is stored, or nothing. Methods may be called from
    several threads and processes: writers wait for each other and never for readers. All may raise
    `StoreError` where the database is down, locked or broken.

    A design is kept only while it has an image, and a type while it has a design.
    """

    def __init__(self, url: URL, engine: Engine) -> None:
        self._url = url
        self._engine = engine
        self._readers = engines.reading_sessions(engine)
        self._writer = engine.execution_options(**{engines.IMMEDIATE: True})

    @classmethod
    def open(cls, url: str) -> Self:
        """Open a catalogue whose schema is up to date.

        Args:
            url: `sqlite:///path` or `postgresql+psycopg://…`.

        Raises:
            SettingsError: The URL is of no database coinvec speaks, or its driver is missing.
            SchemaError: The schema is missing, out of date, or of a later release.
            StoreError: The database cannot be read.
        """
        parsed = engines.parse_url(url)
        engine = engines.create(parsed)
        try:
            check_revision(parsed, engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(parsed, engine)

    def close(self) -> None:
        """Close all connections; the store cannot be used after."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with engines.translated(self._url), self._readers() as session:
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with engines.translated(self._url), Session(self._writer) as session, session.begin():
            yield session

    # Generations

    def add_generation(
        self, generation: Generation, *, collection: str, state: GenerationState
    ) -> StoredGeneration:
        """Add a generation; a live one retires the live one before it.

        Raises:
            GenerationError: The catalogue has this generation, or its collection, already.
        """
        with self._writing() as session:
            return generations.add(session, generation, collection, state)

    def generations(self) -> list[StoredGeneration]:
        """All generations, oldest first."""
        with self._reading() as session:
            return generations.stored(session)

    def live_generation(self) -> StoredGeneration | None:
        """The generation that is searched; None before the first."""
        with self._reading() as session:
            return generations.live(session)

    def set_state(self, generation_id: int, state: GenerationState) -> None:
        """Change what a generation is used for; a new live one retires the one before it.

        Images added while a generation was retired have no vector of it: whoever makes it live
        again gives them one, and works its outbox off, first.

        Raises:
            GenerationError: There is none of this number, or it is live: only another takes its
                place.
        """
        with self._writing() as session:
            generations.set_state(session, generation_id, state)

    def generation_before_live(self) -> StoredGeneration | None:
        """The generation that was live before the present one; None where none is left."""
        with self._reading() as session:
            return generations.before_live(session)

    def drop_generation(self, generation_id: int) -> None:
        """Remove a generation with its vectors and all that is noted of it.

        Raises:
            GenerationError: There is none of this number, or it is live.
        """
        with self._writing() as session:
            generations.drop(session, generation_id)

    def coverage(self, generation_id: int) -> Coverage:
        """How many images of the catalogue a generation can find."""
        with self._reading() as session:
            return building.coverage(session, generation_id)

    def images_to_build(self, generation_id: int, *, after: str, limit: int) -> list[str]:
        """Ids, above `after` and ascending, of images whose vector is still to be made.

        They have a picture, and in the generation neither a vector nor a gap.
        """
        with self._reading() as session:
            return building.to_build(session, generation_id, after, limit)

    def save_vectors(
        self,
        embeddings: Mapping[str, Embedding],
        gaps: Mapping[str, GapReason],
        generation_id: int,
    ) -> None:
        """Give images their vectors in a generation, and owe them; or note why there is none.

        Images that have been removed in the meantime are passed over.

        Raises:
            GenerationError: There is no such generation.
            InvalidValueError: A vector is of another dimension than the generation's.
        """
        with self._writing() as session:
            building.save_vectors(session, embeddings, gaps, generation_id)

    def gaps(self, generation_id: int) -> dict[str, GapReason]:
        """The images a generation was to have a vector of and cannot, by id, and why."""
        with self._reading() as session:
            return building.gaps(session, generation_id)

    def forget_gaps(self, generation_id: int) -> None:
        """Have the pictures read again that were missing or unreadable."""
        with self._writing() as session:
            building.forget_gaps(session, generation_id)

    def siblings(self, limit: int) -> dict[str, list[str]]:
        """The first images by id whose design has other images, and those; all with a picture."""
        with self._reading() as session:
            return building.siblings(session, limit)

    def note_check(self, check: GenerationCheck) -> None:
        """Keep a comparison of a generation with the live one in place of its last."""
        with self._writing() as session:
            building.note_check(session, check)

    def check_of(self, generation_id: int) -> GenerationCheck | None:
        """The last comparison of a generation with the live one."""
        with self._reading() as session:
            return building.check_of(session, generation_id)

    # Reading by key: what there is, keyed as it was asked for

    def coin_types(self, keys: Collection[str]) -> dict[str, CoinType]:
        """Coin types by key."""
        with self._reading() as session:
            found = reading.coins_by_key(session, keys)
            return {key: coin for key, (_, coin) in found.items()}

    def designs(self, ids: Collection[str]) -> dict[str, Design]:
        """Designs by id, `type/side/design`."""
        with self._reading() as session:
            return reading.designs(session, ids)

    def images(self, ids: Collection[str]) -> dict[str, CoinImage]:
        """Images by id."""
        with self._reading() as session:
            return reading.images(session, ids)

    def records(self, image_ids: Collection[str]) -> dict[str, CoinRecord]:
        """Images with their designs and coin types, by image id."""
        with self._reading() as session:
            return reading.records(session, image_ids)

    def type_records(self, key: str) -> list[CoinRecord]:
        """All images of a coin type, obverses first, then by design and id; none without it."""
        with self._reading() as session:
            return reading.type_records(session, key)

    # Reading through a filter; None lets everything through

    def count(self, where: Predicate | None, group_by: GroupBy) -> int:
        """How many types, designs or images have at least one matching image."""
        with self._reading() as session:
            return filtered.count(session, where, group_by)

    def image_ids(self, where: Predicate | None) -> list[str]:
        """Ids of the matching images, ascending."""
        with self._reading() as session:
            return filtered.image_ids(session, where)

    def design_ids(self, where: Predicate | None) -> list[str]:
        """Ids of the designs with a matching image, by type, side and key."""
        with self._reading() as session:
            return filtered.design_ids(session, where)

    def list_types(
        self, where: Predicate | None, *, limit: int | None = None, offset: int = 0
    ) -> list[TypeSummary]:
        """A page of the types with a matching image, by key.

        A type's years are those of all its designs; its counts are of what matches.
        """
        with self._reading() as session:
            return filtered.list_types(session, where, limit=limit, offset=offset)

    def distinct_values(self, column: str, limit: int) -> list[str]:
        """At most `limit` of the different texts of a column, ascending.

        Raises:
            ExpressionError: There is no such column.
            ValueError: The column holds no texts.
        """
        with self._reading() as session:
            return filtered.distinct_values(session, column, limit)

    def has_value(self, column: str, value: str) -> bool:
        """Whether a text occurs in a column; raises as `distinct_values` does."""
        with self._reading() as session:
            return filtered.has_value(session, column, value)

    # Writing

    def save(
        self,
        records: Sequence[CoinRecord],
        embeddings: Mapping[str, Embedding],
        generation_id: int,
    ) -> None:
        """Insert records, or update those that are stored with other values.

        Every image whose vector or filter columns changed is then owed to each generation that
        has its vector; saving the same again changes and owes nothing.

        Args:
            records: Best some hundreds at a time.
            embeddings: Vectors of some or all of the records' images, by image id.
            generation_id: The generation that made the vectors.

        Raises:
            InvalidValueError: Two records disagree, an image is stored under another design, or
                a vector is of another dimension than the generation's.
            GenerationError: There is no such generation.
        """
        with self._writing() as session:
            writing.save(session, records, embeddings, generation_id)

    def update_type(self, coin: CoinType) -> None:
        """Give a coin type other fields and owe its images.

        Raises:
            NotInCatalogueError: There is no type of this key.
        """
        with self._writing() as session:
            writing.update_type(session, coin)

    def remove_images(self, ids: Collection[str]) -> int:
        """Remove images, and the designs and types left without any; owe the removal.

        Returns:
            How many of the images there were.
        """
        with self._writing() as session:
            return writing.remove_images(session, ids)

    def remove_type(self, key: str) -> int:
        """Remove a coin type with all its designs and images; owe the removal.

        Returns:
            How many images it had.

        Raises:
            NotInCatalogueError: There is no type of this key.
        """
        with self._writing() as session:
            return writing.remove_type(session, key)

    # The outbox

    def owed(self, generation_id: int, limit: int) -> dict[str, int]:
        """The images longest owed to a generation's collection.

        Where SQL has the image's vector (`vector_records`) it is to be upserted, else deleted.

        Returns:
            The number of the outbox entry by image id; to be handed to `settle`.
        """
        with self._reading() as session:
            return outbox.owed(session, generation_id, limit)

    def settle(self, generation_id: int, entries: Mapping[str, int]) -> None:
        """Close outbox entries; an image that was owed anew since `owed` stays owed."""
        with self._writing() as session:
            outbox.settle(session, generation_id, entries)

    def owe_all(self, generation_id: int) -> None:
        """Owe a generation's collection every image that has a vector of it."""
        with self._writing() as session:
            outbox.owe_all(session, generation_id)

    def vector_records(
        self, generation_id: int, image_ids: Collection[str]
    ) -> dict[str, VectorRecord]:
        """Rows of a generation's collection as SQL says they must be, by image id."""
        with self._reading() as session:
            return reading.vector_records(session, generation_id, image_ids)

    def embedding_count(self, generation_id: int) -> int:
        """How many images have a vector of a generation."""
        statement = select(func.count()).where(col(EmbeddingRow.generation_id) == generation_id)
        with self._reading() as session:
            return session.scalar(statement) or 0

    def coins(self) -> CoinsView:
        """The view that statements read."""
        return CoinsView(self._reading)

    def audit(self) -> Audit:
        """What `coinvec doctor` needs beside all this."""
        return Audit(self._reading, self._writing)

    def keys(self) -> ApiKeys:
        """The keys of the HTTP interface."""
        return ApiKeys(self._reading, self._writing)

    def import_jobs(self) -> ImportJobs:
        """The imports in the background."""
        return ImportJobs(self._reading, self._writing)
