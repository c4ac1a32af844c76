"""What operators and balancers look at: `/healthz`, `/readyz`, `/metrics`."""

from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from coinvec.errors import StoreError
from coinvec.http.auth import READ
from coinvec.http.service import ServiceOfApp

router = APIRouter(tags=["service"])


@router.get("/healthz", summary="Whether the process answers")
async def healthz() -> dict[str, str]:
    """Answers as long as the process does; asks no store."""
    return {"status": "ok"}


@router.get("/readyz", summary="Whether searches can be answered")
def readyz(service: ServiceOfApp) -> dict[str, Any]:
    """Asks the database and the vector store; 503 where one of them does not answer."""
    live = service.home.live
    if not service.home.vectors.has_collection(live.collection):
        raise StoreError("The live generation has no collection.", hint="Restart the service.")
    return {"status": "ready", "generation": str(live.generation)}


@router.get(
    "/metrics",
    dependencies=[READ],
    summary="Counters for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(service: ServiceOfApp) -> Response:
    """Requests, searches by stage and verdict, and how full the queue is."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)
