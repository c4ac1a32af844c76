import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinvec.testing.camera import Camera, Placement, circle_image, project

SIZE = (640, 480)
placements = st.builds(
    Placement, st.floats(-250, 250), st.floats(-180, 180), st.floats(10, 150), st.floats(0, 360)
)


@given(placements, st.floats(0, 60), st.floats(0, 360), st.floats(0, 20))
def test_the_ellipse_holds_every_projected_point_of_the_circle(placement, tilt, azimuth, height):
    mapping = Camera.tilted(SIZE, tilt, azimuth=azimuth).homography(placement, height)
    angle = np.linspace(0, 2 * math.pi, 50)
    image = project(mapping, np.column_stack([np.cos(angle), np.sin(angle)]))
    ellipse = circle_image(mapping)
    turn = math.radians(ellipse.degrees)
    offset = image - (ellipse.cx, ellipse.cy)
    along = offset @ (math.cos(turn), math.sin(turn))
    across = offset @ (-math.sin(turn), math.cos(turn))
    np.testing.assert_allclose((along / ellipse.rx) ** 2 + (across / ellipse.ry) ** 2, 1, atol=1e-6)


def test_seen_from_straight_above_nothing_is_distorted():
    placement = Placement(30.0, -20.0, 100.0, 0.0)
    ellipse = circle_image(Camera.tilted(SIZE, 0.0, azimuth=77.0).homography(placement))
    assert (ellipse.cx, ellipse.cy) == pytest.approx((319.5 + 30, 239.5 - 20))
    assert (ellipse.rx, ellipse.ry) == pytest.approx((100, 100))


def test_a_tilted_coin_is_foreshortened_by_the_cosine():
    camera = Camera.tilted((4000, 4000), 40.0, azimuth=0.0)
    ellipse = circle_image(camera.homography(Placement(0.0, 0.0, 10.0, 0.0)))
    ratio = min(ellipse.rx, ellipse.ry) / max(ellipse.rx, ellipse.ry)
    assert ratio == pytest.approx(math.cos(math.radians(40)), abs=1e-4)


def test_what_lies_higher_is_nearer_and_so_larger():
    camera = Camera.tilted(SIZE, 0.0, azimuth=0.0)
    placement = Placement(0.0, 0.0, 100.0, 0.0)
    low, high = (circle_image(camera.homography(placement, h)) for h in (0.0, 30.0))
    assert high.rx > low.rx
