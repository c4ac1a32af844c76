import math

import numpy as np
import pytest

from coinvec.testing.lettering import RimText, bend, typeset
from coinvec.testing.planchet import polar_grid

GRID = polar_grid(256)


def _ink(text, **line):
    return bend(RimText(text, 0.76, 0.13, **line), GRID)


def test_capitals_have_the_height_asked_for():
    assert typeset("HEX", 60, boldness=0.0).shape[0] == pytest.approx(62, abs=3)


@pytest.mark.parametrize("below", [False, True])
def test_rim_texts_stay_within_their_ring(below):
    ink, _ = _ink("REPUBLIC", below=below)
    at = GRID.distance[ink > 0.02]
    assert at.min() > 0.76 - 0.065 - 0.01
    assert at.max() < 0.76 + 0.065 + 0.01
    where = GRID.y[ink > 0.5].mean()
    assert where > 0.3 if below else where < -0.3


@pytest.mark.parametrize("below", [False, True])
def test_rim_texts_read_from_left_to_right(below):
    """The heavy letter comes last, so it must lie to the right."""
    ink, _ = _ink("IIIIM", below=below)
    weight = ink / ink.sum()
    assert float((weight * GRID.x).sum()) > 0.01


def test_letters_along_the_lower_rim_stand_upright():
    """L has its foot at the bottom: further out below, further in above."""
    for below in (False, True):
        ink, _ = _ink("LLLL", below=below)
        mean = float((ink * GRID.distance).sum() / ink.sum())
        assert (mean > 0.76) is below


def test_the_arc_reported_is_the_arc_inked_and_never_wider_than_allowed():
    for text, span in (("PAX", 200.0), ("A VERY LONG INSCRIPTION INDEED", 150.0)):
        ink, half = _ink(text, span=span)
        angles = GRID.from_top[ink > 0.3]
        assert float(np.abs(angles).max()) == pytest.approx(half, abs=0.03)
        assert half <= math.radians(span) / 2 + 1e-9
