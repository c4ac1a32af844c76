"""Filtered reads against the reference meaning of filters, over one catalogue of odd values."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from coinvec.catalogue import filtered
from coinvec.catalogue import predicates as predicates_module
from coinvec.catalogue.ilike import without_ilike
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import YEAR_LIMIT
from coinvec.domain.columns import Level
from coinvec.domain.predicates import (
    And,
    AttributeRef,
    ColumnRef,
    Comparison,
    InList,
    IsNull,
    Like,
    Not,
    Op,
    Or,
    leaves,
)
from coinvec.errors import ExpressionError, InvalidValueError
from tests.strategies import evaluate, matching_groups, predicates, sample_catalogue

RECORDS = sample_catalogue(seed=3, n_types=25)


@pytest.fixture(scope="module")
def filled(new_database):
    with CatalogueStore.open(new_database()) as store:
        store.save(RECORDS, {}, generation_id=0)
        yield store


def agrees(store, where):
    for level in Level:
        assert store.count(where, GroupBy(level.value)) == len(
            matching_groups(RECORDS, where, level)
        )
    assert store.image_ids(where) == matching_groups(RECORDS, where, Level.IMAGE)
    assert sorted(store.design_ids(where)) == matching_groups(RECORDS, where, Level.DESIGN)
    assert [each.coin.key for each in store.list_types(where)] == matching_groups(
        RECORDS, where, Level.TYPE
    )


@settings(max_examples=150, deadline=None)
@given(where=predicates())
def test_sql_means_what_the_reference_means(filled, where):
    expected = matching_groups(RECORDS, where, Level.IMAGE)
    assert filled.image_ids(where) == expected
    # NULL is told from false: NOT keeps exactly the records for which the filter is false.
    false = sorted(each.image.id for each in RECORDS if evaluate(where, each) is False)
    assert filled.image_ids(Not(where)) == false


@settings(max_examples=20, deadline=None)
@given(where=predicates())
def test_every_read_sees_the_same_groups(filled, where):
    agrees(filled, where)


def test_no_filter_lets_everything_through(filled):
    agrees(filled, None)


@settings(max_examples=30, deadline=None)
@given(where=predicates())
def test_ilike_can_be_decided_over_the_values_that_occur(filled, where):
    with Session(filled._engine) as session:
        rewritten = without_ilike(session, where)
    assert not any(isinstance(leaf, Like) and leaf.ignore_case for leaf in leaves(rewritten))
    assert filled.image_ids(rewritten) == matching_groups(RECORDS, where, Level.IMAGE)
    assert filled.image_ids(Not(rewritten)) == matching_groups(RECORDS, Not(where), Level.IMAGE)


YEAR, TITLE = ColumnRef("year"), ColumnRef("title")


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(
            Or(tuple(Comparison(TITLE, Op.EQ, f"{n}a"[-1:]) for n in range(1100))), id="or"
        ),
        pytest.param(And(tuple(Comparison(TITLE, Op.NE, str(n)) for n in range(1100))), id="and"),
        pytest.param(InList(YEAR, tuple(range(1904, 3010))), id="in"),
    ],
)
def test_thousands_of_terms_are_no_deeper_than_the_engine_allows(filled, where):
    assert filled.image_ids(where) == matching_groups(RECORDS, where, Level.IMAGE)


def test_years_of_a_list_are_asked_in_runs():
    years = [1905, 1901, 1900, 1902, 1901, Decimal("1907.5"), 10**30]
    assert predicates_module._YEAR.runs(years) == [
        (1900, 1902),
        (1905, 1905),
        (1908, 1907),  # from 1907 or before until 1908 or after
        (YEAR_LIMIT + 1, YEAR_LIMIT + 1),
    ]


@settings(max_examples=50, deadline=None)
@given(halves=st.lists(st.integers(2 * 1899, 2 * 1908), min_size=1, max_size=12))
def test_a_list_of_years_means_each_of_them(filled, halves):
    where = InList(YEAR, tuple(Decimal(half) / 2 for half in halves))
    assert filled.image_ids(where) == matching_groups(RECORDS, where, Level.IMAGE)
    assert filled.image_ids(Not(where)) == matching_groups(RECORDS, Not(where), Level.IMAGE)


def test_a_list_is_one_condition_and_as_long_as_you_like(filled):
    texts, numbers = tuple(map(str, range(300_000))), tuple(range(300_000))
    for where, same in (
        (InList(TITLE, ("Poland", *texts)), InList(TITLE, ("Poland", "0"))),
        (InList(ColumnRef("value"), numbers), InList(ColumnRef("value"), (0, 1, 10))),
    ):
        assert filled.image_ids(where) == matching_groups(RECORDS, same, Level.IMAGE) != []


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(Or(tuple(Comparison(YEAR, Op.EQ, n) for n in range(2001))), id="comparisons"),
        pytest.param(And(tuple(Like(TITLE, f"{n}%") for n in range(201))), id="patterns"),
        pytest.param(
            InList(ColumnRef("weight_g"), tuple(n / 10 for n in range(2001))), id="measures"
        ),
        pytest.param(InList(YEAR, tuple(range(1, 4003, 2))), id="years apart"),
    ],
)
def test_more_conditions_than_an_engine_should_be_asked_are_refused(filled, where):
    with pytest.raises(ExpressionError, match=r"[\d,]+ conditions, and 2,000 is the limit"):
        filled.count(where, GroupBy.IMAGE)


@pytest.mark.parametrize("column", ["year", "year_from", "value", "diameter_mm"])
@pytest.mark.parametrize("op", list(Op))
@pytest.mark.parametrize(
    "huge",
    [
        pytest.param(10**5000, id="1e5000"),
        pytest.param(-(10**400), id="-1e400"),
        1e308,
        Decimal("1e999999999"),
        Decimal("-1e-999999999"),
    ],
)
def test_no_number_is_too_large_or_too_small(filled, column, op, huge):
    stand_in = Decimal("-0.5") if huge < 0 else 10**15  # so it compares with every stored value
    assert filled.image_ids(Comparison(ColumnRef(column), op, huge)) == matching_groups(
        RECORDS, Comparison(ColumnRef(column), op, stand_in), Level.IMAGE
    )


def test_text_that_is_not_utf8_is_refused(filled):
    with pytest.raises(InvalidValueError, match="UTF-8"):
        filled.image_ids(Comparison(ColumnRef("country"), Op.EQ, "Pol\ud800nd"))


def test_an_attribute_key_is_never_read_as_a_path(filled):
    where = Not(IsNull(AttributeRef("$.x")))
    wanted = sorted(each.image.id for each in RECORDS if "$.x" in each.image.attributes)
    assert wanted
    assert filled.image_ids(where) == wanted


def test_pages_of_types_neither_repeat_nor_skip(filled):
    where = Not(IsNull(YEAR))
    pages = [filled.list_types(where, limit=4, offset=start) for start in range(0, 28, 4)]
    assert [each for page in pages for each in page] == filled.list_types(where)


def test_a_listed_type_has_its_counts_and_the_years_of_all_its_designs(filled):
    where = Comparison(ColumnRef("side"), Op.EQ, "obverse")
    for listed in filled.list_types(where):
        own = [each for each in RECORDS if each.coin.key == listed.coin.key]
        matching = [each for each in own if each.design.side.value == "obverse"]
        assert listed.coin == own[0].coin
        assert listed.n_images == len(matching)
        assert listed.n_designs == len({each.design for each in matching})
        first = [each.design.years.first for each in own if each.design.years.first is not None]
        last = [each.design.years.last for each in own if each.design.years.last is not None]
        ends = [min(first, default=None), max(last, default=None)]
        if None not in ends:
            ends.sort()
        assert [listed.years.first, listed.years.last] == ends


def test_distinct_values_are_those_that_occur(filled):
    titles = sorted({each.coin.title for each in RECORDS})
    assert filled.distinct_values("title", 1000) == titles
    assert filled.distinct_values("title", 3) == titles[:3]
    shapes = {each.coin.shape for each in RECORDS} - {None}
    assert filled.distinct_values("shape", 1000) == sorted(shapes)


def test_has_value_heeds_case(filled):
    countries = {each.coin.country for each in RECORDS}
    assert filled.has_value("country", next(iter(countries)))
    assert not filled.has_value("country", "PoLaNd")


@pytest.mark.parametrize("read", [filtered.distinct_values, filtered.has_value])
def test_only_texts_have_values_to_suggest(read):
    with pytest.raises(ValueError, match="no texts"):
        read(None, "year_from", None)
    with pytest.raises(ExpressionError, match="no column"):
        read(None, "colour", None)
