"""Every vector of a generation, in SQL and in Milvus, side by side."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from coinvec.domain.records import StoredGeneration
from coinvec.domain.vectors import VectorRecord
from coinvec.errors import StoreError
from coinvec.services.checkup.bench import Bench
from coinvec.services.checkup.findings import Kind
from coinvec.services.sync import drain_outbox
from coinvec.vectors.compare import Difference, difference

if TYPE_CHECKING:
    from coinvec.vectors.store import VectorStore

PAGE = 2_000

_KINDS = {
    Difference.VECTOR: Kind.VECTOR_DIFFERENT,
    Difference.COLUMNS: Kind.COLUMNS_DIFFERENT,
}


class VectorCheck:
    """Compares one generation's collection with SQL, in the order of image ids, page by page.

    Args:
        bench: The home under examination.
        vectors: The vector store.
        generation: A generation whose collection can be read.
    """

    def __init__(self, bench: Bench, vectors: "VectorStore", generation: StoredGeneration) -> None:
        self._bench = bench
        self._vectors = vectors
        self._generation = generation
        self._seen = 0

    def run(self) -> int:
        """Find, and with `fix` mend, what differs.

        Returns:
            How many vectors Milvus has.

        Raises:
            StoreError: Milvus skipped or repeated rows while they were read.
        """
        there = self._vectors.count(self._generation.collection)
        after = ""
        while True:
            ids = self._bench.audit.embedded(self._generation, after, PAGE)
            upto = ids[-1] if len(ids) == PAGE else None
            for suspects in self._suspects(ids, after, upto):
                self._judge(suspects)
            self._bench.advance(len(ids))
            if upto is None:
                break
            after = upto
        if self._bench.is_exclusive and self._seen != there:
            raise StoreError(
                f"Milvus gave {self._seen:,} rows of {self._generation.collection} and counted "
                f"{there:,} before: what it skips or repeats cannot be compared.",
                hint="Move the vector store away and run `coinvec doctor --fix`: it is made again.",
            )
        return self._seen

    def _suspects(self, ids: list[str], after: str, upto: str | None) -> Iterator[set[str]]:
        """Ids in a range for which SQL and Milvus seem to disagree."""
        missing = set(ids)
        pages = self._vectors.row_pages(self._generation.collection, after=after, upto=upto)
        for rows in pages:
            missing.difference_update(rows)
            self._seen += len(rows)
            yield set(self._compared(rows, rows))
        yield missing

    def _judge(self, suspects: Collection[str]) -> None:
        """Look at suspects once more, by id, and note and mend what is left of them."""
        faults = self._faults(suspects)
        if not faults:
            return
        left = faults
        if self._bench.fix:
            self._bench.audit.owe(self._generation.id, faults)
            drain_outbox(self._bench.home.catalogue, self._vectors, self._generation)
            left = self._faults(faults)
        by_kind: defaultdict[Kind, list[str]] = defaultdict(list)
        for image_id, kind in sorted(faults.items()):
            by_kind[kind].append(image_id)
        for kind, ids in by_kind.items():
            mended = sum(each not in left for each in ids)
            self._bench.ledger.note(kind, ids, mended=mended)

    def _faults(self, image_ids: Collection[str]) -> dict[str, Kind]:
        """What is wrong with each of the images; what is owed is told as owed alone."""
        if not image_ids:
            return {}
        rows = self._vectors.rows(self._generation.collection, image_ids)
        faults = self._compared(image_ids, rows)
        owed = self._bench.audit.owed_among(self._generation.id, faults)
        return {each: kind for each, kind in faults.items() if each not in owed}

    def _compared(
        self, image_ids: Iterable[str], rows: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Kind]:
        """In what images differ between Milvus and SQL.

        SQL is read after Milvus: what Milvus has, SQL had before it. A vector that is damaged in
        SQL is told as such alone: Milvus may have the last good copy.
        """
        ids = list(image_ids)
        is_sound = self._bench.audit.vectors_are_sound(self._generation, ids)
        sound = [each for each in ids if is_sound.get(each)]
        records = self._bench.home.catalogue.vector_records(self._generation.id, sound)
        faults = {each: _fault(rows.get(each), records.get(each)) for each in ids}
        return {each: kind for each, kind in faults.items() if kind and is_sound.get(each, True)}


def _fault(row: Mapping[str, Any] | None, record: VectorRecord | None) -> Kind | None:
    if record is None:
        return None if row is None else Kind.VECTOR_ORPHAN
    if row is None:
        return Kind.VECTOR_MISSING
    found = difference(row, record)
    return _KINDS[found] if found else None
