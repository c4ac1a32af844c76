"""What a failed request to Milvus means, and how it is put into words.

pymilvus wraps what gRPC said into an exception of its own and makes that its own `__cause__`; the
original stays its `__context__`.
"""

from enum import Enum

import grpc  # type: ignore[import-untyped]
from pymilvus.exceptions import MilvusException

from coinvec.errors import StoreError

CONNECT = "connect"
"""The action of making a connection; whatever refuses it may well be no Milvus at all."""

_CLOSED = "Connection refused"
"""What gRPC says of a closed port, among other words; it has no code for that."""

_CONNECT_FAILED = 2
_NOT_LOADED = 101
"""Codes of pymilvus and of the servers. Collections are not loaded after a server's restart."""


class Failure(Enum):
    """Why a request failed."""

    AWAY = "the server is away, or not ready yet: asking again may help"
    TOKEN = "the server does not know the token"  # noqa: S105 — a meaning, no secret
    REFUSED = "the server refused the request"


def failure_of(error: BaseException | None) -> Failure:
    """Why a request failed, by the exception of pymilvus or gRPC."""
    said = _said_by_grpc(error)
    code = said.code() if said else None
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        return Failure.TOKEN
    if code is grpc.StatusCode.UNAVAILABLE:
        return Failure.AWAY
    if isinstance(error, MilvusException):
        codes = (error.code, error.compatible_code)
        if error.retriable or error.code == _CONNECT_FAILED or _NOT_LOADED in codes:
            return Failure.AWAY
    return Failure.REFUSED


def is_closed(error: BaseException | None) -> bool:
    """Whether the machine answered that nothing listens at the port."""
    said = _said_by_grpc(error)
    return said is not None and _CLOSED in (said.details() or "")


def explained(error: BaseException, *, place: str, action: str, tried: str = "") -> StoreError:
    """The error for people.

    Args:
        error: Of pymilvus or gRPC.
        place: What the engine is called.
        action: What was asked of it, as an infinitive.
        tried: How often it was asked, where it was more than once.
    """
    reason = f"{_reason(error)}{tried and '; '}{tried}"
    match failure_of(error):
        case Failure.TOKEN:
            return StoreError(
                f"Milvus at {place} does not let this token {action}: {reason}.",
                hint="Check COINVEC_MILVUS_TOKEN: it is user:password, or an API key.",
            )
        case Failure.REFUSED if action != CONNECT:
            return StoreError(
                f"Milvus at {place} refused to {action}: {reason}.",
                hint="`coinvec doctor` says what is missing; --fix makes it again.",
            )
        case _:
            return StoreError(
                f"Milvus at {place} cannot be reached to {action}: {reason}.",
                hint="Check that it runs and can be reached from here, and COINVEC_MILVUS_URI; "
                "then type the same again.",
            )


def _said_by_grpc(error: BaseException | None) -> grpc.RpcError | None:
    """The first answer of gRPC among an exception and those it was raised from."""
    met: list[BaseException] = []
    while error is not None and error not in met:
        if isinstance(error, grpc.RpcError):
            return error
        met.append(error)
        error = error.__context__
    return None


def _reason(error: BaseException) -> str:
    """What a library said, on one line; of a lost connection, what gRPC said."""
    message = error.message if isinstance(error, MilvusException) else str(error)
    if (said := _said_by_grpc(error)) is not None:
        message = said.details() or message
    return " ".join(str(message).split()).rstrip(".")
