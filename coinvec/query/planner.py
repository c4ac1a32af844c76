"""How a query's filter is answered: which part Milvus decides, and what SQL decides for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.columns import Kind
from coinvec.domain.predicates import (
    ColumnRef,
    Comparison,
    InList,
    Leaf,
    Op,
    Predicate,
    leaves,
    operand_kind,
)
from coinvec.domain.results import Query
from coinvec.domain.spelling import nearest
from coinvec.vectors.expressions import compile_filter
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.literals import NotExpressible

DISTINCT_LIMIT = 20_000


class DecidedBy(StrEnum):
    """Which engine decides the filter."""

    NOTHING = "no filter"
    MILVUS = "milvus"
    SQL = "sql"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is answered.

    Attributes:
        query: What was asked.
        filter: What Milvus is given.
        total_matching: Groups that match the filter, counted in SQL.
        total_types: Types that match the filter.
        decided_by: Which engine decides the filter.
        reason: Why SQL had to; empty otherwise.
        warnings: Values in the filter that occur nowhere, with the nearest that does.
    """

    query: Query
    filter: VectorFilter
    total_matching: int
    total_types: int
    decided_by: DecidedBy
    reason: str = ""
    warnings: tuple[str, ...] = ()


def make_plan(query: Query, catalogue: CatalogueStore) -> Plan:
    """Plan a query.

    SQL counts the matching groups. Milvus filters by its mirrored columns where it can express the
    predicate with the same meaning; otherwise SQL decides, and Milvus is given the ids.
    """
    where = query.where
    total_types = catalogue.count(where, GroupBy.TYPE)
    total = total_types
    if query.group_by is not GroupBy.TYPE:
        total = catalogue.count(where, query.group_by)
    if where is None:
        return Plan(query, VectorFilter(), total, total_types, DecidedBy.NOTHING)
    warnings = tuple(_value_warnings(where, catalogue))
    try:
        pushed, decided_by, reason = compile_filter(where), DecidedBy.MILVUS, ""
        filtered = VectorFilter(expression=pushed)
    except NotExpressible as why:
        decided_by, reason = DecidedBy.SQL, str(why)
        filtered = VectorFilter(image_ids=frozenset(catalogue.image_ids(where)))
    return Plan(query, filtered, total, total_types, decided_by, reason, warnings)


def _value_warnings(where: Predicate, catalogue: CatalogueStore) -> Iterator[str]:
    for leaf in leaves(where):
        for column, value in _named_values(leaf):
            if catalogue.has_value(column, value):
                continue
            right = nearest(value, catalogue.distinct_values(column, DISTINCT_LIMIT))
            hint = f"; did you mean {right!r}?" if right else "."
            yield f"No coin of the catalogue has {column} = {value!r}{hint}"


def _named_values(leaf: Leaf) -> Iterator[tuple[str, str]]:
    """The texts a leaf compares a column with for equality."""
    match leaf:
        case Comparison(ColumnRef(name), Op.EQ, str(value)):
            yield name, value
        case InList(ColumnRef(name) as column, values) if operand_kind(column) is Kind.TEXT:
            yield from ((name, value) for value in values if isinstance(value, str))
        case _:
            return
