"""Which refusals of a PostgreSQL server pass by themselves; the messages are its own."""

import psycopg
import pytest
import sqlalchemy as sa

from coinvec.catalogue import engine, postgres

DIALECT = sa.create_engine("postgresql+psycopg://").dialect
FAILED = 'connection failed: connection to server at "127.0.0.1", port 5432 failed: '


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        (f"{FAILED}Connection refused\n\tIs the server running on that host?", True),
        (f"{FAILED}FATAL:  the database system is starting up", True),
        (f"{FAILED}FATAL:  the database system is not yet accepting connections", True),
        (f"{FAILED}FATAL:  sorry, too many clients already", True),
        ("connection timeout expired", True),
        (f'{FAILED}FATAL:  password authentication failed for user "coinvec"', False),
        (f'{FAILED}FATAL:  database "nowhere" does not exist', False),
    ],
)
def test_refusals(said, passes):
    assert postgres._is_away(DIALECT, psycopg.OperationalError(said)) is passes


def test_errors_of_our_own_do_not_pass():
    assert not postgres._is_away(DIALECT, TypeError("connect() got an unexpected argument"))


def test_the_url_has_the_last_word_on_how_to_connect():
    url = engine.parse_url("postgresql://host/coins?connect_timeout=60")
    given = engine._connect_arguments(url)
    assert "connect_timeout" not in given
    assert given["application_name"] == "coinvec"
