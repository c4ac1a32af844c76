"""What every encoder promises; see `coinvec.plugin.protocols.Encoder`."""

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from coinvec.domain.images import Crop
from coinvec.domain.vectors import NORM_TOLERANCE, FloatArray
from coinvec.testing.conformance.checks import Check, Outcome, fail, require, run_checks
from coinvec.testing.conformance.elsewhere import encoded_elsewhere
from coinvec.testing.conformance.material import odd_crops, sample_crops
from coinvec.testing.conformance.packing import pack
from coinvec.testing.conformance.quality import recognised
from coinvec.testing.conformance.shared import light_until_used, loads
from coinvec.testing.conformance.subjects import EncoderSubject

__all__ = ["ENCODER_CHECKS", "check_encoder"]

SAME = 1e-4
"""By how much the components of two vectors of one coin may differ: rounding, nothing more."""
LEAST_HIT_RATE = 0.5
"""Of coins that are hardly turned, under slightly other light; chance finds one in sixteen."""
_THREADS = 4
_ROUNDS = 12


def shape(subject: EncoderSubject) -> str:
    """It returns one row for each crop, of as many numbers as it declares."""
    vectors = np.asarray(subject.model.encode(sample_crops()))
    wanted = (len(sample_crops()), subject.spec.dim)
    require(
        vectors.shape == wanted,
        f"{len(sample_crops())} crops gave an array of shape {vectors.shape}; the declared dim "
        f"{subject.spec.dim} asks for {wanted}.",
        f"Return one row a crop, or declare dim={vectors.shape[-1] if vectors.ndim else 1}.",
    )
    return f"{wanted[0]} × {wanted[1]}"


def dtype(subject: EncoderSubject) -> str:
    """Its numbers are a numpy array of float32."""
    vectors: object = subject.model.encode(sample_crops())
    found = str(vectors.dtype) if isinstance(vectors, np.ndarray) else type(vectors).__name__
    require(
        found == "float32",
        f"The crops gave {found} and not a numpy array of float32.",
        "Return `vectors.astype(np.float32)`.",
    )
    return ""


def finite(subject: EncoderSubject) -> str:
    """No number is infinite or not a number."""
    vectors = _encoded(subject, sample_crops())
    bad = int(np.count_nonzero(~np.isfinite(vectors)))
    require(not bad, f"{bad} numbers are infinite or NaN.", "Look for a division by zero.")
    return ""


def unit_norm(subject: EncoderSubject) -> str:
    """Each row has the Euclidean norm 1."""
    _require_unit(_encoded(subject, sample_crops()))
    return ""


def empty_batch(subject: EncoderSubject) -> str:
    """No crops give an array of no rows and of the declared width."""
    vectors = np.asarray(subject.model.encode([]))
    require(
        vectors.shape == (0, subject.spec.dim) and vectors.dtype == np.float32,
        f"encode([]) gave shape {vectors.shape} of {vectors.dtype}.",
        f"Return `np.zeros((0, {subject.spec.dim}), dtype=np.float32)` where there is nothing.",
    )
    return ""


def odd_crops_too(subject: EncoderSubject) -> str:
    """Blank, maskless, small and large crops give vectors of norm 1 as well."""
    _require_unit(_encoded(subject, odd_crops()))
    return ""


def deterministic(subject: EncoderSubject) -> str:
    """The same crops give the same numbers again, from another instance, too."""
    first = _encoded(subject, sample_crops())
    _require_same(first, _encoded(subject, sample_crops()), "A second call gave other numbers")
    again = np.asarray(subject.fresh().encode(sample_crops()), dtype=np.float32)
    _require_same(first, again, "A second instance gave other numbers")
    return ""


def batch_equals_singles(subject: EncoderSubject) -> str:
    """A batch of n gives what n batches of one give, in their order."""
    batch = _encoded(subject, sample_crops())
    singles = np.concatenate([_encoded(subject, [crop]) for crop in sample_crops()])
    return _require_same(batch, singles, "A batch gave other numbers than its crops one by one")


