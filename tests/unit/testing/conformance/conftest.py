"""Writes plugins, good and bad, as modules that any interpreter can import."""

import itertools
import sys
from textwrap import dedent

import pytest

from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec, RankerSpec
from coinvec.testing.conformance import Subject
from coinvec.testing.conformance.encoder import ENCODER_CHECKS
from coinvec.testing.conformance.preprocessor import PREPROCESSOR_CHECKS
from coinvec.testing.conformance.ranker import RANKER_CHECKS

SPECS = {"encoder": EncoderSpec, "preprocessor": PreprocessorSpec, "ranker": RankerSpec}
CHECKS = {
    "encoder": ENCODER_CHECKS,
    "preprocessor": PREPROCESSOR_CHECKS,
    "ranker": RANKER_CHECKS,
}

_serial = itertools.count()


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Makes a subject of a class `Model` in a module of its own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    names = []

    def write(kind, source, **declared):
        names.append(f"tried_plugin_{next(_serial)}")
        (tmp_path / f"{names[-1]}.py").write_text(dedent(source), encoding="utf-8")
        declared = {"dim": 64, **declared} if kind == "encoder" else declared
        target = f"{names[-1]}:Model"
        return Subject(SPECS[kind](name="tried", target=target, revision="1", **declared))

    yield write
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def outcome():
    """What one check, by name, makes of a subject."""

    def check(subject, name):
        [wanted] = [each for each in CHECKS[subject.spec.kind] if each.name == name]
        return wanted.outcome(subject)

    return check
