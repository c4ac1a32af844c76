"""Paying what is owed to Milvus: the outbox is drained until Milvus equals SQL."""

from typing import TYPE_CHECKING

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.records import StoredGeneration

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
        records = catalogue.vector_records(generation.id, owed)
        vectors.upsert(generation.collection, list(records.values()))
        vectors.delete(generation.collection, [each for each in owed if each not in records])
        catalogue.settle(generation.id, owed)
        settled += len(owed)
    return settled
