"""Queries files for `evaluate`: photos with the right answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coinvec.domain.choices import GroupBy
from coinvec.errors import ManifestError
from coinvec.services.rows import Row, read_rows

REQUIRED = ("image", "type")
OPTIONAL = ("image2", "design", "where")
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A photo, or two of both sides, and what the right answers are.

    Attributes:
        line: Line number in the file.
        photos: One or two paths.
        types: Keys of the right types; empty if the coin is not in the catalogue.
        designs: Ids of the right designs.
        where: The filter to search under; None for none.
    """

    line: int
    photos: tuple[Path, ...]
    types: frozenset[str]
    designs: frozenset[str]
    where: str | None

    @property
    def is_known(self) -> bool:
        """Whether the coin is in the catalogue."""
        return bool(self.types)

    def right_answers(self, group_by: GroupBy) -> frozenset[str]:
        """The groups that count as right."""
        return self.designs if group_by is GroupBy.DESIGN else self.types


def read_queries(path: Path) -> list[LabelledQuery]:
    """Read a queries file.

    Raises:
        ManifestError: It cannot be read, or a row of it is unusable: a measurement over a part of
            the queries would mislead.
    """
    queries = [_query(row, path) for row in read_rows(path, required=REQUIRED, known=OPTIONAL)]
    if not queries:
        raise ManifestError(f"{path} holds no query.")
    return queries


def natural_grouping(queries: Iterable[LabelledQuery]) -> GroupBy:
    """Designs, if every known query names its designs; otherwise types."""
    by_design = all(query.designs for query in queries if query.is_known)
    return GroupBy.DESIGN if by_design else GroupBy.TYPE


def _query(row: Row, path: Path) -> LabelledQuery:
    cells = row.cells
    problem = row.problem or ("" if cells.get("image") else "the cell 'image' is empty")
    photos = tuple(path.parent / name for name in _named(cells, "image", "image2"))
    missing = [photo for photo in photos if not photo.is_file()]
    if missing:
        problem = f"there is no file {missing[0]}"
    if problem:
        raise ManifestError(f"Line {row.line} of {path} is unusable: {problem}.")
    return LabelledQuery(
        line=row.line,
        photos=photos,
        types=_listed(cells, "type"),
        designs=_listed(cells, "design"),
        where=cells.get("where"),
    )


def _named(cells: Mapping[str, str | None], *names: str) -> Iterator[str]:
    for name in names:
        if text := cells.get(name):
            yield text


def _listed(cells: Mapping[str, str | None], name: str) -> frozenset[str]:
    return frozenset(part.strip() for part in (cells.get(name) or "").split(SEPARATOR)) - {""}
