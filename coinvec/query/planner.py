"""How a query is answered: who decides its filter, and how the vectors are looked through.

Milvus is given the filter where it surely means the same there. Of what it does not know, SQL
decides: patterns become lists of the values they match, and what is left becomes the ids of what
matches. An approximate index is not asked where the matching rows are so few that each can be
looked at. `docs/concepts/filters.md` gives the reasons.
"""

from dataclasses import dataclass
from enum import StrEnum

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.predicates import AttributeRef, Predicate, leaves
from coinvec.domain.results import Query
from coinvec.query.values import value_warnings, with_listed_values
from coinvec.vectors.expressions import compile_filter
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.indexes import IndexSetting
from coinvec.vectors.literals import NotExpressible

SCAN_LIMIT = 1_000
"""Images that are rather looked at one by one than searched for in an approximate index. To read
a thousand vectors takes Milvus Lite a fifth of a second, and a server a tenth of that."""


class DecidedBy(StrEnum):
    """Which engine decides the filter, and in what form Milvus is given it."""

    NOTHING = "no filter"
    SQL = "SQL"
    MILVUS = "pushed down"
    VALUES = "pushed down, patterns as lists of values"
    DESIGN_IDS = "design ids from SQL"
    IMAGE_IDS = "image ids from SQL"


class Access(StrEnum):
    """How the matching vectors are looked through."""

    INDEX = "index"
    SCAN = "exact scan"
    SQL = "exact, over the vectors that SQL keeps"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is answered.

    Attributes:
        query: What was asked.
        filter: What Milvus is given.
        total_matching: Groups that match the filter, counted in SQL.
        total_types: Types that match the filter.
        decided_by: Which engine decides the filter, and in what form Milvus is given it.
        access: How the matching vectors are looked through.
        reasons: Why the filter is not simply pushed down, or the index not used; a sentence each.
        warnings: Values in the filter that occur nowhere, with the nearest that does.
        ranked: Groups that are ranked, where that is another number than the query's k.
    """

    query: Query
    filter: VectorFilter
    total_matching: int
    total_types: int
    decided_by: DecidedBy
    access: Access = Access.INDEX
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    ranked: int | None = None

    @property
    def k(self) -> int:
        """How many groups are ranked."""
        return self.query.k if self.ranked is None else self.ranked


@dataclass(frozen=True, slots=True)
class _Decision:
    """A filter as Milvus is given it, who made it so, and why."""

    filter: VectorFilter
    decided_by: DecidedBy
    reason: str = ""


def make_plan(query: Query, catalogue: CatalogueStore, index: IndexSetting | None = None) -> Plan:
    """Plan a query.

    Args:
        query: What is asked.
        catalogue: Counts what matches, and decides what Milvus cannot.
        index: The index that would be searched; by default an exact one.

    Raises:
        ExpressionError: The filter has more conditions than a store can be asked.
    """
    where = query.where
    total_types = catalogue.count(where, GroupBy.TYPE)
    total = total_types
    if query.group_by is not GroupBy.TYPE:
        total = catalogue.count(where, query.group_by)
    decision = _decide(where, catalogue)
    access, why_scan = _access(where, catalogue, index or IndexSetting())
    return Plan(
        query=query,
        filter=decision.filter,
        total_matching=total,
        total_types=total_types,
        decided_by=decision.decided_by,
        access=access,
        reasons=tuple(filter(None, (decision.reason, why_scan))),
        warnings=() if where is None else value_warnings(where, catalogue),
    )


def make_exact_plan(query: Query, catalogue: CatalogueStore, *, reason: str) -> Plan:
    """Plan a query that is answered by comparing every vector, with all groups in the ranking.

    Args:
        query: What is asked; its k does not count.
        catalogue: Counts what matches.
        reason: Why the index is not asked, as a sentence.
    """
    where = query.where
    total = catalogue.count(where, query.group_by)
    return Plan(
        query=query,
        filter=VectorFilter(),
        total_matching=total,
        total_types=catalogue.count(where, GroupBy.TYPE),
        decided_by=DecidedBy.NOTHING if where is None else DecidedBy.SQL,
        access=Access.SQL,
        reasons=(reason,),
        warnings=() if where is None else value_warnings(where, catalogue),
        ranked=max(1, total),
    )


def _decide(where: Predicate | None, catalogue: CatalogueStore) -> _Decision:
    if where is None:
        return _Decision(VectorFilter(), DecidedBy.NOTHING)
    try:
        return _Decision(VectorFilter(compile_filter(where)), DecidedBy.MILVUS)
    except NotExpressible as error:
        reason = error.message
    if any(isinstance(leaf.operand, AttributeRef) for leaf in leaves(where)):
        ids = frozenset(catalogue.image_ids(where))
        return _Decision(VectorFilter(image_ids=ids), DecidedBy.IMAGE_IDS, reason)
    listed = with_listed_values(where, catalogue)
    try:
        return _Decision(VectorFilter(compile_filter(listed)), DecidedBy.VALUES, reason)
    except NotExpressible as error:
        reason = error.message
    # Without attributes, all images of a design match or none does.
    ids = frozenset(catalogue.design_ids(where))
    return _Decision(VectorFilter(design_ids=ids), DecidedBy.DESIGN_IDS, reason)


def _access(
    where: Predicate | None, catalogue: CatalogueStore, index: IndexSetting
) -> tuple[Access, str]:
    """How the vectors are looked through, and why not by the index."""
    if index.is_exact:
        return Access.INDEX, ""
    matching = catalogue.count(where, GroupBy.IMAGE)
    if matching > SCAN_LIMIT:
        return Access.INDEX, ""
    return Access.SCAN, f"{index} is approximate, and only so many images match: {matching:,}."
