import cv2
import numpy as np
import pytest
from coins import MIDDLE, SIZE, crop_of, minted, struck
from coinvec_rerank.gradients import SHAPE, STEPS, gradient_grid
from coinvec_rerank.network import Network
from coinvec_rerank.spectra import agreements, spectra
from hypothesis import given, settings
from hypothesis import strategies as st

COIN = struck(minted(1)[0])
NETWORK = Network()


def turned(crop, degrees):
    matrix = cv2.getRotationMatrix2D((MIDDLE, MIDDLE), degrees, 1.0)
    return crop_of(cv2.warpAffine(crop.cutout, matrix, (SIZE, SIZE), flags=cv2.INTER_CUBIC))


def agree(one, other):
    described = [NETWORK.describe(gradient_grid(each))[np.newaxis] for each in (one, other)]
    [[found]] = agreements(*map(spectra, described))
    return float(found)


def by_scale(crop):
    return np.split(gradient_grid(crop), len(STEPS))


def test_each_scale_of_a_grid_is_a_unit_vector():
    grid = gradient_grid(COIN)
    assert grid.shape == SHAPE
    assert grid.dtype == np.float32
    for scale in by_scale(COIN):
        assert np.linalg.norm(scale) == pytest.approx(1.0, abs=1e-5)


def test_grain_hides_the_details_first():
    grain = np.random.default_rng(0).normal(0, 25, COIN.cutout.shape)
    grainy = np.clip(COIN.cutout + grain, 1, 255).astype(np.uint8)
    grainy = crop_of(np.where(COIN.cutout_mask[..., None], grainy, 0).astype(np.uint8))
    pairs = zip(by_scale(COIN), by_scale(grainy), strict=True)
    fine, coarse = (float((one * other).sum()) for one, other in pairs)
    assert fine < coarse


@settings(max_examples=10, deadline=None)
@given(st.floats(-180, 180))
def test_a_turned_picture_agrees_with_itself(degrees):
    assert agree(COIN, turned(COIN, degrees)) > 0.85


def test_a_face_aside_is_found_where_it_is():
    away = np.roll(COIN.cutout, (4, -3), axis=(0, 1))
    grid, found = gradient_grid(COIN), gradient_grid(crop_of(away), (-3.0, 4.0))
    assert np.allclose(grid, found, atol=1e-5)
    assert not np.allclose(grid, gradient_grid(crop_of(away)), atol=1e-2)


def test_light_from_the_other_side_changes_little():
    inverted = crop_of(np.where(COIN.cutout_mask[..., None], 255 - COIN.cutout, 0).astype(np.uint8))
    assert agree(COIN, inverted) > 0.95


def test_a_coin_that_shows_nothing_agrees_with_nothing():
    blank = crop_of(np.zeros((SIZE, SIZE, 3), np.uint8))
    assert agree(blank, COIN) == agree(blank, blank) == 0.0


def test_small_cut_outs_are_enlarged():
    small = cv2.resize(COIN.cutout, (128, 128), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(COIN.cutout_mask.astype(np.uint8), (128, 128)) > 0
    assert agree(COIN, crop_of(small, mask)) > 0.7
