"""Test classes for plugin authors: name your plugin, inherit, and pytest runs every check.

from coinvec.testing.conformance import EncoderConformance

class TestMyEncoder(EncoderConformance):
    plugin = "my-encoder"
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec, RankerSpec
from coinvec.testing.conformance.checks import Check
from coinvec.testing.conformance.encoder import ENCODER_CHECKS
from coinvec.testing.conformance.preprocessor import PREPROCESSOR_CHECKS
from coinvec.testing.conformance.ranker import RANKER_CHECKS
from coinvec.testing.conformance.subjects import AnySubject, find_subjects

if TYPE_CHECKING:
    from pytest import Metafunc  # noqa: PT013 - a name for the type checker; nothing imports pytest

__all__ = ["EncoderConformance", "PreprocessorConformance", "RankerConformance"]


class _Conformance:
    """One test a check.

    Attributes:
        plugin: The declared name of what is tested; it must be installed.
    """

    plugin: ClassVar[str]
    kind: ClassVar[str]
    checks: ClassVar[Sequence[Check[Any]]]

    def pytest_generate_tests(self, metafunc: "Metafunc") -> None:
        """Make one test of each check; pytest calls this while it collects."""
        if "check" in metafunc.fixturenames:
            metafunc.parametrize("check", self.checks, ids=[each.name for each in self.checks])

    def test_conforms(self, check: Check[Any]) -> None:
        """The plugin keeps the promise."""
        check.run(_subject(self.kind, self.plugin))


class PreprocessorConformance(_Conformance):
    """Inherit and name the preprocessor as `plugin`."""

    kind = PreprocessorSpec.kind
    checks = PREPROCESSOR_CHECKS


class EncoderConformance(_Conformance):
    """Inherit and name the encoder as `plugin`."""

    kind = EncoderSpec.kind
    checks = ENCODER_CHECKS


class RankerConformance(_Conformance):
    """Inherit and name the ranker as `plugin`."""

    kind = RankerSpec.kind
    checks = RANKER_CHECKS


@cache
def _subject(kind: str, name: str) -> AnySubject:
    """The declaration of that name; all tests of a class share its instance."""
    return find_subjects(name, kind=kind)[0]
