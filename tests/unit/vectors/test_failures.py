"""What an exception of pymilvus or gRPC means. Real servers raise them in `tests/contract`."""

import grpc
import pytest
from pymilvus.exceptions import MilvusException

from coinvec.vectors.failures import Failure, explained, failure_of, is_closed


class Said(grpc.RpcError):
    def __init__(self, code, details):
        super().__init__()
        self._code, self._details = code, details

    def code(self):
        return self._code

    def details(self):
        return self._details


def wrapped(code, details="what gRPC said"):
    """A lost connection as pymilvus tells of it: it makes the exception its own cause."""
    try:
        try:
            raise Said(code, details)
        except grpc.RpcError as error:
            raise MilvusException(2, "Fail connecting to server") from error
    except MilvusException as error:
        error.__cause__ = error
        return error


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Said(grpc.StatusCode.UNAVAILABLE, ""), Failure.AWAY),
        (Said(grpc.StatusCode.DEADLINE_EXCEEDED, ""), Failure.REFUSED),
        (wrapped(grpc.StatusCode.UNAVAILABLE), Failure.AWAY),
        (wrapped(grpc.StatusCode.DEADLINE_EXCEEDED), Failure.AWAY),
        (wrapped(grpc.StatusCode.UNAUTHENTICATED), Failure.TOKEN),
        (MilvusException(2, "Fail connecting to server"), Failure.AWAY),
        (MilvusException(101, "collection not loaded"), Failure.AWAY),
        (MilvusException(1, "x", compatible_code=101), Failure.AWAY),
        (MilvusException(1, "service not ready", retriable=True), Failure.AWAY),
        (MilvusException(100, "collection not found"), Failure.REFUSED),
        (ValueError("Port out of range"), Failure.REFUSED),
        (None, Failure.REFUSED),
    ],
)
def test_meanings(error, meaning):
    assert failure_of(error) is meaning


@pytest.mark.parametrize(
    ("error", "closed"),
    [
        (wrapped(grpc.StatusCode.UNAVAILABLE, "last error: Connection refused"), True),
        (wrapped(grpc.StatusCode.UNAVAILABLE, "last error: No route to host"), False),
        (wrapped(grpc.StatusCode.DEADLINE_EXCEEDED, None), False),
        (MilvusException(2, "Fail connecting to server"), False),
        (None, False),
    ],
)
def test_closed_ports(error, closed):
    assert is_closed(error) is closed


def test_a_lost_connection_is_told_in_the_words_of_grpc():
    error = explained(
        wrapped(grpc.StatusCode.UNAVAILABLE, "no route\n to host."),
        place="http://milvus:19530",
        action="search coins",
        tried="tried 3 times in 2 s",
    )
    assert error.message == (
        "Milvus at http://milvus:19530 cannot be reached to search coins: no route to host; "
        "tried 3 times in 2 s."
    )
    assert "COINVEC_MILVUS_URI" in error.hint


def test_a_refusal_points_to_the_doctor_but_not_where_nothing_is_connected_yet():
    refused = MilvusException(100, "collection not found")
    assert "coinvec doctor" in explained(refused, place="p", action="search").hint
    assert "COINVEC_MILVUS_URI" in explained(refused, place="p", action="connect").hint
