"""Statements: what they are read as, and how mistakes are answered."""

import numpy as np
import pytest

from coinvec.domain.predicates import And
from coinvec.domain.tables import SqlType
from coinvec.errors import ExpressionError
from coinvec.query.language import parse_filter
from coinvec.query.ranking import Ranking, ranking_of
from coinvec.query.select import parse_statement

PHOTO = {"image": "photo.jpg"}


def columns(text, params=None):
    return [(c.name, c.type.value) for c in parse_statement(text, params).columns]


def test_columns_are_named_and_typed():
    text = """
        SELECT title, value * 2 AS double, count(*), year_to - 1, weight_g / 2, NULL, lower(title),
               avg(value), value > 1 AS "is it?", coalesce(value, 1), CASE WHEN 1 = 1 THEN 1 END
        FROM coins GROUP BY title, value, year_to, weight_g
    """
    assert columns(text) == [
        ("title", "text"),
        ("double", "decimal"),
        ("count(*)", "integer"),
        ("year_to - 1", "integer"),
        ("weight_g / 2", "real"),
        ("NULL", "null"),
        ("lower(title)", "text"),
        ("avg(value)", "decimal"),
        ("is it?", "boolean"),
        ("coalesce(value, 1)", "decimal"),
        ("CASE WHEN 1 = 1 THEN 1 END", "integer"),
    ]


def test_star_is_every_column_and_with_a_photo_the_similarity():
    everything = [name for name, _ in columns("SELECT * FROM coins")]
    assert len(everything) == 16
    assert "year" not in everything
    text = "SELECT * FROM coins ORDER BY similarity(:image) DESC"
    assert columns(text, PHOTO) == [*columns("SELECT * FROM coins"), ("similarity", "real")]


@pytest.mark.parametrize(
    ("where", "filtered", "calculated"),
    [
        ("country = 'x' AND year < 1900 AND length(title) > 3", "country = 'x' AND year < 1900", 1),
        ("(country = 'x' AND (value > 1))", "country = 'x' AND value > 1", 0),
        ("attr['look'] LIKE 'a%' AND title = country", "attr['look'] LIKE 'a%'", 1),
        ("country = 'x' OR title = country", None, 1),
        ("year_from = year_to AND 'a' IN (title, country) AND 1 = 1", None, 3),
        ("coins.title IS NULL AND NOT value IN (1, 2)", "title IS NULL AND NOT value IN (1, 2)", 0),
    ],
)
def test_what_filters_express_is_left_to_the_stores(where, filtered, calculated):
    statement = parse_statement(f"SELECT title FROM coins WHERE {where}")
    expected = None if filtered is None else parse_filter(filtered)
    assert statement.where == expected or set(statement.where.parts) == set(expected.parts)
    assert len(statement.conditions) == calculated
    assert filtered is None or isinstance(expected, And) == (" AND " in filtered)


@pytest.mark.parametrize(
    ("ending", "window"),
    [
        ("ORDER BY similarity(:image) DESC LIMIT 5", 5),
        ("ORDER BY similarity(:image) DESC LIMIT 5 OFFSET 3", 8),
        ("WHERE similarity(:image) >= 0.5 ORDER BY similarity DESC LIMIT 5", 5),
        ("WHERE 0.5 < similarity(:image) AND year > 1900 ORDER BY similarity DESC LIMIT 5", 5),
        ("ORDER BY similarity(:image) DESC", "LIMIT"),
        ("ORDER BY similarity(:image) LIMIT 5", "falling"),
        ("ORDER BY similarity(:image) DESC, title LIMIT 5", "falling"),
        ("WHERE similarity(:image) < 0.5 ORDER BY similarity DESC LIMIT 5", "calculated"),
        ("WHERE similarity(:image) > 0.5 OR 1 = 1 ORDER BY similarity DESC LIMIT 5", "calculated"),
        ("ORDER BY similarity(:image) DESC LIMIT 20000", "10,000"),
    ],
)
def test_the_first_of_a_ranking_are_left_to_the_index(ending, window):
    ranking = ranking_of(parse_statement(f"SELECT title FROM coins {ending}", PHOTO))
    if isinstance(window, int):
        assert isinstance(ranking, Ranking)
        assert ranking.window == window
    else:
        assert window in ranking


