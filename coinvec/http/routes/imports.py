"""`POST /v1/import`, and `GET /v1/jobs/{id}` to see how far it is."""

import asyncio
import tempfile
from pathlib import Path

from fastapi import APIRouter, Request

from coinvec.errors import NotInCatalogueError
from coinvec.http.answers import API, CoinJSONResponse
from coinvec.http.auth import ADMIN, READ
from coinvec.http.problems import Problem, ProblemError
from coinvec.http.service import ServiceOfApp

router = APIRouter(prefix=API, tags=["import"])

ZIP = "application/zip"
_BODY = {
    "requestBody": {
        "required": True,
        "description": "A ZIP archive of `manifest.csv` (or `.jsonl`) and the pictures it names.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/import",
    dependencies=[ADMIN],
    status_code=202,
    summary="Import an archive of coins in the background",
    openapi_extra=_BODY,
)
async def import_(request: Request, service: ServiceOfApp) -> CoinJSONResponse:
    """Take coins and photos in; answers the job, whose progress is asked for at `Location`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != ZIP:
        raise ProblemError(
            Problem(
                status=415,
                kind="unsupported-body",
                title="Unsupported body",
                detail=f"The body is {kind or 'of no stated type'}.",
                hint=f"Send a ZIP archive, with Content-Type: {ZIP}.",
            )
        )
    archive = await _kept(request)
    job_id = await asyncio.to_thread(service.imports.begin, archive)
    where = f"{API}/jobs/{job_id}"
    return CoinJSONResponse({"id": job_id, "job": where}, 202, {"Location": where})


@router.get("/jobs/{job_id}", dependencies=[READ], summary="How far an import is")
def job(job_id: str, service: ServiceOfApp) -> CoinJSONResponse:
    """An import's state, rows done and in all, and in the end its report, or why it failed.

    One that is `running` and whose `updated_at` stands still was killed with its process: send
    the archive again, which changes nothing of what is in already.
    """
    found = service.home.catalogue.import_jobs().get(job_id)
    if found is None:
        raise NotInCatalogueError(f"There is no job {job_id!r}.")
    return CoinJSONResponse(
        {
            "id": found.id,
            "state": found.state.value,
            "done": found.done,
            "total": found.total,
            "outcome": found.outcome,
            "created_at": found.created_at.isoformat(),
            "updated_at": found.updated_at.isoformat(),
        }
    )


async def _kept(request: Request) -> Path:
    """The body as a file, which is not left behind where the body breaks off."""
    with tempfile.NamedTemporaryFile(prefix="coinvec-import-", delete=False) as file:
        path = Path(file.name)
        try:
            async for part in request.stream():
                await asyncio.to_thread(file.write, part)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path
