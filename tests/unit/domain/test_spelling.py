import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinvec.domain.spelling import nearest

COUNTRIES = ["Polynesia", "Poland", "POLAND!", "São Tomé", "Côte d'Ivoire"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("poland", "Poland"),
        ("Polland", "Poland"),
        ("sao tome", "São Tomé"),
        ("COTE D'IVOIRE", "Côte d'Ivoire"),
        ("Zimbabwe", None),
        ("", None),
    ],
)
def test_the_nearest_choice(written, meant):
    assert nearest(written, COUNTRIES) == meant


def test_case_counts_before_likeness_and_order_before_nothing():
    assert nearest("STRASSE", ["Strasse 1", "straße"]) == "straße"
    assert nearest("abc", ["ABC", "Abc"]) == "ABC"
    assert nearest("abcd", iter(["abce", "abcf"])) in {"abce", "abcf"}


def test_nothing_is_near_to_no_choices():
    assert nearest("Poland", []) is None


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=6))
def test_the_answer_is_one_of_the_choices_and_a_choice_is_nearest_to_itself(value, choices):
    assert nearest(value, choices) in {None, *choices}
    assert nearest(value, [*choices, value]).casefold() == value.casefold()
