"""How an answer came about, step by step, as a tree of `PlanNode`."""

from collections.abc import Sequence
from dataclasses import replace

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.predicates import Predicate
from coinvec.domain.results import CoinInPicture, Query, SearchResult
from coinvec.pipeline.rank import RankStep, SimilarityRanker
from coinvec.plugin.builtin import DEFAULT_RANKER
from coinvec.plugin.host import PluginHost
from coinvec.plugin.specs import PluginSpec
from coinvec.query.execute import Answer, CoinRow
from coinvec.query.plan_node import Fact, PlanNode
from coinvec.query.planner import Access, Plan
from coinvec.query.render import render_filter
from coinvec.query.statement import Statement
from coinvec.services.recall import Recall, recall_of
from coinvec.services.search import LookUp, Photos, Searcher
from coinvec.settings import Settings
from coinvec.vectors.tracing import Request, traced

_SHOWN = 300
"""Characters of an expression that are shown."""


def explained_search(
    searcher: Searcher, photos: Photos, query: Query, *, verify: bool
) -> tuple[SearchResult, PlanNode, Recall | None]:
    """Search and say how, and how much was missed; raises as `Searcher.search`.

    Args:
        searcher: Of the opened home.
        photos: One or two of one coin.
        query: What is asked.
        verify: Also hold the vector search against an exact one.
    """

    def answer(seen: LookUp) -> tuple[SearchResult, PlanNode, Recall | None]:
        with traced() as requests:
            plan = seen.plan(query)
            result = seen.answer(plan)
        recall = recall_of(seen, plan, _by_similarity(seen, plan)) if verify else None
        ranker = seen.home.ranker_name
        return result, _ranked(seen, plan, result, requests, recall, ranker), recall

    return searcher.look_up(photos, answer)


def _by_similarity(seen: LookUp, plan: Plan) -> SearchResult:
    """What the same search finds, without what its ranker makes of it, which is no loss."""
    return replace(seen, ranker=RankStep(SimilarityRanker(), seen.ranker.depth)).answer(plan)


def explain_photos(
    seen: LookUp,
    plan: Plan,
    search: SearchResult,
    requests: Sequence[Request],
    *,
    statement: Statement,
    answer: Answer,
    verify: bool,
) -> PlanNode:
    """How a statement with photos was answered.

    Args:
        seen: The coin.
        plan: The plan its designs were ranked under.
        search: What that gave.
        requests: What Milvus was asked.
        statement: The statement.
        answer: Its answer.
        verify: Also hold the ranking against an exact search.
    """
    recall = recall_of(seen, plan, search) if verify else None
    facts = {"total_matching": answer.total, **_clauses(statement)}
    return PlanNode(
        "Select from coins",
        facts,
        estimated_rows=statement.limit,
        rows=len(answer.rows),
        # Rows of SQL are by similarity, whatever ranker is in force.
        children=(_ranked(seen, plan, search, requests, recall, DEFAULT_RANKER),),
    )


def explain_rows(
    settings: Settings,
    statement: Statement,
    rows: Sequence[CoinRow],
    answer: Answer,
    read_ms: float,
    total_ms: float,
) -> PlanNode:
    """How a statement without photos was answered.

    Args:
        settings: Of the home.
        statement: The statement.
        rows: What SQL gave.
        answer: The answer.
        read_ms: How long SQL took.
        total_ms: How long all took.
    """
    columns = tuple(column.name for column in statement.read)
    together = statement.is_grouped or statement.distinct
    read = PlanNode(
        "Count combinations of values in SQL" if together else "Read designs in SQL",
        {
            "engine": _database(settings),
            "columns": ", ".join(columns) or "none",
            **_filter(statement.where, "SQL"),
            "designs": sum(row.times for row in rows),
        },
        rows=len(rows),
        ms=read_ms,
    )
    return PlanNode(
        "Select from coins",
        {"total_matching": answer.total, **_clauses(statement), "total_ms": round(total_ms, 3)},
        estimated_rows=statement.limit,
        rows=len(answer.rows),
        ms=total_ms - read_ms,
        children=(read,),
    )


def _clauses(statement: Statement) -> dict[str, Fact]:
    """What is done with the rows, beyond the filter."""
    facts: dict[str, Fact] = {}
    if statement.conditions:
        facts["conditions"] = f"{len(statement.conditions)}, calculated of each row"
    if statement.is_grouped:
        facts["grouping_keys"] = len(statement.group_by)
    if statement.offset:
        facts["offset"] = statement.offset
    return facts


