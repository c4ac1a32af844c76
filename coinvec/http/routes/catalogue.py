"""`GET /v1/facets` and `GET /v1/plugins`: what there is to choose from."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from coinvec.http.answers import API
from coinvec.http.auth import READ
from coinvec.http.filters import Filter
from coinvec.http.service import ServiceOfApp
from coinvec.services.answers import record_json

router = APIRouter(prefix=API, dependencies=[READ])

FACETS = {"countries": "country", "denominations": "denomination", "currencies": "currency"}
MOST_VALUES = 1_000


@router.get("/facets", tags=["coins"], summary="Values to filter by")
def facets(
    service: ServiceOfApp,
    matching: Filter,
    limit: Annotated[int, Query(ge=1, le=MOST_VALUES, description="Values of each.")] = 200,
) -> dict[str, Any]:
    """Countries, denominations and currencies, the most frequent first, with their coin types."""
    coins = service.home.catalogue.coins()
    return {
        name: [
            {"value": value, "count": count}
            for value, count in coins.type_counts(column, matching, limit=limit)
        ]
        for name, column in FACETS.items()
    }


@router.get("/plugins", tags=["service"], summary="What is installed")
def plugins(service: ServiceOfApp) -> list[dict[str, Any]]:
    """Every plugin with what it declares, or why it failed."""
    return [record_json(record) for record in service.home.host.records()]
