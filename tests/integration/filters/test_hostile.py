"""Hostile texts through parse → plan → search: refused clearly, or answered rightly."""

import numpy as np
import pytest

from coinvec.domain.choices import K_MAX, GroupBy
from coinvec.domain.results import Query
from coinvec.errors import ExpressionError
from coinvec.query.language import parse_filter
from tests.integration.filters import hostile
from tests.integration.filters.gallery import DIM, unit
from tests.strategies import matches

PHOTO = unit(np.random.default_rng(2).normal(size=DIM))
SENTENCES = list(hostile.sentences(4_000, seed=7))
LONG = list(range(70_000))  # more than PostgreSQL takes parameters
TEXTS = list(dict.fromkeys([*hostile.STORED_TEXTS, *hostile.texts(300, seed=8)]))


def parsed(texts):
    """Those of the texts that are filters; the others must be refused with a reason."""
    read, refusals = {}, []
    for text in texts:
        try:
            read[text] = parse_filter(text)
        except ExpressionError as refusal:
            refusals.append(refusal)
    assert all(each.message and (each.hint or each.position is not None) for each in refusals)
    return read


def joined(word, form, count):
    """A form filled with the numbers from 0 on, joined by a word."""
    return f" {word} ".join(form.format(number) for number in range(count))


def agrees(gallery, where, meaning=None):
    """Assert that the query path finds every image that matches, and no other.

    `meaning` is a smaller filter of the same meaning, where Python would take long for the other.
    """
    plan, finding = gallery.find(Query(where, K_MAX, GroupBy.IMAGE), PHOTO)
    kept = [record for record in gallery.records if matches(meaning or where, record)]
    expected = [image for _, image in gallery.best(PHOTO, kept, GroupBy.IMAGE)]
    assert [group.best.image_id for group in finding.groups] == expected, where
    assert plan.total_matching == len(expected)
    return expected


def test_rows_of_words_are_refused_or_answered(gallery):
    read = parsed(SENTENCES)
    assert 100 < len(read) < len(SENTENCES) / 10, "some must be filters, most must not"
    for where in read.values():
        agrees(gallery, where)


def test_texts_are_only_data(gallery):
    found = 0
    for number, text in enumerate(TEXTS):
        forms = hostile.filters(text)
        filter_text, params = forms[number % len(forms)]
        found += bool(agrees(gallery, parse_filter(filter_text, params)))
    assert found > len(TEXTS) / 3, "many are borne by a coin, and it must be found by them"


@pytest.mark.parametrize("form", range(len(hostile.filters(""))))
def test_every_form_of_filter_finds_the_bearers(gallery, form):
    for text in hostile.STORED_TEXTS[form :: len(hostile.filters(""))]:
        filter_text, params = hostile.filters(text)[form]
        agrees(gallery, parse_filter(filter_text, params))


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\udfff\ud800", "'\x00'"])
def test_what_no_store_can_hold_is_refused(text):
    for filter_text, params in hostile.filters(text):
        with pytest.raises(ExpressionError) as refusal:
            parse_filter(filter_text, params)
        assert refusal.value.hint


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("(" * 29 + "title = 'NULL'" + ")" * 29, ""),
        ("NOT " * 29 + "title = 'NULL'", ""),
        (joined("OR", "title = '{}'", 1_999) + " OR title = 'NULL'", "title IN ('NULL', '0')"),
        (joined("AND", "(title = 'NULL' OR value = {})", 999), "title = 'NULL'"),
        (joined("OR", "title ILIKE '%{}%'", 190), ""),
        ("title IN (" + joined(",", "'{}'", 6_000) + ")", "title = '0'"),
        (f"NOT year NOT IN ({joined(',', '{}', 9_000)})", "year BETWEEN 0 AND 8999"),
        (f"value NOT IN ({joined(',', '{}.5', 5_000)})", "value != 1.5"),
        (f"diameter_mm IN ({joined(',', '{}.5', 1_900)})", "diameter_mm = 19.5"),
        (f"title LIKE '{'%_' * 500}' OR country ILIKE '{'%a' * 300}%'", "title LIKE '%xxxxxx%'"),
        (f"title = '{'x' * 1_900}'", ""),
        (f"title < '{chr(0x10FFFF) * 90_000}'", ""),
        (f"year > {'9' * 100} OR value < -{'9' * 99}.{'9' * 99}", ""),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_large_is_answered(gallery, text, meaning):
    agrees(gallery, parse_filter(text), parse_filter(meaning or text))


@pytest.mark.parametrize(
    ("name", "values", "meaning"),
    [
        ("title", ["NULL", *map(str, LONG)], "title IN ('NULL', '0')"),
        ("attr['note']", ["NULL", *map(str, LONG)], "attr['note'] IN ('NULL', '0')"),
        ("year", [*LONG[:20_000], 1904.5], "year >= 0"),
        ("value", LONG, "value IN (0, 1, 10)"),
    ],
)
def test_long_lists_are_answered(gallery, name, values, meaning):
    assert agrees(gallery, parse_filter(f"{name} IN :p", {"p": values}), parse_filter(meaning))
    agrees(
        gallery,
        parse_filter(f"{name} NOT IN :p", {"p": values}),
        parse_filter(f"NOT ({meaning})"),
    )


@pytest.mark.parametrize(
    "text",
    [
        joined("OR", "title = '{}'", 2_001),
        joined("AND", "title NOT LIKE '%{}'", 201),
        f"weight_g IN ({joined(',', '{}.5', 2_001)})",
        f"year IN ({joined(',', '{}.5', 2_001)})",
    ],
    ids=lambda text: text[:12],
)
def test_more_conditions_than_any_store_should_be_asked_are_refused(gallery, text):
    where = parse_filter(text)
    with pytest.raises(ExpressionError, match="conditions") as refusal:
        gallery.plan(Query(where))
    assert "BETWEEN" in refusal.value.hint
