"""The catalogue by hand over HTTP: list, show, add, change, remove."""

import base64
import binascii
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.domain.predicates import And, ColumnRef, Comparison, Op, Predicate
from coinvec.errors import InvalidValueError
from coinvec.http.answers import API, CoinJSONResponse, coin_picture_url, image_url
from coinvec.http.auth import ADMIN, READ, WRITE
from coinvec.http.filters import Filter
from coinvec.http.problems import Problem, ProblemError
from coinvec.http.requests import (
    CoinChange,
    CoinRequest,
    PhotosRequest,
    checked,
    described,
)
from coinvec.http.service import Service, ServiceOfApp
from coinvec.http.uploads import form_values, read_body, read_json
from coinvec.services.add import photos_of_coin
from coinvec.services.answers import summary_json, type_json
from coinvec.services.enrol import Enroller, ImportReport

router = APIRouter(prefix=f"{API}/coins", tags=["coins"])

CREATED = 201
PAGE = 50
LONGEST_PAGE = 200
SIDES = (Side.OBVERSE.value, Side.REVERSE.value)


@router.get("", dependencies=[READ], summary="List coin types, page by page")
def list_coins(
    service: ServiceOfApp,
    matching: Filter,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> CoinJSONResponse:
    """Coin types that match a filter, by id; adding and removing others disturbs no page."""
    found = service.home.catalogue.list_types(_after(matching, cursor), limit=limit + 1)
    page = found[:limit]
    answer = {
        "coins": [
            {**summary_json(each), "image": coin_picture_url(each.coin.key)} for each in page
        ],
        "total_matching": service.home.catalogue.count(matching, GroupBy.TYPE),
        "next_cursor": _cursor(page[-1].coin.key) if len(found) > limit else None,
    }
    return CoinJSONResponse(answer)


@router.post(
    "",
    dependencies=[WRITE],
    status_code=CREATED,
    summary="Add a coin with its photos",
    openapi_extra=described(
        CoinRequest, country="Finland", denomination="1 markka", obverse=["/9j/4AAQ…"]
    ),
)
async def add_coin(request: Request, service: ServiceOfApp) -> CoinJSONResponse:
    """Add one coin, with one or more photos a side."""
    values = form_values(await read_body(request), SIDES)
    asked = checked(CoinRequest, values)
    return CoinJSONResponse(await service.workers.run(partial(_add, service, asked)), CREATED)


@router.get("/{key}", dependencies=[READ], summary="Show a coin type with its images")
def show_coin(key: str, service: ServiceOfApp) -> CoinJSONResponse:
    """A coin type with every image of it."""
    return CoinJSONResponse(_coin(service, key))


@router.patch(
    "/{key}",
    dependencies=[WRITE],
    summary="Change a coin type",
    openapi_extra=described(CoinChange, form=False, title="1 markka, second type", year_to=1963),
)
async def change_coin(key: str, request: Request, service: ServiceOfApp) -> CoinJSONResponse:
    """Change the fields that are given; null clears one. Answers the coin as it is then."""
    asked = checked(CoinChange, await read_json(request))
    changes = asked.model_dump(exclude_unset=True, exclude={"design"})
    if not changes:
        raise InvalidValueError("Nothing to change was given.", hint="Name a field and its value.")

    def change() -> dict[str, Any]:
        service.catalogue.edit(key, design=asked.design, **changes)
        return _coin(service, key)

    return CoinJSONResponse(await service.workers.run(change))


@router.delete("/{key}", dependencies=[ADMIN], summary="Remove a coin type")
async def remove_coin(key: str, service: ServiceOfApp) -> dict[str, int]:
    """Remove a coin type with all its images; answers how many these were."""
    return {"removed": await service.workers.run(partial(service.catalogue.remove, key))}


@router.post(
    "/{key}/photos",
    dependencies=[WRITE],
    status_code=CREATED,
    summary="Add photos to a coin type",
    openapi_extra=described(PhotosRequest, reverse=["/9j/4AAQ…"], credit="Somebody"),
)
async def add_photos(key: str, request: Request, service: ServiceOfApp) -> CoinJSONResponse:
    """Add photos of sides of a coin that the catalogue has."""
    values = form_values(await read_body(request), SIDES)
    asked = checked(PhotosRequest, values)
    add = partial(_add_photos, service, key, asked)
    return CoinJSONResponse(await service.workers.run(add), CREATED)


def _coin(service: Service, key: str) -> dict[str, Any]:
    records = service.catalogue.show(key)
    places = {each.image.id: image_url(each.image.id) for each in records if each.image.has_media}
    return type_json(records, places)


def _add(service: Service, asked: CoinRequest) -> dict[str, Any]:
    fields = asked.model_dump(exclude_unset=True, exclude=set(SIDES))
    return _enrol(service, asked, fields)


def _add_photos(service: Service, key: str, asked: PhotosRequest) -> dict[str, Any]:
    coin = service.catalogue.show(key)[0].coin
    known = {"type": key, "country": coin.country, "denomination": coin.denomination}
    fields = asked.model_dump(exclude_unset=True, exclude=set(SIDES))
    return _enrol(service, asked, {**fields, **known})


def _enrol(service: Service, asked: PhotosRequest, fields: dict[str, Any]) -> dict[str, Any]:
    photos = photos_of_coin(asked.obverse, asked.reverse, fields)
    report = Enroller(service.home).enrol(photos)
    if len(report.rejected) == len(photos):
        raise ProblemError(_all_rejected(report))
    return {"type": photos[0].row.cells["type"], **asdict(report)}


def _all_rejected(report: ImportReport) -> Problem:
    return Problem(
        status=422,
        kind="rows-rejected",
        title="Rows rejected",
        detail=report.rejected[0].error,
        extra=asdict(report),
    )


def _after(where: Predicate | None, cursor: str | None) -> Predicate | None:
    if cursor is None:
        return where
    beyond = Comparison(ColumnRef("type"), Op.GT, _key_of(cursor))
    return beyond if where is None else And((where, beyond))


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _key_of(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidValueError(
            "The cursor is none that a page gave.", hint="Leave it out for the first page."
        ) from None
