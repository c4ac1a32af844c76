"""The ASGI application: routes, the page, and the layers around them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from coinvec import __version__
from coinvec.errors import CoinvecError
from coinvec.http import tracing
from coinvec.http.answers import API, CoinJSONResponse
from coinvec.http.bounds import Bounds
from coinvec.http.gate import Gate
from coinvec.http.observe import Observer
from coinvec.http.options import ServeOptions
from coinvec.http.problems import MEDIA_TYPE, Problem, ProblemError, problem_of
from coinvec.http.routes import catalogue, coins, health, images, imports, search
from coinvec.http.service import Service
from coinvec.services.home import Home
from coinvec.settings import Settings

STATIC = Path(__file__).with_name("static")
_PHOTOS = 2
"""Of the largest size, that one request may bring."""
_BASE64 = 4 / 3
_FIELDS_BYTES = 1_000_000
DESCRIPTION = "Photograph a coin, find it in the catalogue."
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong, as problem details (RFC 9457).",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "hint": {"type": "string"},
                        "request_id": {"type": "string"},
                    },
                }
            }
        },
    }
}


def app_from_environment() -> FastAPI:
    """The service of the home in force, as any ASGI server makes it.

    Raises:
        CoinvecError: The home, or a setting, cannot be used.
    """
    options = ServeOptions.from_environment()
    home = Home.open(Settings.load())
    try:
        return create_app(home, options)
    except BaseException:
        home.close()
        raise


def create_app(home: Home, options: ServeOptions | None = None) -> FastAPI:
    """The service of an opened home, which it closes when it ends.

    Args:
        home: The opened home.
        options: The bounds.
    """
    service = Service.of(home, options or ServeOptions())
    app = FastAPIOffline(
        title="coinvec",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        default_response_class=CoinJSONResponse,
        responses=_PROBLEMS,
        redoc_url=None,
    )
    app.state.service = service
    for module in (health, search, coins, images, catalogue, imports):
        app.include_router(module.router)
    if STATIC.is_dir():
        app.mount("/", StaticFiles(directory=STATIC, html=True), name="page")
    _tell_problems(app)
    _surround(app, service)
    tracing.install(app)
    return app


def _surround(app: FastAPI, service: Service) -> None:
    """Put the layers around the routes; the last one is the outermost."""
    options, most = service.options, service.home.limits.max_bytes
    app.add_middleware(Gate, keys=service.home.catalogue.keys(), options=options)
    app.add_middleware(
        Bounds,
        max_bytes=round(_PHOTOS * most * _BASE64) + _FIELDS_BYTES,
        exceptions={f"{API}/import": options.max_import_bytes},
        timeout=options.timeout,
    )
    if options.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.origins,
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(Observer, metrics=service.metrics)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    yield
    await asyncio.to_thread(service.close)


def _tell_problems(app: FastAPI) -> None:
    """Answer every error as problem details."""

    def handles(kind: type[Exception], problem: Callable[[Any], Problem]) -> None:
        async def tell(request: Request, error: Exception) -> Response:
            return problem(error).response(getattr(request.state, "request_id", ""))

        app.add_exception_handler(kind, tell)

    handles(CoinvecError, problem_of)
    handles(ProblemError, lambda error: error.problem)
    handles(RequestValidationError, _invalid)
    handles(HTTPException, _refused)
    handles(Exception, _broken)


def _invalid(error: RequestValidationError) -> Problem:
    errors = [{"place": list(each["loc"]), "message": each["msg"]} for each in error.errors()]
    places = ", ".join(".".join(map(str, each["place"])) or "body" for each in errors[:3])
    return Problem(
        status=422,
        kind="invalid-request",
        title="Invalid request",
        detail=f"{places}: {errors[0]['message']}.",
        hint="See /docs for what may be asked.",
        extra={"errors": errors},
    )


def _refused(error: HTTPException) -> Problem:
    return Problem(
        status=error.status_code, detail=str(error.detail), headers=dict(error.headers or {})
    )


def _broken(_: Exception) -> Problem:
    return Problem(
        status=500,
        kind="internal",
        title="Internal error",
        detail="The service failed; what it was doing is in its log, under the request id.",
    )
