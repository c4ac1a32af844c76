"""Statements without photos, on four pairs of engines, against a few lines of Python."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from tests.integration.sql.statements import group_statements, plain, row_statements

EXAMPLES = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
QUOTIENT = Fraction(1, 10**20)


def agree(question, asked):
    """Assert that the engines answer what the meaning does, in its order."""
    result = asked.ask(question.sql)
    rows, total = question.answer(asked.gallery.records)
    assert result.total_matching == total
    found = [tuple(map(plain, row)) for row in result.rows]
    assert len(found) == len(rows)
    for mine, expected in zip(found, rows, strict=True):
        assert all(map(_same, mine, expected)), (mine, expected)


def _same(found, expected):
    if isinstance(found, Fraction) and isinstance(expected, Fraction):
        return abs(found - expected) <= QUOTIENT * max(1, abs(expected))  # a mean has 28 digits
    return found == expected and type(found) is type(expected)


@EXAMPLES
@given(question=row_statements())
def test_rows_equal_brute_force(asked, question):
    agree(question, asked)


@EXAMPLES
@given(question=group_statements())
def test_groups_equal_brute_force(asked, question):
    agree(question, asked)


def test_pages_neither_repeat_nor_skip(asked):
    text = "SELECT type, side, design FROM coins ORDER BY composition DESC"
    whole, size = asked.ask(text).rows, 7
    pages = [
        asked.ask(f"{text} LIMIT {size} OFFSET {at}").rows
        for at in range(0, len(whole) + size, size)
    ]
    assert [row for page in pages for row in page] == list(whole)
    assert len(set(whole)) == len(whole) == len({r.design.id for r in asked.gallery.records})


def test_the_first_designs_need_no_order(asked):
    whole = asked.ask("SELECT type, side, design FROM coins").rows
    assert list(whole) == sorted(whole)
    page = asked.ask("SELECT type, side, design FROM coins LIMIT 4 OFFSET 3")
    assert page.rows == whole[3:7]
    assert page.total_matching == len(whole)


@pytest.mark.parametrize(
    ("call", "text", "expected"), [("upper", "ﬁ", "FI"), ("lower", "İ", "i\u0307")]
)
def test_letters_are_changed_as_unicode_has_it(asked, call, text, expected):
    rows = asked.ask(f"SELECT {call}(title) FROM coins WHERE title = :t", {"t": text}).rows
    assert set(rows) == {(expected,)}
