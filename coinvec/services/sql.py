"""Statements of the query language, answered: plain ones by SQL, those with photos by likeness.

Three ways lead to the rows of `coins`, and one from there to the answer (`coinvec.query.execute`):

- without photos, SQL filters and counts;
- the first of a ranking come from Milvus, as for a search;
- whatever else is asked about similarities (all of them in groups, in another order, without
  limit) is computed from the vectors that SQL keeps.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coinvec.catalogue.designs import CoinsView
from coinvec.domain.choices import K_MAX, GroupBy
from coinvec.domain.records import CoinRecord
from coinvec.domain.results import Candidate, Query, SearchResult
from coinvec.domain.tables import SqlColumn, SqlType, Table
from coinvec.errors import ExpressionError, InvalidValueError
from coinvec.pipeline.exact import ExactVectors
from coinvec.query.execute import Answer, CoinRow, execute
from coinvec.query.plan_node import PlanNode
from coinvec.query.planner import Access, Plan, make_exact_plan
from coinvec.query.ranking import Ranking, ranking_of
from coinvec.query.select import parse_statement
from coinvec.query.statement import SIMILARITY, Statement
from coinvec.services.explain import explain_photos, explain_rows
from coinvec.services.search import LookUp, Searcher
from coinvec.vectors.tracing import traced

_FIRST_RANKED = 100
_GROWTH = 8
"""Rows above a threshold are ranked, ever more, until one lies below it."""

PLAN_COLUMN = SqlColumn("plan", SqlType.TEXT)


@dataclass(frozen=True, slots=True)
class SqlResult(Table):
    """The answer to a statement; `EXPLAIN` answers the lines of the plan.

    Attributes:
        total_matching: Rows there are without LIMIT and OFFSET.
        search: What was found in the photos and how sure the best match is; None without photos.
            Its hits are the designs the rows were made of.
        plan: How it was answered, where that was asked for.
    """

    total_matching: int = 0
    search: SearchResult | None = None
    plan: PlanNode | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """An answer from photos, and how it came about."""

    answer: Answer
    search: SearchResult
    plan: Plan


def run_statement(
    searcher: Searcher,
    text: str,
    params: Mapping[str, Any] | None = None,
    *,
    verify: bool = False,
    read_texts: bool = False,
) -> SqlResult:
    """Answer a statement.

    Args:
        searcher: Of the opened home.
        text: A SELECT over `coins`, perhaps after EXPLAIN.
        params: Values of its `:name` parameters; photos where `similarity` names them.
        verify: With EXPLAIN, compare the answer with that of an exact search.
        read_texts: Read a parameter's text as a number where it meets numbers.

    Raises:
        ExpressionError: The statement is not understood.
        ImageError: A photo is unreadable.
        NoCoinError: No photo shows a coin.
    """
    statement = parse_statement(text, params, read_texts=read_texts)
    if verify and not statement.explain:
        raise ExpressionError(
            "only an explanation is verified.", text=text, hint="Write EXPLAIN SELECT …"
        )
    try:
        if not statement.photos:
            return _plain(searcher, statement)
        photos = [(params or {})[name] for name in statement.photos]
        return searcher.look_up(photos, lambda seen: _by_likeness(seen, statement, verify=verify))
    except InvalidValueError as error:
        raise ExpressionError(error.message, text=text, hint=error.hint) from None


def _plain(searcher: Searcher, statement: Statement) -> SqlResult:
    catalogue = searcher.home.catalogue
    started = time.perf_counter()
    rows = list(_rows(catalogue.coins(), statement))
    read_ms = (time.perf_counter() - started) * 1e3
    answer = execute(statement, rows)
    if _is_first_page(statement):
        answer = replace(answer, total=catalogue.count(statement.where, GroupBy.DESIGN))
    result = _result(statement, answer)
    if not statement.explain:
        return result
    total_ms = (time.perf_counter() - started) * 1e3
    return _explained(
        result, explain_rows(searcher.home.settings, statement, rows, answer, read_ms, total_ms)
    )


def _is_first_page(statement: Statement) -> bool:
    """Whether a statement asks for the first designs in their own order, and SQL need give no more.

    Any other order is made of values that may be calculated, and so of all rows.
    """
    of_designs = not (statement.is_grouped or statement.distinct)
    return of_designs and not (statement.order_by or statement.conditions)


def _rows(coins: CoinsView, statement: Statement) -> Iterator[CoinRow]:
    columns = [column.name for column in statement.read]
    if statement.is_grouped or statement.distinct:
        for values, times in coins.tally(columns, statement.where):
            yield CoinRow(values, times)
    else:
        window = statement.window if _is_first_page(statement) else None
        for values, key in coins.rows(columns, statement.where, limit=window):
            yield CoinRow(values, 1, key)


def _by_likeness(seen: LookUp, statement: Statement, *, verify: bool) -> SqlResult:
    if not statement.explain:
        done = _answered(seen, statement)
        return _result(statement, done.answer, done.search)
    with traced() as requests:
        done = _answered(seen, statement)
    node = explain_photos(
        seen,
        done.plan,
        done.search,
        requests,
        statement=statement,
        answer=done.answer,
        verify=verify,
    )
    return _explained(_result(statement, done.answer, done.search), node)


def _answered(seen: LookUp, statement: Statement) -> _Seen:
    ranking = ranking_of(statement)
    if isinstance(ranking, Ranking):
        first = _first_ranked(seen, statement, ranking)
        if first is not None:
            return first
        reason = "rows above a threshold are counted exactly"
    else:
        reason = ranking
    return _all_ranked(seen, statement, f"All similarities are needed: {reason}.")


def _first_ranked(seen: LookUp, statement: Statement, ranking: Ranking) -> _Seen | None:
    """The answer from the first of the index's ranking; None where that cannot be exact."""
    k = max(1, ranking.window)
    if ranking.bounds:
        k = max(k, _FIRST_RANKED)
    plan = seen.plan(Query(statement.where, k, GroupBy.DESIGN))
    if ranking.bounds and plan.access is Access.INDEX and not seen.index.is_exact:
        return None
    while True:
        search = seen.answer(plan, by_similarity=True)
        hits = search.hits
        reaching = sum(ranking.reaches(hit.similarity) for hit in hits)
        if not ranking.bounds or reaching < len(hits) or len(hits) < k:
            break
        if k == K_MAX:
            return None
        k = min(k * _GROWTH, K_MAX)
        plan = replace(plan, query=replace(plan.query, k=k))
    total = reaching if ranking.bounds else search.total_matching
    answer = execute(statement, _coin_rows(statement, hits))
    return _Seen(replace(answer, total=total), search, plan)


