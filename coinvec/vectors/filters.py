"""Which rows a search may see: a compiled expression, sets of ids, and groups left out."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.vectors.literals import text_list, text_literal
from coinvec.vectors.schema import DESIGN_ID, GROUP_FIELDS, ID

CHUNK = 4_096
"""Ids in one expression at most. Milvus Lite keeps the parsed form of its last 256 expressions,
about 400 bytes an id; servers refuse messages beyond 64 MiB."""


@dataclass(frozen=True, slots=True)
class VectorFilter:
    """The rows that satisfy everything given here; by default all.

    Attributes:
        expression: A Milvus expression from `compile_filter`; empty for none.
        image_ids: Only these images; None for no such limit, as below. An empty set matches
            nothing.
        design_ids: Only images of these designs (`type/side/design`).
        type_keys: Only images of these types.
        side: Only images of this side.
        excluded: Groups left out.
        excluded_by: What the keys in `excluded` are.
    """

    expression: str = ""
    image_ids: frozenset[str] | None = None
    design_ids: frozenset[str] | None = None
    type_keys: frozenset[str] | None = None
    side: Side | None = None
    excluded: frozenset[str] = frozenset()
    excluded_by: GroupBy = GroupBy.TYPE

    def clauses(self) -> Iterator[str]:
        """Milvus expressions that hold of disjoint sets of rows, together those meant.

        There is more than one where an id set is too large for one expression.
        """
        sets = {
            ID: self.image_ids,
            DESIGN_ID: self.design_ids,
            GROUP_FIELDS[GroupBy.TYPE]: self.type_keys,
        }
        given = {name: ids for name, ids in sets.items() if ids is not None}
        largest = max(given, key=lambda name: len(given[name]), default=None)
        fixed = [self.expression, self._side_clause(), excluding(self.excluded_by, self.excluded)]
        fixed += [_membership(name, ids) for name, ids in given.items() if name != largest]
        if largest is None:
            yield both(*fixed)
        elif all(given.values()):
            for chunk in chunks(given[largest]):
                yield both(*fixed, _membership(largest, chunk))

    def _side_clause(self) -> str:
        return "" if self.side is None else f"side == {text_literal(self.side.value)}"


def both(*expressions: str) -> str:
    """The conjunction of expressions; empty ones stand for "any row"."""
    return " and ".join(f"({each})" for each in expressions if each)


def excluding(group_by: GroupBy, keys: Collection[str]) -> str:
    """An expression that leaves groups out."""
    return f"{GROUP_FIELDS[group_by]} not in {text_list(keys)}" if keys else ""


def of_images(image_ids: Collection[str]) -> Iterator[str]:
    """Expressions for images by id, each with at most `CHUNK` of them."""
    for chunk in chunks(image_ids):
        yield _membership(ID, chunk)


def between(after: str, upto: str | None) -> str:
    """An expression for the images whose id lies beyond `after`, up to and including `upto`."""
    last = "" if upto is None else f"{ID} <= {text_literal(upto)}"
    return both(f"{ID} > {text_literal(after)}", last)


def chunks(ids: Collection[str]) -> Iterator[list[str]]:
    """Ids in a stable order, at most `CHUNK` at a time."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _membership(name: str, ids: Collection[str]) -> str:
    return f"{name} in {text_list(ids)}"
