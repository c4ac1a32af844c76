import math

import numpy as np
import pytest

from coinvec.testing.designs import Metal, Planchet, Shape
from coinvec.testing.planchet import FILL, coverage, inner_radius, outline, polar_grid

ANGLES = np.linspace(-math.pi, math.pi, 20_000, endpoint=False)
SYMMETRY = {
    Shape.SCALLOPED: 12, Shape.SQUARE: 4, Shape.HEPTAGONAL: 7, Shape.HENDECAGONAL: 11,
    Shape.DODECAGONAL: 12,
}  # fmt: skip


@pytest.mark.parametrize("shape", Shape)
def test_outlines_touch_the_rim_circle_and_stay_within(shape):
    radius = outline(ANGLES, shape)
    assert radius.max() == pytest.approx(1.0, abs=2e-3)
    assert 0.65 < radius.min() == pytest.approx(inner_radius(shape), abs=1e-3)


@pytest.mark.parametrize("shape", SYMMETRY)
def test_polygons_have_the_symmetry_of_their_name(shape):
    turned = outline(ANGLES + 2 * math.pi / SYMMETRY[shape], shape)
    np.testing.assert_allclose(turned, outline(ANGLES, shape), atol=1e-3)
    half = outline(ANGLES + math.pi / SYMMETRY[shape], shape)
    assert np.abs(half - outline(ANGLES, shape)).max() > 0.02


def test_a_dodecagon_is_nearly_the_regular_one():
    sector = np.mod(ANGLES + math.pi / 2, math.pi / 6) - math.pi / 12  # a corner on top
    exact = math.cos(math.pi / 12) / np.cos(sector)
    assert np.abs(outline(ANGLES, Shape.DODECAGONAL) - exact).max() < 0.015


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("hole", [0.0, 0.2])
def test_the_covered_area_is_that_of_the_outline(shape, hole):
    size = 160
    grid, planchet = polar_grid(size), Planchet(Metal.BRASS, shape=shape, hole=hole)
    radius = outline(ANGLES, shape).astype(float)
    exact = math.pi * (np.mean(radius**2) - hole**2) * (size / 2 * FILL) ** 2
    assert float(coverage(grid, planchet).sum()) == pytest.approx(exact, rel=4e-3)
