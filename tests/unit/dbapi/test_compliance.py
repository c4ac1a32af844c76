"""PEP 249, by the cases of Stuart Bishop's DB-API compliance suite that a read-only driver has."""

import datetime as dt
import threading
import time
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from coinvec import dbapi
from coinvec.domain.tables import SqlType
from coinvec.errors import (
    CoinvecError,
    ExpressionError,
    HomeError,
    HomeLockedError,
    ImageError,
    NoCoinError,
    StoreError,
)
from tests.tables import table

ALL = "SELECT type, side FROM coins ORDER BY type, side"
LIKE = "SELECT type, side, similarity FROM coins ORDER BY similarity(:image) DESC LIMIT :n"
EXCEPTIONS = (
    *("Warning", "Error", "InterfaceError", "DatabaseError", "DataError", "OperationalError"),
    *("IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError"),
)


@pytest.fixture
def keys(designs):
    return [(row["type"], row["side"]) for row in designs]


def test_the_module_says_what_it_is():
    assert dbapi.apilevel == "2.0"
    assert dbapi.threadsafety == 2
    assert dbapi.paramstyle == "named"
    assert callable(dbapi.connect)


def test_the_exceptions_are_a_tree_and_attributes_of_connections(connection):
    assert issubclass(dbapi.Warning, Exception)
    assert issubclass(dbapi.Error, Exception)
    assert not issubclass(dbapi.Warning, dbapi.Error)
    assert issubclass(dbapi.InterfaceError, dbapi.Error)
    assert issubclass(dbapi.DatabaseError, dbapi.Error)
    for name in EXCEPTIONS[4:]:
        assert issubclass(getattr(dbapi, name), dbapi.DatabaseError)
    for name in EXCEPTIONS:
        assert getattr(connection, name) is getattr(dbapi, name)


def test_transactions_are_void(connection, cursor, keys):
    cursor.execute(ALL)
    connection.commit()
    connection.rollback()
    assert cursor.fetchall() == keys


def test_cursors_of_a_connection_are_apart(connection, keys):
    one, other = connection.cursor(), connection.cursor()
    assert one.connection is other.connection is connection
    one.execute(ALL)
    other.execute("SELECT count(*) FROM coins")
    assert one.fetchone() == keys[0]
    assert other.fetchall() == [(len(keys),)]
    assert one.fetchone() == keys[1]


def test_description(cursor, minted):
    assert cursor.description is None
    cursor.execute(
        "SELECT title, year_from + 1 AS next, value, similarity AS alike, value > 0, NULL "
        "FROM coins ORDER BY similarity(:image) DESC LIMIT 1",
        {"image": minted.photos[0].path},
    )
    names = [column[0] for column in cursor.description]
    codes = [column[1] for column in cursor.description]
    assert names[:4] == ["title", "next", "value", "alike"]
    assert all(len(column) == 7 for column in cursor.description)
    assert [code == dbapi.STRING for code in codes] == [True, False, False, False, False, True]
    assert [code == dbapi.NUMBER for code in codes] == [False, True, True, True, True, False]
    (row,) = cursor.fetchall()
    assert [type(value) for value in row[:2]] == [str, int]
    assert isinstance(row[2], Decimal)
    assert isinstance(row[3], float)
    cursor.execute("EXPLAIN SELECT title FROM coins")
    assert [column[0] for column in cursor.description] == ["plan"]


def test_rowcount(cursor, keys):
    assert cursor.rowcount == -1
    cursor.execute(ALL)
    assert cursor.rowcount == len(keys)
    cursor.execute(ALL + " LIMIT 3")
    cursor.fetchall()
    assert cursor.rowcount == 3
    cursor.execute("SELECT type FROM coins WHERE value > 1e9")
    assert cursor.rowcount == 0
    with pytest.raises(dbapi.ProgrammingError):
        cursor.execute("SELECT")
    assert cursor.rowcount == -1
    assert cursor.description is None


def test_parameters(cursor, designs):
    row = designs[0]
    cursor.execute(
        "SELECT side FROM coins WHERE country = :country AND type = :type AND value < :most",
        {"country": row["country"], "type": row["type"], "most": Decimal("1e9")},
    )
    assert {side for (side,) in cursor} == {"obverse", "reverse"}
    kinds = [row["type"], designs[2]["type"]]
    cursor.execute("SELECT count(*) FROM coins WHERE type IN :types", {"types": kinds})
    assert cursor.fetchone() == (4,)
    hostile = {"country": "x' OR '1' = '1"}
    assert cursor.execute("SELECT type FROM coins WHERE country = :country", hostile).rowcount == 0
    for parameters in ({}, None, {"contry": "x"}, {"country": "x", "more": 1}, ("x",), ["x"], "x"):
        with pytest.raises(dbapi.ProgrammingError):
            cursor.execute("SELECT type FROM coins WHERE country = :country", parameters)


