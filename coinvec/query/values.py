"""Filters and the values that occur: patterns as lists, and names that nothing bears."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeGuard

from coinvec.catalogue.ilike import matching_values
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.columns import Kind
from coinvec.domain.predicates import (
    And,
    ColumnRef,
    Comparison,
    InList,
    Leaf,
    Like,
    Not,
    Op,
    Or,
    Predicate,
    leaves,
    operand_kind,
)
from coinvec.domain.spelling import nearest
from coinvec.vectors.expressions import is_expressible

DISTINCT_LIMIT = 20_000
"""Different values of a column that are read at most."""

CHECKED = 100
"""Values named in a filter that are looked up at most; nobody types more."""

WARNINGS = 3
"""Values that are warned of at most; to find the value that was meant may take a second."""


def with_listed_values(where: Predicate, catalogue: CatalogueStore) -> Predicate:
    """The filter with patterns that Milvus cannot match replaced by the values they match.

    It is left as it is for a column that holds more than `DISTINCT_LIMIT` different values.
    """
    columns = {
        leaf.operand.name
        for leaf in leaves(where)
        if isinstance(leaf.operand, ColumnRef) and _must_be_listed(leaf)
    }
    values = {name: catalogue.distinct_values(name, DISTINCT_LIMIT + 1) for name in columns}
    few = {name: listed for name, listed in values.items() if len(listed) <= DISTINCT_LIMIT}
    return _listed(where, few)


def _must_be_listed(leaf: Predicate) -> TypeGuard[Like]:
    return isinstance(leaf, Like) and not is_expressible(leaf)


def _listed(where: Predicate, values: Mapping[str, Sequence[str]]) -> Predicate:
    match where:
        case Not(part):
            return Not(_listed(part, values))
        case And(parts):
            return And(tuple(_listed(part, values) for part in parts))
        case Or(parts):
            return Or(tuple(_listed(part, values) for part in parts))
        case Like(ColumnRef(name)) if name in values and _must_be_listed(where):
            return matching_values(where, values[name])
        case _:
            return where


def value_warnings(where: Predicate, catalogue: CatalogueStore) -> tuple[str, ...]:
    """What to say of values that the filter names and that occur nowhere."""
    named = dict.fromkeys(pair for leaf in leaves(where) for pair in _named_values(leaf))
    absent = (pair for pair in islice(named, CHECKED) if not catalogue.has_value(*pair))
    return tuple(_warning(*pair, catalogue) for pair in islice(absent, WARNINGS))


def _warning(column: str, value: str, catalogue: CatalogueStore) -> str:
    right = nearest(value, catalogue.distinct_values(column, DISTINCT_LIMIT))
    hint = f"; did you mean {right!r}?" if right else "."
    return f"No coin of the catalogue has {column} = {value!r}{hint}"


def _named_values(leaf: Leaf) -> Iterator[tuple[str, str]]:
    """The texts a leaf compares a column with for equality."""
    match leaf:
        case Comparison(ColumnRef(name), Op.EQ, str(value)):
            yield name, value
        case InList(ColumnRef(name) as column, values) if operand_kind(column) is Kind.TEXT:
            yield from ((name, value) for value in values[:CHECKED] if isinstance(value, str))
        case _:
            return
