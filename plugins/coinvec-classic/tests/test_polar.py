from dataclasses import replace

import cv2
import numpy as np
import pytest
from coinvec_classic import polar, spectrum
from coinvec_classic.polar import DIM, PolarEncoder
from drawn_coins import turned_crop
from hypothesis import given, settings
from hypothesis import strategies as st

from coinvec.domain.images import Crop
from coinvec.errors import PluginError

SEEDS = range(6)


@pytest.fixture(scope="module")
def encoder() -> PolarEncoder:
    return PolarEncoder()


def test_no_crops_make_an_empty_matrix(encoder):
    empty = encoder.encode([])
    assert empty.shape == (0, DIM)
    assert empty.dtype == np.float32


def test_rows_are_float32_of_norm_1(encoder):
    vectors = encoder.encode([turned_crop(seed, 0) for seed in SEEDS])
    assert vectors.shape == (len(SEEDS), DIM)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_batch_equals_its_singles_bit_for_bit(encoder):
    crops = [turned_crop(seed, 15 * seed) for seed in SEEDS]
    singles = np.concatenate([encoder.encode([crop]) for crop in crops])
    assert np.array_equal(encoder.encode(crops), singles)
    assert np.array_equal(PolarEncoder().encode(crops), singles)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 50), degrees=st.floats(0, 360))
def test_turning_a_coin_changes_nearly_nothing(seed, degrees):
    upright, turned = PolarEncoder().encode([turned_crop(seed, 0), turned_crop(seed, degrees)])
    assert upright @ turned >= 0.97


def test_a_turned_coin_is_nearer_than_any_other_coin(encoder):
    upright = encoder.encode([turned_crop(seed, 0) for seed in SEEDS])
    turned = encoder.encode([turned_crop(seed, 40 + 50 * seed) for seed in SEEDS])
    similarity = upright @ turned.T
    others = similarity[~np.eye(len(SEEDS), dtype=bool)]
    assert np.diag(similarity).min() > others.max() + 0.1


def darker(crop: Crop) -> Crop:
    dark = (crop.cutout.astype(float) * 0.5).astype(np.uint8)
    return replace(crop, cutout=dark)


def larger(crop: Crop) -> Crop:
    grown = cv2.resize(crop.cutout, (384, 384), interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(crop.cutout_mask.astype(np.uint8), (384, 384)) > 0
    return replace(crop, cutout=grown, cutout_mask=mask)


def off_centre(crop: Crop) -> Crop:
    moved = np.roll(crop.cutout, (9, -8), axis=(0, 1))
    return replace(crop, cutout=moved, cutout_mask=np.roll(crop.cutout_mask, (9, -8), axis=(0, 1)))


@pytest.mark.parametrize("change", [darker, larger, off_centre])
def test_light_size_and_place_hardly_matter(encoder, change):
    crop = turned_crop(2, 0)
    plain, changed = encoder.encode([crop, change(crop)])
    assert plain @ changed > 0.97


@pytest.mark.parametrize("level", [0, 128])
def test_a_blank_or_maskless_crop_still_has_a_direction(encoder, level):
    crop = turned_crop(2, 0)
    blank = replace(crop, cutout=np.full_like(crop.cutout, level))
    bare = replace(blank, cutout_mask=np.zeros_like(crop.cutout_mask))
    assert np.linalg.norm(encoder.encode([blank, bare]), axis=1) == pytest.approx(1.0, abs=1e-5)


def test_the_spectrum_is_the_fourier_transform_along_the_angle():
    # k spokes have energy at multiples of k alone, whatever the ring.
    crop, spokes = turned_crop(0, 0), 7
    y, x = np.mgrid[0:256, 0:256] - 127.5
    wave = 128 + 80 * np.sin(spokes * np.arctan2(y, x))
    grey = np.repeat(wave.astype(np.uint8)[..., None], 3, axis=2)
    numbers = spectrum.power_spectrum(replace(crop, cutout=grey))
    brightness = numbers.reshape(spectrum.RINGS, -1)[4:-2, : spectrum.FREQUENCIES]
    assert (brightness.argmax(axis=1) == spokes).all()
    multiples = np.arange(spectrum.FREQUENCIES) % spokes == 0
    assert brightness[:, multiples].mean() > 5 * brightness[:, ~multiples].mean()


def test_a_broken_projection_is_reported(monkeypatch):
    monkeypatch.setattr(polar, "_PROJECTION", "missing.npz")
    with pytest.raises(PluginError, match="Reinstall"):
        PolarEncoder()
    monkeypatch.setattr(polar, "_PROJECTION", "polar.py")
    with pytest.raises(PluginError, match="cannot read"):
        PolarEncoder()
