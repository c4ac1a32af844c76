import numpy as np
import pytest
from coinvec_rerank.spectra import (
    DESCRIPTOR_SHAPE,
    PACKED_BYTES,
    SECTORS,
    agreements,
    means,
    packed,
    spectra,
    unpacked,
)


def descriptors(count, seed=0):
    """Such as a network gives: their rings change from sector to sector, but not only there."""
    noise = np.random.default_rng(seed).normal(size=(count, *DESCRIPTOR_SHAPE))
    smooth = noise + np.roll(noise, 1, axis=3) + np.roll(noise, -1, axis=3)
    smooth -= smooth.mean(axis=3, keepdims=True)
    norms = np.linalg.norm(smooth.reshape(count, -1), axis=1)
    return (smooth / norms[:, None, None, None]).astype(np.float32)


def test_agreement_is_the_best_correlation_over_all_shifts():
    some, others = descriptors(2), descriptors(3, seed=1)
    brute = [
        [max(float((one * np.roll(other, by, axis=2)).sum()) for by in range(SECTORS))
         for other in others]
        for one in some
    ]  # fmt: skip
    found = agreements(spectra(some), spectra(others))
    np.testing.assert_allclose(found, brute, atol=2e-3)


def test_a_shifted_descriptor_agrees_with_itself():
    [one] = descriptors(1)
    shifted = np.roll(one, 17, axis=2)
    [[found]] = agreements(spectra(one[np.newaxis]), spectra(shifted[np.newaxis]))
    assert found == pytest.approx(1.0, abs=1e-5)


def test_what_is_packed_agrees_with_what_it_was():
    given = spectra(descriptors(3))
    kept = [packed(each) for each in given]
    assert {len(each) for each in kept} == {PACKED_BYTES}
    found = agreements(given, unpacked(kept))
    np.testing.assert_allclose(np.diag(found), 1.0, atol=1e-3)
    np.testing.assert_allclose(found, agreements(given, given), atol=2e-3)


def test_nothing_agrees_with_nothing():
    nothing = spectra(np.zeros((1, *DESCRIPTOR_SHAPE), np.float32))
    assert agreements(nothing, unpacked([packed(nothing[0])])) == 0.0
    assert agreements(nothing, spectra(descriptors(1))) == 0.0


def test_a_mean_is_closer_to_a_coin_than_its_noisy_pictures_however_turned():
    [coin], noise = descriptors(1), descriptors(12, seed=2)
    noisy = np.stack([np.roll(coin + each, 5 * at, axis=2) for at, each in enumerate(noise)])
    members = spectra(noisy)
    first, second = agreements(spectra(coin[None]), means(members, np.array([0, 6])))[0]
    assert min(first, second) > agreements(spectra(coin[None]), members).max() + 0.05


def test_the_mean_of_one_is_that_one():
    members = spectra(descriptors(3))
    np.testing.assert_allclose(means(members, np.arange(3)), members, atol=1e-5)


def test_the_mean_of_nothing_is_nothing():
    nothing = spectra(np.zeros((2, *DESCRIPTOR_SHAPE), np.float32))
    assert not means(nothing, np.array([0])).any()
