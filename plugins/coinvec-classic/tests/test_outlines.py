import numpy as np
import pytest
from coinvec_classic import rim
from coinvec_classic.outlines import Outlines, ellipse_of, frame_of
from drawn_coins import ground, place
from hypothesis import given
from hypothesis import strategies as st

from coinvec.domain.images import Ellipse

ellipses = st.builds(
    Ellipse,
    cx=st.floats(-50, 500),
    cy=st.floats(-50, 500),
    rx=st.floats(20, 300),
    ry=st.floats(5, 19),
    degrees=st.floats(0, 179),
)


@given(ellipses)
def test_an_ellipse_survives_its_frame(ellipse):
    again = ellipse_of(frame_of(ellipse))
    assert again.as_tuple()[:4] == pytest.approx(ellipse.as_tuple()[:4], rel=1e-3, abs=1e-3)
    turn = np.radians(2 * (again.degrees - ellipse.degrees))
    assert np.cos(turn) == pytest.approx(1.0, abs=1e-3)


@given(ellipses)
def test_polygon_and_area_are_those_of_the_ellipse(ellipse):
    outline = Outlines.round(frame_of(ellipse)[None])
    x, y = (outline.polygons()[0].astype(float) - (ellipse.cx, ellipse.cy)).T
    turn = np.radians(ellipse.degrees)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    assert (along / ellipse.rx) ** 2 + (across / ellipse.ry) ** 2 == pytest.approx(1.0, abs=1e-2)
    assert outline.areas()[0] == pytest.approx(np.pi * ellipse.rx * ellipse.ry, rel=5e-3)


def test_scaling_counts_pixels_at_their_centres():
    outline = Outlines.round(frame_of(Ellipse(9.5, 4.5, 6, 3))[None]).scaled(2.0)
    assert ellipse_of(outline.frames[0]).as_tuple()[:4] == pytest.approx((19.5, 9.5, 12, 6))


@pytest.mark.parametrize("growth", [0.82, 1.0, 1.2])
def test_a_nearby_frame_moves_onto_the_rim(growth):
    truth = Ellipse(160, 150, 90, 70, 35)
    pixels = ground(300, 320)
    place(pixels, truth, seed=1)
    start = Ellipse(166, 145, 80 * growth, 80 * growth)
    (frame,) = rim.refine(rim.smoothed_lab(pixels), frame_of(start)[None], keep=1)
    fitted = ellipse_of(frame)
    assert fitted.as_tuple() == pytest.approx(truth.as_tuple(), abs=2.0)


def test_a_rim_scores_higher_than_its_neighbours_and_the_bare_ground():
    truth = Ellipse(160, 150, 90, 70, 35)
    pixels = ground(300, 320)
    place(pixels, truth, seed=1)
    others = [
        Ellipse(160, 150, 120, 95, 35),
        Ellipse(180, 150, 90, 70, 35),
        Ellipse(40, 40, 30, 30),
    ]
    frames = np.stack([frame_of(ellipse) for ellipse in (truth, *others)])
    scores = rim.scores(rim.smoothed_lab(pixels), Outlines.round(frames))
    assert scores[0] > 0.6
    assert (scores[1:] < scores[0] - 0.2).all()


def test_an_outline_mostly_out_of_the_picture_scores_nothing():
    lab = rim.smoothed_lab(ground(200, 200))
    frames = frame_of(Ellipse(0, 0, 90, 90))[None]
    assert rim.scores(lab, Outlines.round(frames)) == pytest.approx(0.0)


def test_nothing_in_nothing_out():
    lab = rim.smoothed_lab(ground(60, 60))
    assert len(rim.refine(lab, Outlines.none().frames, keep=5)) == 0
    assert rim.scores(lab, Outlines.none()).shape == (0,)
