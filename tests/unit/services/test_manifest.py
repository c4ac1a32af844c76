"""What the cells of a manifest mean."""

from dataclasses import replace
from decimal import Decimal

import pytest

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.errors import InvalidValueError
from coinvec.services.manifest import check_row, read_coin, read_design, read_image_details
from coinvec.services.rows import Row

CELLS = {
    "image": "a.jpg",
    "type": "pl-1-zloty",
    "side": "obverse",
    "country": "Poland",
    "denomination": "1 złoty",
}
COIN = CoinType(
    key="pl-1-zloty",
    country="Poland",
    denomination="1 złoty",
    value=Decimal(1),
    title="One złoty",
    references=("Y# 282",),
)


def test_required_cells_alone():
    coin = read_coin(CELLS)
    assert coin == CoinType(key="pl-1-zloty", country="Poland", denomination="1 złoty")
    assert coin.title == "Poland, 1 złoty"
    assert read_design(CELLS) == Design("pl-1-zloty", Side.OBVERSE, "o1")
    assert read_design({**CELLS, "side": "Reverse"}).key == "r1"


def test_every_optional_cell():
    cells = {
        **CELLS,
        "value": "0.50",
        "diameter_mm": "23",
        "weight_g": "5.0",
        "references": "Y# 282; KM# 1 ;",
        "year_from": "-43",
        "year_to": "1990",
        "design": "o7",
    }
    coin = read_coin(cells)
    assert (coin.value, coin.diameter_mm, coin.weight_g) == (Decimal("0.50"), 23.0, 5.0)
    assert coin.references == ("Y# 282", "KM# 1")
    assert read_design(cells).years == YearSpan(-43, 1990)


def test_an_absent_column_keeps_and_an_empty_cell_clears():
    assert read_coin(CELLS, COIN) == COIN
    cleared = read_coin({**CELLS, "value": None, "title": None, "references": None}, COIN)
    assert cleared == replace(COIN, value=None, title="Poland, 1 złoty", references=())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("value", "half"),
        ("value", "-1"),
        ("value", "NaN"),
        ("value", "0.0000001"),
        ("value", "1,5"),
        ("diameter_mm", "inf"),
        ("weight_g", "0"),
        ("type", "a/b"),
        ("type", "a|b"),
        ("country", "x" * 3000),
    ],
)
def test_an_unusable_cell_of_the_type_is_named(name, text):
    with pytest.raises(InvalidValueError, match=name):
        read_coin({**CELLS, name: text})


@pytest.mark.parametrize(
    ("name", "text"),
    [("side", "edge"), ("year_from", "19x0"), ("year_from", "19900"), ("design", "a/b")],
)
def test_an_unusable_cell_of_the_design_is_named(name, text):
    with pytest.raises(InvalidValueError, match=name):
        read_design({**CELLS, name: text})


def test_years_the_wrong_way_round_are_refused():
    with pytest.raises(InvalidValueError, match="after"):
        read_design({**CELLS, "year_from": "1990", "year_to": "1980"})


def test_a_row_lacking_a_required_cell_is_refused():
    with pytest.raises(InvalidValueError, match="'country'"):
        check_row(Row(2, {**CELLS, "country": None}))
    with pytest.raises(InvalidValueError, match="unusable: it is torn"):
        check_row(Row(2, CELLS, "it is torn"))
    check_row(Row(2, CELLS))


def test_further_columns_are_attributes_and_merge():
    known = CoinImage(
        id="0" * 64,
        design=Design("pl-1-zloty", Side.OBVERSE, "o1"),
        filename="a.jpg",
        format="JPEG",
        width=1,
        height=1,
        credit="me",
        attributes={"grade": "VF", "mint": "Warsaw"},
    )
    details = read_image_details({**CELLS, "grade": None, "hoard": "7", "description": "x"}, known)
    assert details == {
        "description": "x",
        "credit": "me",
        "license": None,
        "attributes": {"mint": "Warsaw", "hoard": "7"},
    }
