"""How long a request may take, and how many bytes its body may have."""

import asyncio
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coinvec.http.problems import Problem, ProblemError

_MARGIN_S = 5.0
"""How much longer than its work a request may take, so that the workers tell of it first."""


class Bounds:
    """Ends requests that are too long, in bytes or in seconds.

    Args:
        app: What comes after.
        max_bytes: Bytes of a body.
        exceptions: Bytes of the bodies of some paths; these take the time they need.
        timeout: Seconds from the first byte of a request to the last of its answer.
    """

    def __init__(
        self, app: ASGIApp, *, max_bytes: int, exceptions: Mapping[str, int], timeout: float
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._exceptions = exceptions
        self._timeout = timeout + _MARGIN_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        most = self._exceptions.get(scope["path"], self._max_bytes)
        stated = dict(scope["headers"]).get(b"content-length", b"0")
        if stated.isdigit() and int(stated) > most:
            return await _answer(_too_large(most), scope, receive, send)
        timeout = None if scope["path"] in self._exceptions else self._timeout
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(timeout):
                return await self._app(scope, _counted(receive, most), sending)
        except TimeoutError:
            if begun:
                raise
            return await _answer(self._too_slow(), scope, receive, send)

    def _too_slow(self) -> Problem:
        return Problem(
            status=408,
            kind="timeout",
            title="Timeout",
            detail=f"The request was not over after {self._timeout:g} seconds.",
            hint="Send less, or over a faster line.",
            headers={"Connection": "close"},
        )


def _counted(receive: Receive, most: int) -> Receive:
    """Bodies may come without a stated length, or lie about it."""
    come = 0

    async def receiving() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > most:
            raise ProblemError(_too_large(most))
        return message

    return receiving


async def _answer(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    request_id = scope.get("state", {}).get("request_id", "")
    await problem.response(request_id)(scope, receive, send)


def _too_large(most: int) -> Problem:
    return Problem(
        status=413,
        kind="too-large",
        title="Too large",
        detail=f"The body has more than {most:,} bytes, the most that is read.",
        hint="Send smaller copies of the photos, for instance saved as JPEG.",
        headers={"Connection": "close"},
    )
