"""The read-only view `coins` of statements: one row for each design that has a matching image."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from sqlalchemy import distinct, func
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.coins_view import STORED, text_column
from coinvec.catalogue.filtered import matching
from coinvec.catalogue.mapping import vector_of
from coinvec.catalogue.predicates import compiled
from coinvec.catalogue.tables import CoinImageRow, CoinTypeRow, DesignRow, EmbeddingRow
from coinvec.domain.coins import Design, Side
from coinvec.domain.predicates import ColumnRef, InList, Predicate
from coinvec.domain.tables import Value
from coinvec.domain.vectors import DesignImages, FloatArray

_KEY = (col(CoinTypeRow.key), col(DesignRow.side), col(DesignRow.key))


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The vectors of the matching images, by ascending image id.

    Attributes:
        image_ids: The images.
        designs: The type, side and key of each image's design.
        vectors: n × dim float32.
    """

    image_ids: Sequence[str]
    designs: Sequence[tuple[str, Side, str]]
    vectors: FloatArray

    def by_design(self) -> dict[str, DesignImages]:
        """The images of each design, by design id."""
        rows: dict[tuple[str, Side, str], list[int]] = defaultdict(list)
        for place, design in enumerate(self.designs):
            rows[design].append(place)
        return {
            Design(*design).id: DesignImages(
                [self.image_ids[place] for place in places], self.vectors[places]
            )
            for design, places in rows.items()
        }


class CoinsView:
    """Reads `coins`; each method is one statement, which sees one state of the database.

    Args:
        reading: Opens a session that only reads.
    """

    def __init__(self, reading: Callable[[], AbstractContextManager[Session]]) -> None:
        self._reading = reading

    def rows(
        self, columns: Sequence[str], where: Predicate | None, *, limit: int | None = None
    ) -> Iterator[tuple[tuple[Value, ...], tuple[str, str, str]]]:
        """A row for each design, by type, side and key.

        Args:
            columns: Names of stored columns.
            where: The filter; a design is there if one of its images matches.
            limit: How many at most.

        Yields:
            The values of the columns, and the design's type, side and key.

        Raises:
            ExpressionError: The filter has too many conditions.
        """
        selected = [STORED[name] for name in columns]
        with self._reading() as session:
            statement = matching(session, where, *selected, *_KEY).distinct()
            for row in session.execute(statement.order_by(*_KEY).limit(limit)):
                type_key, side, design = row[len(columns) :]
                yield tuple(row[: len(columns)]), (type_key, side, design)

    def tally(
        self, columns: Sequence[str], where: Predicate | None
    ) -> Iterator[tuple[tuple[Value, ...], int]]:
        """Each different combination of values, with the number of designs that have it.

        Arguments and errors as `rows`; in no order. Without columns all designs are alike.
        """
        selected = [STORED[name] for name in columns]
        with self._reading() as session:
            designs = func.count(distinct(col(DesignRow.id)))
            statement = matching(session, where, *selected, designs).group_by(*selected)
            for row in session.execute(statement):
                *values, times = row
                if times:  # without groups there is a row even where nothing matches
                    yield tuple(values), times

    def type_counts(
        self, column: str, where: Predicate | None, *, limit: int
    ) -> list[tuple[str, int]]:
        """Texts of a column with the number of types that have them, the most frequent first.

        Args:
            column: Name of a column that holds texts.
            where: The filter; a type counts if one of its images matches.
            limit: How many texts at most.

        Raises:
            ExpressionError: The filter has too many conditions.
        """
        text, count = text_column(column), func.count(distinct(col(CoinTypeRow.id)))
        with self._reading() as session:
            statement = matching(session, where, text, count).where(text.is_not(None))
            counted = statement.group_by(text).order_by(count.desc(), text).limit(limit)
            return [(value, times) for value, times in session.execute(counted)]

    def vectors(
        self,
        generation_id: int,
        dim: int,
        where: Predicate | None,
        *,
        types: Collection[str] | None = None,
    ) -> Gallery:
        """The vectors that a generation has of the matching images.

        Args:
            generation_id: The generation.
            dim: Numbers of a vector.
            where: The filter.
            types: Keys of the only types that are looked at; None for all.

        Raises:
            ExpressionError: The filter has too many conditions.
            StoreError: A vector is torn.
        """
        if types is not None and not types:
            return Gallery((), (), np.empty((0, dim), dtype=np.float32))
        image_id = col(CoinImageRow.id)
        with self._reading() as session:
            statement = (
                matching(session, where, image_id, *_KEY, col(EmbeddingRow.vector))
                .join(EmbeddingRow, col(EmbeddingRow.image_id) == image_id)
                .where(col(EmbeddingRow.generation_id) == generation_id)
                .order_by(image_id)
            )
            if types is not None:
                statement = statement.where(compiled(InList(ColumnRef("type"), tuple(types))))
            rows = session.execute(statement).all()
        vectors = np.empty((len(rows), dim), dtype=np.float32)
        for place, row in enumerate(rows):
            vectors[place] = vector_of(row[-1])
        designs = [(type_key, Side(side), key) for _, type_key, side, key, _ in rows]
        return Gallery([row[0] for row in rows], designs, vectors)
