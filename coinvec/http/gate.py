"""What a request passes before its body is read: where it comes from, its key, and its rate."""

import asyncio
import math
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from coinvec.catalogue.keys import ApiKeys
from coinvec.domain.choices import Scope as KeyScope
from coinvec.domain.keys import ApiKey
from coinvec.errors import CoinvecError
from coinvec.http.options import ServeOptions
from coinvec.http.problems import Problem, ProblemError, problem_of
from coinvec.services.keys import find_key, is_loopback

GUARDED = ("/v1/", "/metrics")
"""What is behind keys; all else (the page, `/docs`, health) tells nothing of the catalogue."""

_SAFE = ("GET", "HEAD", "OPTIONS")


class Gate:
    """Lets a request in, and notes what it may do; before its body is read.

    Until a first key is made everybody on this machine may do everything: so a request must be
    addressed to this machine (a web site can point its own name here, and read), and one that
    changes something must not come from another site's page.

    Args:
        app: What comes after.
        keys: The keys of the catalogue.
        options: The bounds.
    """

    def __init__(self, app: ASGIApp, keys: ApiKeys, options: ServeOptions) -> None:
        self._app = app
        self._keys = keys
        self._options = options
        self._rate = RateLimitItemPerMinute(max(1, options.rate))
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED):
            return await self._app(scope, receive, send)
        request = HTTPConnection(scope)
        try:
            await self._admit(request)
        except ProblemError as refused:
            problem = refused.problem
        except CoinvecError as error:
            problem = problem_of(error)
        else:
            return await self._app(scope, receive, send)
        answer = problem.response(getattr(request.state, "request_id", ""))
        return await answer(scope, receive, send)

    async def _admit(self, request: HTTPConnection) -> None:
        secret = _secret(request)
        key = await asyncio.to_thread(self._key, secret)
        if key is None:
            _check_address(request, self._options.origins)
        request.state.scope = key.scope if key else KeyScope.ADMIN
        if self._options.rate:
            client = request.client.host if request.client else ""
            self._count(key.id if key else client)

    def _key(self, secret: str | None) -> ApiKey | None:
        """The key of a request; None where none is asked for."""
        if secret is not None and (key := find_key(self._keys, secret)):
            return key
        if not self._options.require_key and not self._keys.any():
            return None
        raise ProblemError(_no_key(given=secret is not None))

    def _count(self, who: str) -> None:
        if self._limiter.hit(self._rate, who):
            return
        again = self._limiter.get_window_stats(self._rate, who).reset_time - time.time()
        raise ProblemError(
            Problem(
                status=429,
                kind="rate",
                title="Too many requests",
                detail=f"More than {self._options.rate} requests came within a minute.",
                hint="Ask again after the seconds that Retry-After names.",
                headers={"Retry-After": str(max(1, math.ceil(again)))},
            )
        )


def _secret(request: HTTPConnection) -> str | None:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    return request.headers.get("x-api-key")


def _check_address(request: HTTPConnection, origins: Sequence[str]) -> None:
    """Refuse what other people's pages in a browser of this machine may send without a key.

    Raises:
        ProblemError: 403.
    """
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    at_home = is_loopback(_host_name(f"//{host}"))
    ours = origin is None or origin in origins or urlsplit(origin).netloc == host
    if at_home and (ours or request.scope["method"] in _SAFE):
        return
    what = f"the page of {origin}" if at_home else f"the host {host!r}"
    raise ProblemError(
        Problem(
            status=403,
            kind="foreign",
            title="From elsewhere",
            detail=f"Without keys this service is for this machine alone, and this came by {what}.",
            hint="Make a key and send it: coinvec keys create",
        )
    )


def _host_name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _no_key(*, given: bool) -> Problem:
    return Problem(
        status=401,
        kind="key",
        title="No valid key",
        detail="The key is not known, or was revoked." if given else "An API key is needed.",
        hint="Send it as `Authorization: Bearer KEY`; make one with: coinvec keys create",
        headers={"WWW-Authenticate": "Bearer"},
    )
