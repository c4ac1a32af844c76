"""One coin from options."""

import pytest

from coinvec.domain.spelling import slug
from coinvec.errors import UsageError
from coinvec.services.add import cells_of, photos_of_coin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Café ½ Crown", "cafe-1-2-crown"),
        ("Poland 1 złoty", "poland-1-złoty"),
        ("中国 1元", "中国-1元"),
        ("  A/B|c  ", "a-b-c"),
        ("", ""),
    ],
)
def test_slug(text, expected):
    assert slug(text) == expected


def test_cells_are_texts():
    given = {"value": 0.5, "references": ["KM# 1", "Y# 2"], "title": None, "year_from": 1964}
    assert cells_of(given) == {
        "value": "0.5",
        "references": "KM# 1; Y# 2",
        "title": None,
        "year_from": "1964",
    }


def test_an_unknown_field_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="'composition'"):
        cells_of({"compositoin": "x"})


def test_photos_of_both_sides_become_rows():
    photos = photos_of_coin(["a.jpg", "b.jpg"], [b"..."], {"country": "X", "denomination": "1"})
    assert [photo.row.cells["side"] for photo in photos] == ["obverse", "obverse", "reverse"]
    assert [photo.row.line for photo in photos] == [1, 2, 3]
    assert {photo.row.cells["type"] for photo in photos} == {"x-1"}
    assert photos[0].row.image == "a.jpg"


def test_a_coin_needs_a_photo():
    with pytest.raises(UsageError, match="photo"):
        photos_of_coin([], [], {"country": "X", "denomination": "1"})