def test_photos_are_parameters(cursor, minted):
    row = table(minted.manifest)[0]
    path = minted.manifest.parent / row["image"]
    array = np.asarray(Image.open(path))
    answers = []
    for image in (path, str(path), path.read_bytes(), dbapi.Binary(path.read_bytes()), array):
        cursor.execute(LIKE, {"image": image, "n": 3})
        answers.append(cursor.fetchall())
    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == 3
    assert answers[0][0][:2] == (row["type"], row["side"])
    assert answers[0][0][2] == pytest.approx(1, abs=1e-4)


def test_fetchone(cursor, keys):
    with pytest.raises(dbapi.Error):
        cursor.fetchone()
    cursor.execute("SELECT type FROM coins WHERE value > 1e9")
    assert cursor.fetchone() is None
    cursor.execute(ALL + " LIMIT 1")
    assert cursor.fetchone() == keys[0]
    assert cursor.fetchone() is None
    assert cursor.fetchone() is None


def test_fetchmany_and_arraysize(cursor, keys):
    with pytest.raises(dbapi.Error):
        cursor.fetchmany(4)
    assert cursor.arraysize == 1
    cursor.execute(ALL)
    assert cursor.fetchmany() == keys[:1]
    assert cursor.fetchmany(4) == keys[1:5]
    cursor.arraysize = 3
    assert cursor.fetchmany() == keys[5:8]
    assert cursor.fetchmany(0) == []
    assert cursor.fetchmany(100) == keys[8:]
    assert cursor.fetchmany(4) == []


def test_fetchall(cursor, keys):
    with pytest.raises(dbapi.Error):
        cursor.fetchall()
    cursor.execute(ALL)
    assert cursor.fetchall() == keys
    assert cursor.fetchall() == []


def test_mixed_fetches_and_iteration(cursor, keys):
    cursor.execute(ALL)
    first, two = cursor.fetchone(), cursor.fetchmany(2)
    third = next(cursor)
    rest = list(cursor)
    assert [first, *two, third, *rest] == keys
    with pytest.raises(StopIteration):
        next(cursor)
    with pytest.raises(dbapi.Error):
        next(cursor.connection.cursor())


def test_unknown_values_are_none(cursor, minted):
    cursor.execute("SELECT NULL, currency FROM coins LIMIT 1")
    assert cursor.fetchone()[0] is None


def test_sizes_are_taken_and_ignored(cursor, keys):
    cursor.setinputsizes((25,))
    cursor.setoutputsize(1000)
    cursor.setoutputsize(2000, 0)
    assert cursor.execute(ALL).fetchall() == keys


def test_a_closed_cursor_is_of_no_use(connection):
    cursor = connection.cursor()
    cursor.execute(ALL)
    cursor.close()
    cursor.close()
    for act in (
        lambda: cursor.execute(ALL),
        lambda: cursor.executemany(ALL, []),
        cursor.fetchone,
        cursor.fetchmany,
        cursor.fetchall,
        lambda: next(cursor),
        lambda: cursor.setinputsizes(()),
        cursor.__enter__,
    ):
        with pytest.raises(dbapi.InterfaceError, match="cursor is closed"):
            act()


def test_a_closed_connection_is_of_no_use_and_lets_others_in(filled):
    connection = dbapi.connect(home=filled)
    cursor = connection.cursor()
    cursor.execute(ALL)
    connection.close()
    connection.close()
    for act in (
        *(connection.commit, connection.rollback, connection.cursor, connection.__enter__),
        *(lambda: cursor.execute(ALL), cursor.fetchone, cursor.fetchall),
    ):
        with pytest.raises(dbapi.InterfaceError, match="connection is closed"):
            act()
    with dbapi.connect() as again:
        assert again.cursor().execute(ALL).rowcount > 0
    with pytest.raises(dbapi.InterfaceError):
        again.cursor()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO coins (type) VALUES ('x')",
        "  update coins SET title = 'x'",
        "DELETE FROM coins",
        "DROP TABLE coins",
        "CREATE TABLE t (x)",
        "BEGIN",
        "COMMIT",
        "PRAGMA table_info(coins)",
    ],
)
def test_writing_is_not_supported(connection, cursor, keys, statement):
    with pytest.raises(dbapi.NotSupportedError):
        cursor.execute(statement)
    assert cursor.execute(ALL).fetchall() == keys


