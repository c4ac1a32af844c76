"""What the vector store was asked, for explanations; costs next to nothing while nobody listens."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Request:
    """One request to Milvus, or to SQL in its place.

    Attributes:
        kind: `search` by the index, `scan` of every row, or what is done with rows of SQL.
        expression: The expression its rows satisfy; empty for none.
        queries: How many vectors were looked for.
        limit: Rows asked for per query; None for all.
        rows: Rows that came back.
        ms: How long it took, in milliseconds.
    """

    kind: str
    expression: str
    queries: int
    limit: int | None
    rows: int = 0
    ms: float = 0.0


_listening: ContextVar[list[Request] | None] = ContextVar("coinvec_requests", default=None)


@contextmanager
def traced() -> Iterator[list[Request]]:
    """Listen to the requests made within the `with` block, by this thread."""
    requests: list[Request] = []
    token = _listening.set(requests)
    try:
        yield requests
    finally:
        _listening.reset(token)


@contextmanager
def noted(request: Request) -> Iterator[Request]:
    """Time a request, and tell whoever listens; the caller adds the rows."""
    started = time.perf_counter()
    yield request
    listener = _listening.get()
    if listener is not None:
        request.ms = (time.perf_counter() - started) * 1e3
        listener.append(request)
