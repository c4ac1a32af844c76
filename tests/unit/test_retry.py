"""Asking again: which errors, how often, how long, and with what waits between."""

import itertools
import time

import pytest

from coinvec import retry
from coinvec.errors import StoreError
from coinvec.retry import Attempts, repeated


class AwayError(Exception):
    pass


class Server:
    """Fails some times before it answers."""

    def __init__(self, failures, error=AwayError):
        self.failures, self.error, self.asked = failures, error, 0

    def __call__(self):
        self.asked += 1
        if self.asked <= self.failures:
            raise self.error(f"failure {self.asked}")
        return "answer"


def ask(server, patience=None):
    return repeated(
        server,
        is_passing=lambda error: isinstance(error, AwayError),
        given_up=lambda error, attempts: StoreError(f"{error}; {attempts}"),
        patience=patience,
    )


@pytest.fixture
def waits(monkeypatch):
    """The waits between attempts, which pass on a clock of their own."""
    made = []
    monkeypatch.setattr("tenacity.nap.time.sleep", made.append)
    monkeypatch.setattr("tenacity.time.monotonic", lambda: 1000.0 + sum(made))
    return made


def test_an_answer_ends_it(waits):
    server = Server(failures=3)
    assert ask(server) == "answer"
    assert server.asked == 4
    assert len(waits) == 3


def test_other_errors_are_raised_as_they_are_and_at_once(waits):
    server = Server(failures=1, error=KeyError)
    with pytest.raises(KeyError, match="failure 1"):
        ask(server)
    assert server.asked == 1
    assert waits == []


def test_an_error_that_does_not_pass_ends_the_asking(waits):
    errors = itertools.chain([AwayError, AwayError], itertools.repeat(ValueError))

    def next_error(text):
        return next(errors)(text)

    server = Server(failures=99, error=next_error)
    with pytest.raises(ValueError, match="failure 3"):
        ask(server)


def test_giving_up_says_what_was_tried_and_why(waits):
    server = Server(failures=10**6)
    with pytest.raises(StoreError) as gave_up:
        ask(server)
    assert str(gave_up.value) == (
        f"failure {server.asked}; tried {server.asked} times in {sum(waits):.0f} s"
    )
    assert isinstance(gave_up.value.__cause__, AwayError)
    assert sum(waits) <= retry.PATIENCE_S
    assert sum(waits) > retry.PATIENCE_S - 3


def test_patience_may_depend_on_the_error(waits):
    """What is likely to last is given up sooner, even after what was not."""
    kinds = itertools.chain(["slow"] * 3, itertools.repeat("closed"))
    server = Server(failures=10**6, error=lambda _: AwayError(next(kinds)))
    with pytest.raises(StoreError, match=r"^closed"):
        ask(server, patience=lambda error: 2.0 if str(error) == "closed" else 60.0)
    assert server.asked >= 4
    assert sum(waits) <= 2.0


def test_waits_grow_are_bounded_and_differ_between_clients(waits):
    clients = []
    for _ in range(40):
        waits.clear()
        with pytest.raises(StoreError):
            ask(Server(failures=10**6))
        clients.append(tuple(waits))
    assert max(map(max, clients)) <= 3
    firsts, sixths = ([client[at] for client in clients] for at in (0, 5))
    assert max(firsts) <= 0.2
    assert sum(sixths) > 4 * sum(firsts)
    assert len(set(firsts)) == len(clients)


def test_no_patience_is_one_attempt(waits):
    server = Server(failures=5)
    with pytest.raises(StoreError, match="tried once in 0 s"):
        ask(server, patience=0)
    assert server.asked == 1


def test_real_time_is_kept():
    start = time.monotonic()
    with pytest.raises(StoreError, match="tried"):
        ask(Server(failures=10**6), patience=0.5)
    assert time.monotonic() - start < 1


def test_attempts_read_well():
    assert str(Attempts(1, 0.2)) == "tried once in 0 s"
    assert str(Attempts(7, 19.6)) == "tried 7 times in 20 s"
