import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinvec.errors import InvalidValueError
from coinvec.testing.drawing import Fill, blob, curve, leaf, mirrored, place, smooth, star
from coinvec.testing.motifs import MOTIFS, draw_motif

coordinates = st.floats(-1, 1, allow_nan=False)
knots = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=9)


@given(knots)
def test_splines_pass_through_their_knots(given_knots):
    closed, opened = smooth(given_knots, samples=5), smooth(given_knots, closed=False, samples=5)
    np.testing.assert_allclose(closed[::5], given_knots, atol=1e-12)
    np.testing.assert_allclose(opened[::5], given_knots, atol=1e-12)


def test_curves_are_written_like_svg_points():
    text = "0,-0.5 0.25,0 -1,.5"
    np.testing.assert_array_equal(blob(text), smooth([(0, -0.5), (0.25, 0), (-1, 0.5)]))
    assert curve(text)[-1] == pytest.approx((-1, 0.5))


@given(coordinates, coordinates, st.floats(-360, 360), st.floats(0.1, 3))
def test_placing_turns_clockwise_as_seen(x, y, degrees, scale):
    turned = complex(x, y) * scale * np.exp(1j * math.radians(degrees))  # y points down
    placed = place([(x, y)], at=(0.5, -0.25), scale=scale, degrees=degrees)
    np.testing.assert_allclose(placed, [(turned.real + 0.5, turned.imag - 0.25)], atol=1e-9)


def test_a_mirror_image_mirrored_is_the_original():
    outline = leaf((0.1, 0.2), 0.5, 0.1, 30)
    np.testing.assert_array_equal(mirrored(mirrored(outline)), outline)


def test_a_star_has_its_first_ray_on_top():
    rays = star(5, 1.0, 0.4)
    np.testing.assert_allclose(rays[0], (0, -1), atol=1e-12)
    np.testing.assert_allclose(np.hypot(*rays.T), [1.0, 0.4] * 5)


def _points(drawing):
    return np.vstack([o for s in drawing for o in (s.outlines if isinstance(s, Fill) else s.paths)])


@pytest.mark.parametrize("name", MOTIFS)
def test_motifs_fill_the_unit_disc_and_vary_with_the_seed(name):
    one, again, other = draw_motif(name, 1), draw_motif(name, 1), draw_motif(name, 2)
    np.testing.assert_array_equal(_points(one), _points(again))
    assert np.hypot(*_points(one).T).max() == pytest.approx(1.0)
    assert _points(one).shape != _points(other).shape or np.any(_points(one) != _points(other))


def test_an_unknown_motif_is_refused_with_the_known_ones():
    with pytest.raises(InvalidValueError, match="no motif 'dodo'") as refusal:
        draw_motif("dodo", 0)
    assert "owl" in refusal.value.hint