def _ranked(
    seen: LookUp,
    plan: Plan,
    result: SearchResult,
    requests: Sequence[Request],
    recall: Recall | None,
    ranker: str,
) -> PlanNode:
    """The steps of a search, the last first."""
    times = result.timings_ms
    facts: dict[str, Fact] = {
        "ranker": _plugin(seen.home.host, seen.home.host.spec("ranker", ranker)),
        "groups": plan.query.group_by.value,
        "verdict": result.verdict.value,
        "judged_by": result.judged_by,
        "total_matching": result.total_matching,
        "total_ms": times["total"],
    }
    if recall is not None:
        facts["recall"] = recall.share
        facts["verified"] = str(recall)
    if result.warnings:
        facts["warnings"] = tuple(result.warnings)
    join = PlanNode(
        "Join with the catalogue",
        {"engine": _database(seen.home.settings)},
        rows=len(result.hits),
        ms=times["join"],
        children=(_retrieved(seen, plan, result, requests),),
    )
    wanted = min(plan.k, result.total_matching)
    return PlanNode("Rank", facts, wanted, len(result.hits), times["rank"], (join,))


def _retrieved(
    seen: LookUp, plan: Plan, result: SearchResult, requests: Sequence[Request]
) -> PlanNode:
    generation = seen.generation.stored
    by_sql = plan.access is Access.SQL
    facts: dict[str, Fact] = {
        "generation": str(generation.generation),
        "collection": generation.collection,
        "index": str(seen.index),
        "access": plan.access.value,
        "engine": _database(seen.home.settings) if by_sql else _vector_engine(seen.home.settings),
    }
    if plan.reasons:
        facts["because"] = plan.reasons
    if requests:
        facts["requests"] = tuple(_request(number, each) for number, each in enumerate(requests, 1))
    first = next((each.limit for each in requests), None)
    return PlanNode(
        "Compare every vector" if by_sql else "Search the vectors",
        facts,
        estimated_rows=first,
        rows=sum(each.rows for each in requests) if requests else None,
        ms=result.timings_ms["retrieve"],
        children=(_filtered(seen, plan), _encoded(seen, result)),
    )


def _request(number: int, request: Request) -> str:
    limit = "all rows" if request.limit is None else f"the best {request.limit:,}"
    several = f" for {request.queries} photos" if request.queries > 1 else ""
    return (
        f"{number}. {request.kind} for {limit}{several}: {request.rows:,} rows, "
        f"{request.ms:.2f} ms, where {_cut(request.expression) or 'any'}"
    )


def _filtered(seen: LookUp, plan: Plan) -> PlanNode:
    """The filter, and how many images each of the two stores lets through it."""
    where, catalogue = plan.query.where, seen.home.catalogue
    facts = _filter(where, plan.decided_by.value)
    rows = None
    if plan.access is not Access.SQL:
        collection = seen.generation.stored.collection
        clauses = list(plan.filter.clauses())
        facts["in_milvus"] = _cut(clauses[0]) if clauses and clauses[0] else "every row"
        rows = sum(seen.home.vectors.count(collection, clause) for clause in clauses)
    return PlanNode("Filter images", facts, estimated_rows=_images(catalogue, where), rows=rows)


def _images(catalogue: CatalogueStore, where: Predicate | None) -> int:
    return catalogue.count(where, GroupBy.IMAGE)


def _filter(where: Predicate | None, decided_by: str) -> dict[str, Fact]:
    if where is None:
        return {"filter": "none"}
    return {"filter": _cut(render_filter(where)), "decided_by": decided_by}


def _encoded(seen: LookUp, result: SearchResult) -> PlanNode:
    host, models = seen.home.host, seen.generation.models
    times = result.timings_ms
    photos = seen.probe.photos
    decoded = PlanNode("Decode photos", rows=len(photos), ms=times["decode"])
    found = PlanNode(
        "Find the coin",
        {
            "preprocessor": _plugin(host, models.preprocessor_spec),
            "photos": tuple(map(_found, photos)),
        },
        rows=len(seen.probe.vectors),
        ms=times["preprocess"],
        children=(decoded,),
    )
    return PlanNode(
        "Encode",
        {"encoder": _plugin(host, models.encoder_spec), "numbers": models.encoder_spec.dim},
        rows=len(seen.probe.vectors),
        ms=times["encode"],
        children=(found,),
    )


def _found(photo: CoinInPicture) -> str:
    if photo.crop is None:
        return f"{photo.name}: no coin"
    width, height = photo.crop.picture_size
    return (
        f"{photo.name}: {width} × {height}, score {photo.crop.score:.3f}, "
        f"passes {photo.crop.passes}"
    )


def _plugin(host: PluginHost, spec: PluginSpec) -> str:
    """Name, revision (which changes with the weights), and the distribution it comes from."""
    for record in host.records():
        if spec in record.specs:
            origin = f"{record.distribution} {record.version}".strip()
            return f"{spec.ref} ({origin})"
    return str(spec.ref)


def _database(settings: Settings) -> str:
    return "SQLite" if settings.database_url.startswith("sqlite") else "PostgreSQL"


def _vector_engine(settings: Settings) -> str:
    return "Milvus Lite" if settings.is_embedded else "Milvus server"


def _cut(text: str) -> str:
    line = text.replace("\n", "\\n")
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}… ({len(line):,} characters)"
