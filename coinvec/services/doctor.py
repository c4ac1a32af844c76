"""Agreement of SQL, vectors and media: finding what differs, and mending it from SQL and media.

SQL is the truth and keeps every vector, so Milvus is mended without a model; only a vector that
SQL itself lost is made anew from the kept picture. Everything is read by pages in the order of
image ids, so that memory does not grow with the catalogue, and everything that is mended is mended
as it is found: an interrupted `--fix` is simply run again.
"""

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coinvec.domain.choices import GroupBy
from coinvec.domain.records import StoredGeneration
from coinvec.services.checkup.bench import Bench
from coinvec.services.checkup.collections import check_collections, note_owed, open_vectors
from coinvec.services.checkup.findings import Finding
from coinvec.services.checkup.pictures import PictureCheck, PictureCount
from coinvec.services.checkup.tables import check_tables
from coinvec.services.checkup.vectors import VectorCheck
from coinvec.services.home import Home
from coinvec.services.progress import Progress
from coinvec.services.sync import drain_outbox

if TYPE_CHECKING:
    from coinvec.vectors.store import VectorStore


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a check-up found.

    Attributes:
        images: Images in SQL.
        without_media: Those of which no picture is kept; no fault.
        media: Kept pictures.
        vectors: Vectors in Milvus, of all generations that were compared.
        findings: What disagreed; empty where all agrees.
        remarks: Why something could not be read or mended.
    """

    images: int
    without_media: int
    media: int
    vectors: int
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...]

    @property
    def left(self) -> tuple[Finding, ...]:
        """What still disagrees."""
        return tuple(each for each in self.findings if each.left)

    @property
    def is_sound(self) -> bool:
        """Whether all agrees, from the start or now."""
        return not self.left


def examine(home: Home, *, fix: bool = False, progress: Progress | None = None) -> Diagnosis:
    """Compare SQL, vectors and media; every disagreement is counted and the first are named.

    Args:
        home: The opened home, whose vector store has not been used.
        fix: Mend what can be mended.
        progress: Called with the steps done and the steps in all.

    Raises:
        GenerationError: The home has no live generation.
        StoreError: A server cannot be reached, or a store not be read or written.
    """
    bench = Bench(home, home.recorded_live, fix, progress)
    check_tables(bench)
    bench.total = home.catalogue.count(None, GroupBy.IMAGE)
    note_owed(bench)
    vectors = open_vectors(bench)
    if vectors is None:
        return _diagnosis(bench, PictureCheck(bench).run(), 0)
    with closing(vectors):
        generations = check_collections(bench, vectors)
        bench.total += sum(home.catalogue.embedding_count(each.id) for each in generations)
        pictures = PictureCheck(bench).run()
        return _diagnosis(bench, pictures, _check_vectors(bench, vectors, generations))


def _check_vectors(
    bench: Bench, vectors: "VectorStore", generations: list[StoredGeneration]
) -> int:
    """Pay what is owed and compare the rest; returns how many vectors Milvus has."""
    there = 0
    for generation in generations:
        if bench.fix:
            drain_outbox(bench.home.catalogue, vectors, generation)
        there += VectorCheck(bench, vectors, generation).run()
    return there


def _diagnosis(bench: Bench, pictures: PictureCount, vectors: int) -> Diagnosis:
    return Diagnosis(
        images=pictures.images,
        without_media=pictures.without_media,
        media=pictures.kept,
        vectors=vectors,
        findings=bench.ledger.findings(),
        remarks=tuple(bench.ledger.remarks),
    )
