"""In what ways the stores can disagree, and what a check-up found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

SHOWN = 5
"""How many of each kind are named."""


class Kind(StrEnum):
    """One way in which SQL, vectors and media can disagree, in the order they are told in."""

    DANGLING_ROW = "dangling_row"
    UNUSED_DESIGN = "design_without_images"
    UNUSED_TYPE = "type_without_designs"
    UNUSED_NAME = "name_without_types"
    STORE_UNREADABLE = "vectors_unreadable"
    COLLECTION_MISSING = "collection_missing"
    COLLECTION_UNUSABLE = "collection_unusable"
    COLLECTION_STRAY = "collection_stray"
    ALIAS_MISSING = "alias_missing"
    ALIAS_ELSEWHERE = "alias_elsewhere"
    OWED = "owed"
    EMBEDDING_MISSING = "embedding_missing"
    EMBEDDING_BROKEN = "embedding_broken"
    VECTOR_MISSING = "vector_missing"
    VECTOR_DIFFERENT = "vector_different"
    COLUMNS_DIFFERENT = "columns_different"
    VECTOR_ORPHAN = "vector_orphan"
    MEDIA_MISSING = "media_missing"
    MEDIA_ALTERED = "media_altered"
    MEDIA_ORPHAN = "media_orphan"
    MEDIA_TEMPORARY = "media_temporary"
    MEDIA_FOREIGN = "media_foreign"

    @property
    def meaning(self) -> str:
        """What disagrees, for people."""
        return _MEANINGS[self]

    @property
    def advice(self) -> str:
        """What to do where `--fix` cannot mend it; empty where it can."""
        return _ADVICE.get(self, "")


_MEANINGS = {
    Kind.DANGLING_ROW: "rows of the database that point at a row that is gone",
    Kind.UNUSED_DESIGN: "designs without an image",
    Kind.UNUSED_TYPE: "coin types without a design",
    Kind.UNUSED_NAME: "countries, denominations or currencies that no type names",
    Kind.STORE_UNREADABLE: "the embedded vector store cannot be read",
    Kind.COLLECTION_MISSING: "generations whose collection is gone",
    Kind.COLLECTION_UNUSABLE: "collections without index, of the wrong shape, or unreadable",
    Kind.COLLECTION_STRAY: "collections of no generation",
    Kind.ALIAS_MISSING: "the alias of the live collection is gone",
    Kind.ALIAS_ELSEWHERE: "the alias of the live collection points at another",
    Kind.OWED: "vectors written to the database and not yet to Milvus",
    Kind.EMBEDDING_MISSING: "images without a vector in the live generation",
    Kind.EMBEDDING_BROKEN: "vectors of the database that are damaged",
    Kind.VECTOR_MISSING: "vectors of the database that Milvus lacks",
    Kind.VECTOR_DIFFERENT: "vectors that differ between the database and Milvus",
    Kind.COLUMNS_DIFFERENT: "filter columns that differ between the database and Milvus",
    Kind.VECTOR_ORPHAN: "vectors in Milvus that the database does not have",
    Kind.MEDIA_MISSING: "kept pictures that are gone",
    Kind.MEDIA_ALTERED: "kept pictures that are torn, altered or unreadable",
    Kind.MEDIA_ORPHAN: "kept pictures that no image of the database names",
    Kind.MEDIA_TEMPORARY: "unfinished pictures that an interrupted import left behind",
    Kind.MEDIA_FOREIGN: "files among the pictures that coinvec did not write",
}
_ENROL_AGAIN = (
    "Restore them from a backup, or enrol the photographs anew: `coinvec remove --image ID`, "
    "then `coinvec import`."
)
_IMPORT_AGAIN = "Repeat the import, which keeps them again, or restore them from a backup."
_ADVICE = {
    Kind.DANGLING_ROW: "Restore the database from a backup.",
    Kind.EMBEDDING_MISSING: "The picture shows the models no coin, or is damaged itself: "
    "`coinvec remove --image ID`, then enrol another photograph.",
    Kind.EMBEDDING_BROKEN: _ENROL_AGAIN,
    Kind.MEDIA_MISSING: _IMPORT_AGAIN,
    Kind.MEDIA_ALTERED: _ENROL_AGAIN,
    Kind.MEDIA_FOREIGN: "Move them away; coinvec removes nothing that it did not write.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of disagreement that was found.

    Attributes:
        kind: What disagrees.
        count: In how many places.
        mended: How many of them were mended.
        first: The first of them: image ids, or names.
    """

    kind: Kind
    count: int
    mended: int
    first: tuple[str, ...]

    @property
    def left(self) -> int:
        """How many are still there."""
        return self.count - self.mended


@dataclass(slots=True)
class Ledger:
    """Counts what is found, in constant memory."""

    remarks: list[str] = field(default_factory=list)
    _found: dict[Kind, Finding] = field(default_factory=dict)

    def note(self, kind: Kind, names: Iterable[str], *, count: int = 0, mended: int = 0) -> None:
        """Add findings of a kind.

        Args:
            kind: The kind.
            names: All of them; or the first, where `count` is given.
            count: How many, where `names` are only the first.
            mended: How many of them were mended.
        """
        listed = list(names)
        before = self._found.get(kind, Finding(kind, 0, 0, ()))
        added = count or len(listed)
        if added:
            first = (*before.first, *listed)[:SHOWN]
            self._found[kind] = Finding(kind, before.count + added, before.mended + mended, first)

    def remark(self, text: str) -> None:
        """Keep a sentence on why something could not be mended; one that was said is not repeated.

        No more than `SHOWN` are kept.
        """
        if text not in self.remarks and len(self.remarks) < SHOWN:
            self.remarks.append(text)

    def findings(self) -> tuple[Finding, ...]:
        """What was found, in the order of `Kind`."""
        return tuple(self._found[kind] for kind in Kind if kind in self._found)
