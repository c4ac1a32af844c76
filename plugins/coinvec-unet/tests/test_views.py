import numpy as np
import pytest
from coinvec_unet.views import View
from hypothesis import given
from hypothesis import strategies as st

from coinvec.domain.images import Picture


@given(
    st.integers(-500, 500), st.integers(-500, 500), st.integers(1, 3000),
    st.floats(-100, 400, width=32), st.floats(-100, 400, width=32),
)  # fmt: skip
def test_to_the_picture_and_back(x0, y0, side, x, y):
    view = View(x0, y0, side, 256)
    point = np.array([x, y], dtype=np.float32)
    assert view.to_view(view.to_picture(point)) == pytest.approx(point, abs=0.05)


@given(st.floats(-50, 4000), st.floats(-50, 4000), st.floats(0, 5000))
def test_a_view_contains_what_was_asked_for_and_little_more(cx, cy, side):
    view = View.around(np.array([cx, cy]), side, 256)
    assert view.x0 <= cx + 0.5 - side / 2 + 1e-6
    assert view.y0 <= cy + 0.5 - side / 2 + 1e-6
    assert view.x0 + view.side >= cx + 0.5 + side / 2 - 1e-6
    assert view.y0 + view.side >= cy + 0.5 + side / 2 - 1e-6
    assert view.side <= max(side, 8) + 2 * view.block
    assert view.x0 % view.block == view.y0 % view.block == view.side % view.block == 0


VIEWS = {
    "enlarged": View(40, 10, 128, 256),
    "reduced": View(-60, -30, 512, 256),
    "in blocks": View.around(np.array([170.3, 121.9]), 301.0, 32),
    "whole": View.whole(Picture(np.zeros((241, 323, 3), np.uint8)), 64),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("dot", [(100, 60), (121, 97)])
def test_a_sample_shows_what_the_map_says(view, dot):
    """A bright dot of the picture lies in the view where `to_view` puts it."""
    pixels = np.zeros((241, 323, 3), np.uint8)
    pixels[dot[1] - 9 : dot[1] + 10, dot[0] - 9 : dot[0] + 10] = 255
    sampled = view.sample(Picture(pixels))[..., 0].astype(float)
    rows, columns = np.mgrid[0 : view.size, 0 : view.size]
    found = np.array([(columns * sampled).sum(), (rows * sampled).sum()]) / sampled.sum()
    assert found == pytest.approx(view.to_view(np.array(dot, np.float32)), abs=0.1)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_frame_is_where_the_picture_ends(view):
    picture = Picture(np.zeros((241, 323, 3), np.uint8))
    (left, top), (right, bottom) = view.to_picture(view.frame(picture))
    assert left == pytest.approx(max(view.x0, 0) - 0.5, abs=0.01)
    assert top == pytest.approx(max(view.y0, 0) - 0.5, abs=0.01)
    assert right == pytest.approx(min(view.x0 + view.side, 323) - 0.5, abs=0.01)
    assert bottom == pytest.approx(min(view.y0 + view.side, 241) - 0.5, abs=0.01)


def test_beyond_its_edge_a_picture_goes_on():
    pixels = np.full((100, 100, 3), 50, np.uint8)
    pixels[:, 0] = 200
    sampled = View(-64, 0, 128, 64).sample(Picture(pixels))
    assert (sampled[:, :32] == 200).all()
    assert (sampled[:, 33:] == 50).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (37, 911), (2000, 30), (3, 4000)])
def test_pictures_of_any_shape_fill_the_view(shape):
    picture = Picture(np.full((*shape, 3), 77, np.uint8))
    view = View.whole(picture, 256)
    assert view.sample(picture).shape == (256, 256, 3)
    assert (view.sample(picture) == 77).all()
