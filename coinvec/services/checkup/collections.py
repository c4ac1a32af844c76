"""The vector store itself, the collections of the generations, and the alias of the live one."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coinvec.domain.records import GenerationState, StoredGeneration
from coinvec.errors import StoreError
from coinvec.services.checkup.bench import Bench
from coinvec.services.checkup.findings import SHOWN, Kind
from coinvec.vectors.names import LIVE_ALIAS

if TYPE_CHECKING:
    from coinvec.vectors.store import VectorStore

_OURS = re.compile(rf"{LIVE_ALIAS}_[0-9a-f]{{16}}")


def open_vectors(bench: Bench) -> "VectorStore | None":
    """Open the vector store as it is; with `fix`, an unreadable embedded one is begun anew.

    The old one is kept beside it. Nothing is lost: SQL has all vectors.

    Returns:
        The store; None where it is unreadable and stays so.

    Raises:
        HomeLockedError: Another process owns it.
        StoreError: A server cannot be reached.
    """
    try:
        return _opened(bench)
    except StoreError as error:
        if not bench.is_exclusive:
            raise
        path = Path(bench.home.settings.milvus_uri)
        bench.ledger.note(Kind.STORE_UNREADABLE, [str(path)], mended=int(bench.fix))
        bench.ledger.remark(error.message)
        if not bench.fix:
            return None
        aside = path.with_name(f"{path.name}.unreadable-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        try:
            path.rename(aside)
        except OSError:
            raise error from None
        bench.ledger.remark(f"The unreadable store was kept as {aside}.")
        return _opened(bench)


def _opened(bench: Bench) -> "VectorStore":
    from coinvec.vectors.store import VectorStore

    settings = bench.home.settings
    vectors = VectorStore.open(
        settings.milvus_uri, token=settings.milvus_token or "", index=settings.index
    )
    try:
        vectors.collections()
    except BaseException:
        vectors.close()
        raise
    return vectors


def check_collections(bench: Bench, vectors: "VectorStore") -> list[StoredGeneration]:
    """Compare the collections there are with those the generations name.

    With `fix`, a missing or unusable one is made anew and owed all its vectors.

    Returns:
        The live and building generations whose collection can now be compared with SQL.
    """
    generations = bench.home.catalogue.generations()
    present, target = set(vectors.collections()), vectors.alias_target(LIVE_ALIAS)
    usable = []
    for generation in generations:
        kind = _fault(bench, vectors, generation, present)
        if kind:
            bench.ledger.note(kind, [generation.collection], mended=int(bench.fix))
        if kind and bench.fix:
            _make_anew(bench, vectors, generation)
        if generation.state is not GenerationState.RETIRED and (bench.fix or not kind):
            usable.append(generation)
    _check_alias(bench, vectors, target)
    if bench.is_exclusive:  # on a server, other homes may have collections of their own
        stray = present - {generation.collection for generation in generations}
        _drop_stray(bench, vectors, sorted(filter(_OURS.fullmatch, stray)))
    return usable


def _fault(
    bench: Bench, vectors: "VectorStore", generation: StoredGeneration, present: set[str]
) -> Kind | None:
    if generation.collection not in present:
        return Kind.COLLECTION_MISSING
    try:
        if vectors.fits(generation.collection, generation.generation.dim):
            vectors.count(generation.collection)
            return None
    except StoreError as error:
        if not bench.is_exclusive:  # a server may be down; a file that cannot be read is broken
            raise
        bench.ledger.remark(error.message)
    return Kind.COLLECTION_UNUSABLE


def _make_anew(bench: Bench, vectors: "VectorStore", generation: StoredGeneration) -> None:
    models = generation.generation
    vectors.drop_collection(generation.collection)
    # Owed first: should this process end before the last line, the next one knows what is missing.
    bench.home.catalogue.owe_all(generation.id)
    vectors.create_collection(generation.collection, dim=models.dim, metric=models.metric)


def _check_alias(bench: Bench, vectors: "VectorStore", target: str | None) -> None:
    """Compare what the alias pointed at before collections were made anew."""
    if target != bench.live.collection:
        kind = Kind.ALIAS_MISSING if target is None else Kind.ALIAS_ELSEWHERE
        bench.ledger.note(kind, [LIVE_ALIAS], mended=int(bench.fix))
    if bench.fix:
        vectors.set_alias(LIVE_ALIAS, bench.live.collection)


def _drop_stray(bench: Bench, vectors: "VectorStore", names: list[str]) -> None:
    bench.ledger.note(Kind.COLLECTION_STRAY, names, mended=len(names) if bench.fix else 0)
    if bench.fix:
        for name in names:
            vectors.drop_collection(name)


def note_owed(bench: Bench) -> None:
    """Count what the live and building generations are owed; `--fix` pays it later."""
    for generation in bench.home.generations_in_use:
        count = bench.audit.owed_count(generation.id)
        first = bench.home.catalogue.owed(generation.id, SHOWN)
        bench.ledger.note(Kind.OWED, first, count=count, mended=count if bench.fix else 0)