def test_many_statements_at_once_are_not_supported(cursor):
    with pytest.raises(dbapi.NotSupportedError):
        cursor.executemany("SELECT type FROM coins WHERE side = :s", [{"s": "obverse"}])
    with pytest.raises(dbapi.DatabaseError):
        cursor.execute("SELECT type FROM coins; DROP TABLE coins")


def test_errors_keep_their_words_and_causes(cursor, tmp_path):
    blank = np.full((300, 300, 3), 90, np.uint8)
    for statement, parameters, kind, cause, words in [
        ("SELECT contry FROM coins", {}, dbapi.ProgrammingError, ExpressionError, "country"),
        ("", {}, dbapi.ProgrammingError, ExpressionError, "SELECT"),
        (LIKE, {"image": blank, "n": 1}, dbapi.DataError, NoCoinError, "No coin was found"),
        (LIKE, {"image": b"x", "n": 1}, dbapi.DataError, ImageError, "not a picture"),
        (LIKE, {"image": tmp_path / "a.jpg", "n": 1}, dbapi.DataError, ImageError, "a.jpg"),
    ]:
        with pytest.raises(kind, match=words) as caught:
            cursor.execute(statement, parameters)
        assert isinstance(caught.value.__cause__, cause)
        assert str(caught.value) == str(caught.value.__cause__)


def test_a_home_that_cannot_be_opened(tmp_path, home, connection, monkeypatch):
    with pytest.raises(dbapi.OperationalError, match="no coinvec home") as caught:
        dbapi.connect(tmp_path / "none")
    assert isinstance(caught.value.__cause__, HomeError)
    monkeypatch.setenv("COINVEC_LOCK_TIMEOUT", "0.1")
    with pytest.raises(dbapi.OperationalError) as caught:
        dbapi.connect(home)
    assert isinstance(caught.value.__cause__, HomeLockedError)


def test_every_error_of_coinvec_has_a_counterpart():
    def below(kind):
        return {kind}.union(*map(below, kind.__subclasses__()))

    for kind in below(CoinvecError):
        with pytest.raises(dbapi.DatabaseError) as caught, dbapi.exceptions.translated():
            raise kind("why")
        expected = dbapi.OperationalError if kind is StoreError else dbapi.DatabaseError
        assert isinstance(caught.value, expected)


def test_messages_tell_what_the_asker_should_know(cursor, minted, designs):
    country = designs[0]["country"].upper() + "x"
    cursor.execute(
        "SELECT type FROM coins WHERE country = :c ORDER BY similarity(:image) DESC",
        {"c": country, "image": minted.photos[0].path},
    )
    ((kind, text),) = cursor.messages
    assert kind is dbapi.Warning
    assert country in text
    cursor.execute(ALL)
    assert cursor.messages == []


def test_threads_share_a_connection(connection, minted):
    row = table(minted.manifest)[0]
    path = minted.manifest.parent / row["image"]
    answers, failures = [], []

    def ask():
        try:
            for _ in range(3):
                cursor = connection.cursor()
                cursor.execute(LIKE, {"image": path, "n": 2})
                answers.append(cursor.fetchall())
        except BaseException as error:  # noqa: BLE001 - it is asserted below that there is none
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(answers) == 12
    assert all(answer == answers[0] for answer in answers)


def test_constructors():
    ticks = time.mktime((2002, 12, 25, 13, 45, 30, 0, 0, 0))
    assert dbapi.Date(2002, 12, 25) == dbapi.DateFromTicks(ticks) == dt.date(2002, 12, 25)
    assert dbapi.Time(13, 45, 30) == dbapi.TimeFromTicks(ticks) == dt.time(13, 45, 30)
    moment = dbapi.Timestamp(2002, 12, 25, 13, 45, 30)
    assert moment == dbapi.TimestampFromTicks(ticks)
    assert dbapi.Binary(b"something") == b"something"


def test_type_objects():
    objects = (dbapi.STRING, dbapi.BINARY, dbapi.NUMBER, dbapi.DATETIME, dbapi.ROWID)
    for code in SqlType:
        assert sum(code == each for each in objects) == 1
    assert len(set(objects)) == len(objects)
    assert all((one == other) is (one is other) for one in objects for other in objects)
