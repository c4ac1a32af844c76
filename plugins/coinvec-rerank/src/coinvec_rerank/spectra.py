"""Descriptors of coins in the frequency domain, where all turns are compared at once.

A turn shifts a descriptor along its rings, and a product of spectra is the correlation under every
shift (B. Reddy, B. Chatterji: An FFT-based technique for translation, rotation and scale-invariant
image registration, 1996).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.vectors import FloatArray
from coinvec_rerank.gradients import ORIENTATIONS, RINGS

SECTORS: Final = 64
DESCRIPTOR_SHAPE: Final = (ORIENTATIONS, RINGS, SECTORS)
"""Of what the network makes of a grid."""
FREQUENCIES: Final = 32
"""Of 33: the last one has no phase."""
_SHAPE: Final = (ORIENTATIONS, RINGS, FREQUENCIES)
_STEPS: Final = 127
_LEAST: Final = 0.1
"""Of the norm, which is 1 or more where a coin shows anything."""
PACKED_BYTES: Final = 2 * int(np.prod(_SHAPE))

SpectrumArray = NDArray[np.complex64]
IntArray = NDArray[np.intp]


def spectra(descriptors: FloatArray) -> SpectrumArray:
    """The Fourier transforms of descriptors along their rings, for `agreements`.

    Args:
        descriptors: N of `DESCRIPTOR_SHAPE`.

    Returns:
        N × orientations × rings × frequencies, such that each agrees with itself by 1; zeros
        where the coin shows nothing.
    """
    return _unit(np.fft.rfft(descriptors, axis=-1)[..., :FREQUENCIES].astype(np.complex64))


def agreements(some: SpectrumArray, others: SpectrumArray) -> FloatArray:
    """The largest correlations of coins under any turn, -1 to 1.

    Args:
        some: Spectra of N coins.
        others: Those of M others.

    Returns:
        N × M.
    """
    # One at a time: products of whole spectra are some ten times as fast as one of matrices for
    # each frequency, and there are one or two photos.
    best: FloatArray = np.stack([_over_turns(each, others).max(axis=1) for each in some])
    return best


def means(members: SpectrumArray, starts: IntArray) -> SpectrumArray:
    """What coins of one design have in common: the mean of each group of spectra.

    Each is turned as it agrees best with the first of its group, and counts by how well it does.

    Args:
        members: Spectra of N coins, those of a group one after another.
        starts: Where each of G groups begins, ascending from 0.

    Returns:
        G spectra, such as `spectra` gives.
    """
    groups = np.split(members, starts[1:])
    over_turns = np.concatenate([_over_turns(group[0], group) for group in groups])
    turns, agreed = over_turns.argmax(axis=1), over_turns.max(axis=1).clip(min=0.0)
    angles = np.outer(turns, np.arange(FREQUENCIES)) * (2j * np.pi / SECTORS)
    aligned = (agreed[:, np.newaxis] * np.exp(angles)).astype(np.complex64)
    return _unit(np.add.reduceat(members * aligned[:, np.newaxis, np.newaxis], starts, axis=0))


def _over_turns(one: SpectrumArray, others: SpectrumArray) -> FloatArray:
    """Correlations of a spectrum with N others under every turn, N × sectors."""
    products = (others * one.conj()).sum(axis=(1, 2))
    return np.fft.irfft(products, n=SECTORS, axis=-1).astype(np.float32)


def packed(spectrum: SpectrumArray) -> bytes:
    """One coin's spectrum in `PACKED_BYTES` bytes: the scale does not matter, so none is kept."""
    numbers = spectrum.view(np.float32)
    greatest = float(np.abs(numbers).max())
    steps = numbers * (_STEPS / greatest if greatest > 0 else 0.0)
    kept: bytes = np.rint(steps).astype(np.int8).tobytes()
    return kept


def unpacked(kept: Sequence[bytes]) -> SpectrumArray:
    """The spectra of several coins."""
    steps = np.frombuffer(b"".join(kept), dtype=np.int8).reshape(len(kept), *_SHAPE[:-1], -1)
    return _unit(steps.astype(np.float32).view(np.complex64))


def _unit(spectrum: SpectrumArray) -> SpectrumArray:
    power, constant = _power(spectrum), _power(spectrum[..., :1])
    # Each but the first stands for its negative frequency too.
    norms = np.sqrt((2.0 * power - constant) / SECTORS)
    scales = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > _LEAST)
    unit: SpectrumArray = spectrum * scales[:, np.newaxis, np.newaxis, np.newaxis]
    return unit


def _power(spectrum: SpectrumArray) -> FloatArray:
    """The sum of squared magnitudes of each of N."""
    numbers = np.ascontiguousarray(spectrum).view(np.float32).reshape(len(spectrum), -1)
    sums: FloatArray = np.einsum("ij,ij->i", numbers, numbers)  # one pass without copies
    return sums
