import numpy as np
import pytest
from coinvec_train.scenes.blending import (
    collapsed,
    laplacian_pyramid,
    merged,
    pyramid_merged,
)
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(deadline=None)
@given(st.integers(17, 70), st.integers(17, 70), st.integers(0, 3), st.integers(0, 99))
def test_a_laplacian_pyramid_collapses_to_its_picture(height, width, levels, seed):
    picture = np.random.default_rng(seed).uniform(0, 255, (height, width, 3)).astype(np.float32)
    again = collapsed(laplacian_pyramid(picture, levels))
    assert np.abs(again - picture).max() < 1e-2


def test_pyramids_soften_the_seam_and_leave_the_rest():
    alpha = np.zeros((96, 96), np.float32)
    alpha[:, 48:] = 1
    dark, light = np.zeros((96, 96, 3), np.float32), np.full((96, 96, 3), 200, np.float32)
    hard, soft = merged(dark, light, alpha), pyramid_merged(dark, light, alpha, 96)
    assert hard[40, 47].tolist() == [0, 0, 0]
    assert 10 < soft[40, 47, 0] < 190
    assert soft[40, 20, 0] == pytest.approx(0, abs=1)
    assert soft[40, 80, 0] == pytest.approx(200, abs=1)
