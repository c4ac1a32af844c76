from decimal import Decimal

import pytest

from coinvec.vectors.literals import NotExpressible, floor_literal, text_list, text_literal


def test_only_five_characters_are_escaped():
    assert text_literal("a\"b\\c\nd\re\tf'%_é🪙\x01\u2028") == (
        '"a\\"b\\\\c\\nd\\re\\tf\'%_é🪙\x01\u2028"'
    )


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x\udfff"])
def test_characters_no_text_can_hold(text):
    with pytest.raises(NotExpressible):
        text_literal(text)


def test_lists_are_in_a_stable_order():
    assert text_list({"b", 'a"', "C"}) == '["C", "a\\"", "b"]'


@pytest.mark.parametrize(
    ("number", "floor"),
    [
        ("1.5", 1),
        ("-1.5", -2),
        ("-0", 0),
        ("1e-999999", 0),
        ("-1e-999999", -1),
        ("0e999999", 0),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775807.5", None),
        ("9223372036854775808", None),
        ("1e999999", None),
        ("-1e30", None),
    ],
)
def test_floor(number, floor):
    if floor is None:
        with pytest.raises(NotExpressible):
            floor_literal(Decimal(number))
    else:
        assert floor_literal(Decimal(number)) == floor
