"""Hostile statements: refused clearly or answered rightly, and never anything written."""

from random import Random

import numpy as np
import pytest
import sqlalchemy as sa

from coinvec.errors import ExpressionError
from coinvec.query import execute
from coinvec.query.select import parse_statement
from tests.integration.filters import hostile
from tests.integration.filters.conftest import LITE, MILVUS, POSTGRESQL, SQLITE
from tests.integration.filters.gallery import DIM, unit
from tests.integration.sql.refused import REFUSED
from tests.integration.sql.statements import plain, quoted
from tests.strategies import matches

PHOTO = unit(np.random.default_rng(2).normal(size=DIM))

PIECES = (
    *(
        "SELECT",
        "DISTINCT",
        "title",
        "country",
        "count(*)",
        "lower(title)",
        "value * 2",
        "similarity",
    ),
    *(
        "similarity(:p)",
        "*",
        ",",
        "(",
        ")",
        "FROM",
        "coins",
        "FROM coins",
        "WHERE",
        "GROUP BY",
        "HAVING",
    ),
    *(
        "ORDER BY",
        "LIMIT",
        "OFFSET",
        "AS",
        "x",
        "AND",
        "OR",
        "NOT",
        "=",
        "<",
        "||",
        "1",
        "'a'",
        "NULL",
    ),
    *(
        "CASE WHEN",
        "THEN",
        "ELSE",
        "END",
        "IN",
        "BETWEEN",
        "LIKE",
        "IS NULL",
        "DESC",
        "NULLS FIRST",
        ";",
    ),
    *(
        "UNION",
        "JOIN",
        "--",
        "/*",
        "DROP TABLE coin_type",
        "(SELECT 1)",
        "\x00",
        "\ud800",
        "‘a’",
        "attr['x']",
    ),
)
SOUND = (
    "SELECT title , value FROM coins WHERE country = 'Poland' ORDER BY value DESC LIMIT 5",
    "SELECT country , count(*) FROM coins GROUP BY country HAVING count(*) > 1 ORDER BY 2",
    "SELECT title , similarity FROM coins WHERE similarity(:p) >= 0.5 ORDER BY 2 DESC LIMIT 3",
    "SELECT DISTINCT lower(title) FROM coins WHERE value * 2 > 1 OR title IS NULL OFFSET 1",
)


def spoilt(count, seed):
    """Statements into which foreign words were put."""
    random = Random(seed)
    for _ in range(count):
        words = random.choice(SOUND).split(" ")
        for _ in range(random.randint(0, 2)):
            at = random.randrange(len(words) + 1)
            words[at : at + random.randint(0, 2)] = [random.choice(PIECES)]
        yield " ".join(words)


def contents(asked):
    """All there is in both stores."""
    catalogue = asked.gallery.catalogue
    tables = sa.MetaData()
    with catalogue._engine.connect() as connection:
        tables.reflect(connection)
        rows = {
            name: sorted(map(repr, connection.execute(sa.select(table))))
            for name, table in tables.tables.items()
        }
    return rows, sorted(asked.gallery.store.image_ids(asked.gallery.live.collection))


@pytest.fixture(params=[(LITE, SQLITE), (MILVUS, POSTGRESQL)], ids=" and ".join)
def unharmed(request, askers):
    asked = askers(*request.param)
    before = contents(asked)
    yield asked
    assert contents(asked) == before


def refusal(asked, text):
    """Why a statement is refused, which must be said with its place or a way out; None if not."""
    try:
        asked.ask(text, {"p": PHOTO} if "similarity" in text and ":p" in text else {})
    except ExpressionError as error:
        return error.message and (error.hint or str(error.position))
    return None


def test_what_is_not_the_language_is_refused_with_a_reason(unharmed):
    assert [text for text in REFUSED if not refusal(unharmed, text)] == []
    assert len(REFUSED) > 200


def test_rows_of_words_are_refused_or_answered(unharmed):
    reasons = [refusal(unharmed, text) for text in spoilt(150, seed=3)]
    assert "" not in reasons
    assert 25 < reasons.count(None) < 100


