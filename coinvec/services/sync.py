"""Paying what is owed to Milvus: the outbox is drained until Milvus equals SQL."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.records import StoredGeneration
from coinvec.domain.vectors import VectorRecord

if TYPE_CHECKING:
    from coinvec.vectors.store import VectorStore

BATCH = 1_000


def drain_outbox(
    catalogue: CatalogueStore, vectors: "VectorStore", generation: StoredGeneration
) -> int:
    """Write every owed image to the generation's collection, or delete it there.

    Each step can be repeated: an entry says "make Milvus equal to SQL for this image" and is
    closed only after that has happened, so a crash anywhere leaves work owed, never a lie.

    Returns:
        How many images were settled.
    """
    settled = 0
    while owed := catalogue.owed(generation.id, BATCH):
        _write(catalogue, vectors, generation, owed.keys())
        catalogue.settle(generation.id, owed)
        settled += len(owed)
    return settled


def _write(
    catalogue: CatalogueStore,
    vectors: "VectorStore",
    generation: StoredGeneration,
    image_ids: Collection[str],
) -> None:
    """Make Milvus equal to SQL for some images, whoever else writes to both meanwhile.

    Another process may change an image in SQL, and write that to Milvus, between our reading and
    our writing; then ours is the last word, and an old one. So SQL is read again afterwards. What
    changes after that second reading reaches Milvus after our writing, by whoever changed it.
    """
    records = catalogue.vector_records(generation.id, image_ids)
    while image_ids:
        vectors.upsert(
            generation.collection, [records[each] for each in image_ids if each in records]
        )
        vectors.delete(generation.collection, [each for each in image_ids if each not in records])
        now = catalogue.vector_records(generation.id, image_ids)
        image_ids = [each for each in image_ids if _differ(records.get(each), now.get(each))]
        records = now


def _differ(one: VectorRecord | None, other: VectorRecord | None) -> bool:
    if one is None or other is None:
        return one is not other
    return one.columns != other.columns or one.vector.tobytes() != other.vector.tobytes()