def _all_ranked(seen: LookUp, statement: Statement, reason: str) -> _Seen:
    query = Query(statement.where, group_by=GroupBy.DESIGN)
    plan = make_exact_plan(query, seen.home.catalogue, reason=reason)
    with seen.timer.stage("retrieve"):
        vectors = ExactVectors(seen.gallery(query.where))
    search = seen.answer(plan, by_similarity=True, vectors=vectors)
    return _Seen(execute(statement, _coin_rows(statement, search.hits)), search, plan)


def _coin_rows(statement: Statement, hits: Sequence[Candidate]) -> Iterator[CoinRow]:
    names = [column.name for column in statement.read]
    for hit in hits:
        record = CoinRecord(hit.coin, hit.design, hit.image)
        values = {**record.columns, SIMILARITY: hit.similarity}
        yield CoinRow(tuple(values[name] for name in names), 1, (hit.image.id,))


def _result(statement: Statement, answer: Answer, search: SearchResult | None = None) -> SqlResult:
    return SqlResult(statement.columns, answer.rows, answer.total, search)


def _explained(result: SqlResult, plan: PlanNode) -> SqlResult:
    lines = tuple((line,) for line in plan.lines())
    return SqlResult((PLAN_COLUMN,), lines, result.total_matching, result.search, plan)