def test_texts_are_only_data(unharmed):
    records = unharmed.gallery.records
    for text in hostile.STORED_TEXTS[::2]:
        expected = {(r.coin.key, text) for r in records if r.coin.title == text}
        for written, params in ((quoted(text), {}), (":t", {"t": text})):
            statement = f"SELECT type, {written} FROM coins WHERE title || '' = {written}"
            assert set(unharmed.ask(statement, params).rows) == expected, text


def test_columns_may_be_called_anything(unharmed):
    name = 'x"; DROP TABLE coin_type; --'
    result = unharmed.ask('SELECT count(*) AS "x""; DROP TABLE coin_type; --" FROM coins')
    assert [column.name for column in result.columns] == [name]


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT {'(' * 40}title{')' * 40} FROM coins",
        f"SELECT title FROM coins WHERE {'NOT ' * 40}title = 'x'",
        f"SELECT {' + '.join(['value'] * 200)} FROM coins",
        f"SELECT {'CASE WHEN 1 = 1 THEN ' * 40}1{' END' * 40} FROM coins",
        f"SELECT {'lower(' * 40}title{')' * 40} FROM coins",
        f"SELECT title FROM coins WHERE title IN ({', '.join(['1'] * 30_000)})",
        f"SELECT {'9' * 1_000_001} FROM coins",
        f"SELECT {'9' * 200} FROM coins",
        f"SELECT value{' * 1e99' * 20} FROM coins WHERE value > 1",
        f"SELECT weight_g{' * 1e99' * 5} FROM coins WHERE weight_g > 1",
        "SELECT title || title || title " + f"|| '{'x' * 100_000}' FROM coins WHERE title = 'NULL'",
        "SELECT round(value, 1000000000) FROM coins WHERE value > 1",
        "SELECT title FROM coins WHERE title LIKE '%!x' ESCAPE '!'",
        "SELECT title || 'x' LIKE '!' ESCAPE '!' FROM coins",
    ],
    ids=lambda text: text[:30],
)
def test_what_is_too_large_or_too_deep_is_refused(unharmed, text):
    with pytest.raises(ExpressionError) as refusal:
        unharmed.ask(text)
    assert refusal.value.hint or refusal.value.position is not None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (
            f"SELECT {' + '.join(['value'] * 60)} FROM coins",
            lambda r: r.coin.value and r.coin.value * 60,
        ),
        (f"SELECT title FROM coins WHERE {' OR '.join(['title || title = title'] * 900)}", None),
        ("SELECT value / 0 FROM coins", lambda r: None),
        ("SELECT value % 0 FROM coins", lambda r: None),
    ],
    ids=lambda text: str(text)[:20],
)
def test_what_is_large_is_answered(unharmed, text, meaning):
    rows = unharmed.ask(text).rows
    if meaning is None:
        assert rows == ()
        return
    designs = {record.design.id: record for record in unharmed.gallery.records}
    expected = sorted(
        (plain(meaning(r)) for r in designs.values()), key=lambda v: (v is None, v or 0)
    )
    assert sorted((plain(v) for (v,) in rows), key=lambda v: (v is None, v or 0)) == expected


def test_a_long_list_may_be_a_parameter(unharmed):
    given = {"t": [*map(str, range(5_000)), "NULL"]}
    filtered = unharmed.ask("SELECT DISTINCT title FROM coins WHERE title IN :t", given)
    calculated = unharmed.ask("SELECT DISTINCT title FROM coins WHERE title || '' IN :t", given)
    assert filtered.rows == calculated.rows == (("0",), ("NULL",))


def test_calculations_end(unharmed, monkeypatch):
    monkeypatch.setattr(execute, "TIME_LIMIT_S", 0.0)
    with pytest.raises(ExpressionError, match="took longer") as refusal:
        unharmed.ask("SELECT title || 'x' FROM coins")
    assert "WHERE" in refusal.value.hint


def test_filters_in_statements_mean_what_filters_mean(unharmed):
    for number, text in enumerate(hostile.STORED_TEXTS):
        forms = hostile.filters(text)
        where, params = forms[number % len(forms)]
        predicate = parse_statement(f"SELECT title FROM coins WHERE {where}", params).where
        kept = {r.design.id for r in unharmed.gallery.records if matches(predicate, r)}
        rows = unharmed.ask(f"SELECT type, side, design FROM coins WHERE {where}", params).rows
        assert {"/".join(row) for row in rows} == kept
