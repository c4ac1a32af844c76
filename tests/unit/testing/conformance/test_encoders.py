"""Each check of the kit finds the fault it is there for, in an encoder that is right otherwise."""

import pytest

from coinvec.testing.conformance import check_encoder

GOOD = """
import itertools, os, time
import numpy as np
from coinvec_classic.polar import PolarEncoder

calls = itertools.count()

class Model(PolarEncoder):
"""


@pytest.fixture
def tried(written, outcome):
    """What one check makes of an encoder that is right but for what stands in its body."""
    return lambda body, check, **declared: outcome(
        written("encoder", GOOD + body, **declared), check
    )


@pytest.mark.parametrize(
    ("body", "check", "words"),
    [
        ("return super().encode(crops)[:, :60]", "shape", "(5, 60)"),
        ("return super().encode(crops).astype(np.float64)", "dtype", "float64"),
        ("return super().encode(crops).tolist()", "dtype", "list"),
        ("return super().encode(crops) * np.float32(np.nan)", "finite", "320 numbers"),
        ("return super().encode(crops) * np.float32(2)", "unit-norm", "e.g. 2"),
        ("return np.stack([super(Model, self).encode([c])[0] for c in crops])", "empty-batch",
         "ValueError: "),
        ("return super().encode(crops) * np.float32(all(c.cutout.any() for c in crops))",
         "odd-crops-too", "another norm"),
        ("return np.roll(super().encode(crops), next(calls), axis=1)", "deterministic",
         "second call"),
        ("return np.roll(super().encode(crops), len(crops) - 5, axis=1)",
         "batch-equals-singles", "one by one"),
        ("v = super().encode(crops); [c.cutout.__setitem__((0, 0), 9) for c in crops]; return v",
         "input-untouched", "wrote into"),
        ("o = np.argsort([hash(str(n)) for n in range(64)]); return super().encode(crops)[:, o]",
         "revision-true",
         "Revision '1' is not one model"),
        ("return np.tile(np.float32([1] + [0] * 63), (len(crops), 1))", "recognises",
         "hit rate at 1: 0.00"),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_named(tried, body, check, words):
    found = tried(f"    def encode(self, crops):\n        {body}", check)
    assert not found.passed
    assert words in found.detail
    raised = found.detail.startswith("It raised")
    assert raised or ". " in found.detail, "a finding ends with what to do"


def test_threads_that_share_state_are_found(tried):
    body = """
    def encode(self, crops):
        self.busy = getattr(self, "busy", 0) + 1
        time.sleep(0.01)
        crowd, self.busy = self.busy, self.busy - 1
        return np.roll(super().encode(crops), crowd - 1, axis=1)
"""
    assert tried(body, "deterministic").passed
    found = tried(body, "thread-safe")
    assert not found.passed
    assert "Threads" in found.detail


def test_a_declared_dimension_that_is_not_true(tried):
    assert "declare dim=64" in tried("    pass", "shape", dim=32).detail


def test_one_that_cannot_be_loaded_is_asked_no_more(written):
    [found] = check_encoder(written("encoder", "import no_such_library_of_ours"))
    assert (found.check, found.passed) == ("loads", False)
    assert "no_such_library_of_ours" in found.detail


def test_what_an_encoder_raises_is_the_finding(tried):
    found = tried("    def encode(self, crops):\n        raise RuntimeError('no licence')", "shape")
    assert not found.passed
    assert "RuntimeError: no licence" in found.detail
