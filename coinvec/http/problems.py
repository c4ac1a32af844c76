"""What went wrong, as problem details (RFC 9457): the same words as on the command line."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from coinvec.errors import (
    CoinvecError,
    ExpressionError,
    InputError,
    NegativeResultError,
    NotInCatalogueError,
    UnavailableError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""When to ask again where a store was away: about the time a server needs to restart."""

_STATUS: tuple[tuple[type[CoinvecError], int], ...] = (
    (NotInCatalogueError, 404),
    (ExpressionError, 400),
    (UsageError, 400),
    (InputError, 422),
    (NegativeResultError, 422),
    (UnavailableError, 503),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem in the words of RFC 9457.

    Attributes:
        status: The HTTP status.
        kind: What it is called in `type`, `urn:coinvec:problem:<kind>`; empty where the status
            says all.
        title: The same for all problems of a kind.
        detail: What was read, and why it was refused.
        hint: What to do instead.
        extra: Further members.
        headers: Headers of the answer.
    """

    status: int
    detail: str
    kind: str = ""
    title: str = ""
    hint: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, request_id: str = "") -> Response:
        """The answer that tells it."""
        body = {
            "type": f"urn:coinvec:problem:{self.kind}" if self.kind else "about:blank",
            "title": self.title or HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        body |= {"hint": self.hint} if self.hint else {}
        body |= {"request_id": request_id} if request_id else {}
        # ASCII alone: what is repeated of a request may hold what UTF-8 cannot write.
        return Response(
            json.dumps(body | dict(self.extra), default=str),
            self.status,
            dict(self.headers),
            MEDIA_TYPE,
        )


class ProblemError(Exception):
    """Ends a request with a problem that only HTTP knows: keys, limits, queues."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def problem_of(error: CoinvecError) -> Problem:
    """The problem that an error of coinvec is."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    words = re.findall(r"[A-Z][a-z]*", type(error).__name__.removesuffix("Error"))
    extra: dict[str, Any] = {}
    if isinstance(error, ExpressionError) and error.position is not None:
        extra = {"text": error.text, "position": error.position}
    return Problem(
        status=status,
        kind="-".join(words).lower(),
        title=" ".join(words).capitalize(),
        detail=error.message,
        hint=error.hint,
        extra=extra,
        headers={"Retry-After": str(RETRY_SECONDS)} if status == 503 else {},
    )
