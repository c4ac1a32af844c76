"""The error tree and how errors read."""

import inspect

import pytest

from coinvec import errors

STATUS = {"InputError": 3, "NegativeResultError": 1, "UsageError": 2, "UnavailableError": 4}


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = [line for line in errors.__doc__.splitlines() if "──" in line]
    names = [line.split("── ")[1].split()[0] for line in drawn]
    assert sorted([*names, "CoinvecError"]) == sorted(errors.__all__) == errors.__all__


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_has_its_branch_status(name):
    error = getattr(errors, name)
    branch = next((STATUS[c.__name__] for c in error.__mro__ if c.__name__ in STATUS), 4)
    assert error.exit_status == branch
    assert issubclass(error, errors.CoinvecError)
    assert inspect.getdoc(error)


def test_a_hint_follows_the_message():
    assert str(errors.HomeError("No home.", hint="Make one.")) == "No home. Make one."
    assert str(errors.HomeError("No home.")) == "No home."


def test_a_caret_stands_under_the_place():
    text = "country = 'x'\nAND yaer = 3"
    error = errors.ExpressionError("Unknown.", text=text, position=text.index("yaer"), hint="H?")
    assert str(error).splitlines() == ["Unknown.", "  AND yaer = 3", "      ^", "H?"]


@pytest.mark.parametrize("place", [0, 59, 60, 61, 500_000, 999_999])
def test_of_a_long_line_only_the_place_is_shown(place):
    text = "a" * place + "X" + "b" * (999_999 - place)
    _, line, caret = str(errors.ExpressionError("No.", text=text, position=place)).splitlines()
    assert len(line) <= 102
    assert line[caret.index("^")] == "X"