def test_order_and_groups_may_name_columns_of_the_answer():
    by_name = "SELECT lower(country) AS land, count(*) AS n FROM coins GROUP BY land ORDER BY n"
    by_place = "SELECT lower(country) AS land, count(*) AS n FROM coins GROUP BY 1 ORDER BY 2"
    spelt = (
        "SELECT lower(country) AS land, count(*) AS n FROM coins c "
        "GROUP BY lower(c.country) ORDER BY count(*);"
    )
    assert parse_statement(by_name) == parse_statement(by_place) == parse_statement(spelt)


def test_parameters_are_values_lists_and_photos():
    text = "SELECT title FROM coins WHERE title || '' IN :t ORDER BY similarity(:a, :b) LIMIT :n"
    statement = parse_statement(text, {"t": ["x"], "a": b"", "b": np.zeros((2, 2, 3)), "n": 7})
    assert statement.photos == ("a", "b")
    assert statement.limit == 7
    texts = parse_statement("SELECT value * :v FROM coins LIMIT :n", {"v": "2", "n": "3"},
                            read_texts=True)  # fmt: skip
    assert texts.limit == 3
    assert texts.columns[0].type is SqlType.DECIMAL


@pytest.mark.parametrize(
    ("text", "params", "at", "said", "hint"),
    [
        ("SELECT titel FROM coins", {}, "titel", "no column 'titel'", "title"),
        ("SELECT lowr(title) FROM coins", {}, "lowr", "no function 'lowr'", "lower"),
        ("SELECT title FROM coinz", {}, "coinz", "no table 'coinz'", "coins"),
        ("SELECT year FROM coins", {}, "year", "year is no value", "WHERE year = 1980"),
        ("SELECT title FROM coins WHERE country = 5", {}, "5", "holds a text", "'5'"),
        ("SELECT title, count(*) FROM coins", {}, "title", "no one value", "min(title)"),
        ("SELECT title FROM coins WHERE count(*) > 1", {}, "count", "single rows", "HAVING"),
        ("SELECT similarity FROM coins", {}, "similarity", "which photo", "similarity(:image)"),
        ("SELECT similarity(:p) FROM coins", {}, "similarity", "no value was given", "'p'"),
        ("SELECT similarity(:p) FROM coins", {"p": 3}, "similarity", "a photo is needed", "path"),
        ("SELECT similarity(:p), :p FROM coins", {"p": "x"}, ":p F", "is a photo", "another name"),
        ("SELECT :p FROM coins", {"p": b"\x89PNG"}, ":p", "b'\\x89PNG'", "a text, a number"),
        ("SELECT 1 FROM coins", {"p": 1}, None, "does not use :p", "leave it out"),
        ("DELETE FROM coins", {}, "DELETE", "only read", "coinvec"),
        ("SELECT 1 FROM coins UNION SELECT 2", {}, "SELECT 2", "second query", "SELECT"),
        ("SELECT 1 FROM coins JOIN x ON 1 = 1", {}, "JOIN", "nothing to join", "Take"),
        ("SELECT value || 'x' FROM coins", {}, "value", "is a decimal", "beside"),
        ("SELECT title FROM coins LIMIT -1", {}, "1", "whole number", "LIMIT 10"),
    ],
)  # fmt: skip
def test_mistakes_are_answered_with_their_place_and_a_way_out(text, params, at, said, hint):
    with pytest.raises(ExpressionError) as refusal:
        parse_statement(text, params)
    error = refusal.value
    assert said in error.message
    assert hint in error.hint
    if at is not None:
        assert text[error.position :].startswith(at), str(error)
