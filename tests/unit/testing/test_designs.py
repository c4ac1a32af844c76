import pytest

from coinvec.errors import InvalidValueError
from coinvec.testing.designs import Metal, Planchet


@pytest.mark.parametrize("hole", [-0.1, 0.31, float("nan")])
def test_impossible_holes_are_refused(hole):
    with pytest.raises(InvalidValueError, match="hole"):
        Planchet(Metal.BRASS, hole=hole)


def test_letters_outside_the_font_are_refused(design):
    with pytest.raises(InvalidValueError, match="not ASCII"):
        design(legend="RÉPUBLIQUE")


def test_composition_names_both_metals():
    assert Planchet(Metal.COPPER).composition == "Copper"
    both = Planchet(Metal.SILVER, core=Metal.BRASS).composition
    assert both == "Bimetallic: brass centre in silver ring"
