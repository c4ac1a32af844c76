"""`POST /v1/search` and `POST /v1/sql`."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request

from coinvec.domain.results import Query, SearchResult
from coinvec.errors import ExpressionError, UsageError
from coinvec.http.answers import API, CoinJSONResponse, picture_of_hit
from coinvec.http.auth import READ
from coinvec.http.filters import PARAM
from coinvec.http.requests import SearchRequest, SqlRequest, checked, described
from coinvec.http.service import Service, ServiceOfApp
from coinvec.http.tracing import note_stages
from coinvec.http.uploads import form_values, read_body, read_json
from coinvec.query.language import parse_filter
from coinvec.query.select import parse_statement
from coinvec.services.answers import search_json, sql_json
from coinvec.services.sql import SqlResult, run_statement

router = APIRouter(prefix=API, tags=["search"], dependencies=[READ])


@router.post(
    "/search",
    summary="Photo in, ranked coins out",
    openapi_extra=described(
        SearchRequest, image="/9j/4AAQ…", where="country = :c", params={"c": "Finland"}, k=5
    ),
)
async def search(request: Request, service: ServiceOfApp) -> CoinJSONResponse:
    """Look a coin up by one photo, or by photos of both sides in either order.

    A form takes the photos as files and each parameter of `where` as `param.NAME`; JSON takes
    photos as base64 and all parameters as `params`.
    """
    body = await read_body(request)
    values = form_values(body)
    asked = checked(SearchRequest, _with_params(values) if body.is_form else values)
    answer = partial(_search, service, asked, read_texts=body.is_form)
    return CoinJSONResponse(await service.workers.run(answer))


@router.post(
    "/sql",
    summary="Ask the catalogue in SQL",
    openapi_extra=described(
        SqlRequest, form=False, statement="SELECT country, count(*) FROM coins GROUP BY country"
    ),
)
async def sql(request: Request, service: ServiceOfApp) -> CoinJSONResponse:
    """Answer a `SELECT … FROM coins …`, ranked by likeness to `photos` where it says so."""
    asked = checked(SqlRequest, await read_json(request))
    return CoinJSONResponse(await service.workers.run(partial(_sql, service, asked)))


def _with_params(values: Mapping[str, Any]) -> dict[str, Any]:
    """The parts `param.NAME` of a form gathered as `params`."""
    params = {
        name.removeprefix(PARAM): value for name, value in values.items() if name.startswith(PARAM)
    }
    others = {name: value for name, value in values.items() if not name.startswith(PARAM)}
    return {**others, "params": params} if params else others


def _search(service: Service, asked: SearchRequest, *, read_texts: bool) -> dict[str, Any]:
    if asked.params and not asked.where:
        raise UsageError("Parameters were given without a filter.", hint="Give where, too.")
    if asked.all_coins and asked.image2 is not None:
        raise UsageError("Two photos were given; all_coins takes one photo.")
    where = parse_filter(asked.where, asked.params, read_texts=read_texts) if asked.where else None
    query = Query(where, asked.k, asked.group_by)
    if asked.all_coins:
        results = service.searcher.search_all_coins(asked.image, query)
        _note(service, *results)
        return {"coins": [search_json(each, picture_of_hit) for each in results]}
    photos = [asked.image] if asked.image2 is None else [asked.image, asked.image2]
    result = service.searcher.search(photos, query)
    _note(service, result)
    return search_json(result, picture_of_hit)


def _note(service: Service, *results: SearchResult) -> None:
    for each in results:
        service.metrics.note_search(each)
    note_stages(results[0].timings_ms)


def _sql(service: Service, asked: SqlRequest) -> dict[str, Any]:
    result = _answered(service, asked)
    if result.search is not None:
        _note(service, result.search)
    return sql_json(result)


def _answered(service: Service, asked: SqlRequest) -> SqlResult:
    if doubled := sorted(asked.params.keys() & asked.photos.keys()):
        raise UsageError(f"{doubled[0]!r} is given as a parameter and as a photo.")
    params = {**asked.params, **asked.photos}
    # A text where a photo belongs would be the path of a file of this machine.
    for name in parse_statement(asked.statement, params).photos:
        if name not in asked.photos:
            raise ExpressionError(
                f":{name} is a photo, and none was sent under that name.",
                text=asked.statement,
                hint=f'Send "photos": {{"{name}": "<base64>"}}.',
            )
    return run_statement(service.searcher, asked.statement, params, verify=asked.verify)