def input_untouched(subject: EncoderSubject) -> str:
    """It leaves the crops as they were."""
    crops = sample_crops()
    before = [pack(crop) for crop in crops]
    subject.model.encode(crops)
    changed = [at for at, crop in enumerate(crops) if pack(crop) != before[at]]
    require(not changed, f"It wrote into {len(changed)} crops.", "Work on a copy of `crop.cutout`.")
    return ""


def thread_safe(subject: EncoderSubject) -> str:
    """Threads that use one instance at once get what one thread gets."""
    expected = _encoded(subject, sample_crops())
    with ThreadPoolExecutor(_THREADS) as pool:
        rounds = list(pool.map(lambda _: _encoded(subject, sample_crops()), range(_ROUNDS)))
    for found in rounds:
        _require_same(expected, found, "Threads that encode at once get other numbers")
    return ""


def revision_true(subject: EncoderSubject) -> str:
    """Its revision stands for one set of numbers: another process makes the same."""
    content = encoded_elsewhere(subject.spec.target, [pack(crop) for crop in sample_crops()])
    elsewhere = np.load(io.BytesIO(content), allow_pickle=False)
    here = _encoded(subject, sample_crops())
    return _require_same(here, elsewhere, f"Revision {subject.spec.revision!r} is not one model")


def recognises(subject: EncoderSubject) -> str:
    """It finds most rendered coins again that are hardly turned and lit a little differently."""
    rate, count = recognised(subject.model)
    measured = f"hit rate at 1: {rate:.2f} of {count}, chance {1 / count:.2f}"
    require(
        rate >= LEAST_HIT_RATE,
        f"{measured}; at least {LEAST_HIT_RATE} is asked for.",
        "Look at `crop.cutout` (is it black?), and whether different coins get different vectors.",
    )
    return measured


ENCODER_CHECKS: Final[tuple[Check[EncoderSubject], ...]] = (
    Check.of(loads),
    Check.of(light_until_used),
    *map(
        Check[EncoderSubject].of,
        (
            shape,
            dtype,
            finite,
            unit_norm,
            empty_batch,
            odd_crops_too,
            deterministic,
            batch_equals_singles,
            input_untouched,
            thread_safe,
            revision_true,
            recognises,
        ),
    ),
)
"""Loading first: without it no other can be run."""


def check_encoder(subject: EncoderSubject) -> Iterator[Outcome]:
    """Hold an encoder to every promise.

    Args:
        subject: The declaration.

    Yields:
        One outcome a check. An encoder that cannot be loaded has one outcome alone.
    """
    return run_checks(ENCODER_CHECKS, subject)


def _encoded(subject: EncoderSubject, crops: Sequence[Crop]) -> FloatArray:
    return np.asarray(subject.model.encode(crops), dtype=np.float32)


def _require_unit(vectors: FloatArray) -> None:
    norms = np.linalg.norm(vectors.astype(np.float64), axis=-1)
    off = ~(np.abs(norms - 1.0) <= NORM_TOLERANCE)
    if off.any():
        fail(
            f"{np.count_nonzero(off)} of {norms.size} rows have another norm than 1, e.g. "
            f"{np.ravel(norms)[int(np.argmax(off))]:.4g}.",
            "Divide each row by its norm; give a row of zeros a fixed direction first.",
        )


def _require_same(one: FloatArray, other: FloatArray, fault: str) -> str:
    """How far two arrays are apart, where that is rounding."""
    if one.shape != other.shape:
        fail(f"{fault}: {one.shape} against {other.shape}.", "Return one row a crop.")
    apart = float(np.max(np.abs(one.astype(np.float64) - other), initial=0.0))
    require(
        apart <= SAME,
        f"{fault}: components differ by up to {apart:.2g}, and {SAME:g} is rounding.",
        "Keep no state between calls, draw no random numbers, and normalise over no batch.",
    )
    return f"within {apart:.1g}"
