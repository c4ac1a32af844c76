import numpy as np
import pytest
from coinvec_unet.instances import part
from coinvec_unet.outline import RIM_LOGIT, fit_ellipse, trace
from drawn_logits import SHARPNESS, logits
from hypothesis import given, settings
from hypothesis import strategies as st

from coinvec.domain.images import Ellipse

WHOLE = np.array([[-0.5, -0.5], [255.5, 255.5]], np.float32)

SHIFT = RIM_LOGIT / SHARPNESS
"""How many pixels within the zero of the logits the rim is drawn."""


@settings(deadline=None, max_examples=40)
@given(
    st.floats(110, 146), st.floats(110, 146), st.floats(50, 100), st.floats(0.5, 1),
    st.floats(0, 180),
)  # fmt: skip
def test_the_ellipse_is_found_to_a_fraction_of_a_pixel(cx, cy, rx, share, degrees):
    coin = Ellipse(cx, cy, rx, rx * share, degrees)
    drawn = logits(coin)
    [mask] = part(drawn)
    traced = trace(drawn[0], mask, WHOLE)
    assert (traced.ellipse.cx, traced.ellipse.cy) == pytest.approx((cx, cy), abs=0.3)
    found = sorted((traced.ellipse.rx, traced.ellipse.ry), reverse=True)
    assert found == pytest.approx(sorted((coin.rx, coin.ry), reverse=True), abs=SHIFT + 0.6)


@pytest.mark.parametrize("reach", [40, 80], ids=["covered", "covering"])
def test_a_neighbour_at_a_fifth_of_the_rim_does_not_bend_the_ellipse(reach):
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    lengths = np.full(180, 60.0)
    lengths[20:56] += (reach - 60) * np.sin(np.linspace(0, np.pi, 36))
    points = 100 + lengths[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ellipse = fit_ellipse(points.astype(np.float32))
    assert ellipse.as_tuple()[:4] == pytest.approx((100, 100, 60, 60), abs=0.5)


def test_the_ellipse_of_a_square_prefers_none_of_its_sides():
    side = np.linspace(-50, 50, 45)
    edges = [(side, -50), (side, 50), (-50, side), (50, side)]
    points = np.concatenate([np.stack(np.broadcast_arrays(*edge), axis=1) for edge in edges])
    ellipse = fit_ellipse((points + 100).astype(np.float32))
    assert (ellipse.cx, ellipse.cy) == pytest.approx((100, 100), abs=0.5)
    assert ellipse.rx == pytest.approx(ellipse.ry, rel=0.01)


def test_too_few_points_are_no_ellipse():
    assert fit_ellipse(np.zeros((5, 2), np.float32)) is None


def test_what_lies_beyond_the_picture_bends_nothing():
    """A picture's edge goes on in the view, and the network may take the smear for coin."""
    coin = Ellipse(70, 128, 80, 80)
    drawn = logits(coin)
    drawn[:, :, :30] = drawn[:, :, 30:31]
    [mask] = part(drawn)
    found = trace(drawn[0], mask, np.array([[29.5, -0.5], [255.5, 255.5]], np.float32)).ellipse
    assert (found.cx, found.cy) == pytest.approx((70, 128), abs=1)
    assert (found.rx, found.ry) == pytest.approx((80, 80), abs=SHIFT + 1)


def test_a_coin_cut_by_the_frame_keeps_its_true_ellipse():
    coin = Ellipse(40, 128, 70, 70)
    drawn = logits(coin)
    [mask] = part(drawn)
    found = trace(drawn[0], mask, WHOLE).ellipse
    assert (found.cx, found.rx, found.ry) == pytest.approx((40, 70, 70), abs=SHIFT + 1.5)


def test_a_square_coin_keeps_its_corners():
    y, x = np.mgrid[0:256, 0:256].astype(np.float32)
    distance = 70 - np.maximum(np.abs(x - 128), np.abs(y - 128))
    core = 42 - np.maximum(np.abs(x - 128), np.abs(y - 128))
    drawn = (np.stack([distance, core]) * SHARPNESS).clip(-12, 12).astype(np.float32)
    [mask] = part(drawn)
    rim = trace(drawn[0], mask, WHOLE).rim
    reach = np.hypot(*(rim - 128).T)
    assert reach.min() == pytest.approx(70, abs=SHIFT + 1.5)
    assert reach.max() > 90
