"""Around every request: its id, its line in the log, its place in the counters, safe headers."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coinvec.http.logs import request_id
from coinvec.http.metrics import Metrics

LOGGER = logging.getLogger("coinvec.http")

_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
"""The page runs nothing but its own files (Content Security Policy, level 3)."""
_DOCS_POLICY = {
    **_POLICY,
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
}
"""Swagger UI, served from here, is started by a script in its page."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


class Observer:
    """Names, counts, logs and hardens every answer.

    Args:
        app: What comes after.
        metrics: Where it is counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = name
        token, started, status = request_id.set(name), time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _harden(MutableHeaders(scope=message), scope["path"], name)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._note(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.note_request(scope["method"], route, status, seconds)
        client = scope.get("client")
        extra = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round(seconds * 1e3, 1),
            "client": client[0] if client else "",
            "request_id": scope["state"]["request_id"],
        }
        LOGGER.info("%s %s %d", scope["method"], scope["path"], status, extra=extra)


def _harden(headers: MutableHeaders, path: str, name: str) -> None:
    policy = _DOCS_POLICY if path.startswith("/docs") else _POLICY
    headers["Content-Security-Policy"] = "; ".join(f"{key} {text}" for key, text in policy.items())
    for key, text in _HEADERS.items():
        headers[key] = text
    headers["X-Request-ID"] = name
