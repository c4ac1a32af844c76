"""Everything that was found out about one declaration, for people and for programs."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from coinvec.errors import UnavailableError
from coinvec.plugin.host import PluginHost
from coinvec.plugin.records import PluginRecord
from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec, RankerSpec
from coinvec.testing.conformance.checks import Check, Outcome, run_checks
from coinvec.testing.conformance.encoder import check_encoder
from coinvec.testing.conformance.plot import draw_curves
from coinvec.testing.conformance.preprocessor import check_preprocessor
from coinvec.testing.conformance.quality import Curve, measure_encoder, measure_preprocessor
from coinvec.testing.conformance.ranker import check_ranker
from coinvec.testing.conformance.shared import light_until_used, loads
from coinvec.testing.conformance.subjects import AnySubject, find_subjects

__all__ = ["Report", "check_installed", "check_plugin"]

_CHECKS: Final[dict[str, Callable[[Any], Iterator[Outcome]]]] = {
    PreprocessorSpec.kind: check_preprocessor,
    EncoderSpec.kind: check_encoder,
    RankerSpec.kind: check_ranker,
}
_MEASURES: Final[dict[str, Callable[[Any], list[Curve]]]] = {
    PreprocessorSpec.kind: measure_preprocessor,
    EncoderSpec.kind: measure_encoder,
}
"""Kinds whose quality can be measured on rendered coins."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the checks of one declaration.

    Attributes:
        kind: What it declares.
        name: Its name.
        revision: Its revision.
        outcomes: One a check.
        curves: What was measured; empty unless that was asked for and all checks passed.
    """

    kind: str
    name: str
    revision: str
    outcomes: tuple[Outcome, ...]
    curves: tuple[Curve, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every promise is kept."""
        return all(outcome.passed for outcome in self.outcomes)

    def for_json(self) -> dict[str, object]:
        """The report as plain values."""
        return {**asdict(self), "passed": self.passed}

    def write(self, folder: Path) -> list[Path]:
        """Write the report as JSON, and what was measured as a picture.

        Args:
            folder: Where to; made if it does not exist.

        Returns:
            What was written.

        Raises:
            UnavailableError: The folder cannot be written to.
        """
        stem = f"{self.kind}-{self.name}"
        files = {f"{stem}.json": (json.dumps(self.for_json(), indent=2) + "\n").encode()}
        if self.curves:
            heading = f"{self.kind} {self.name}@{self.revision} on rendered coins"
            files[f"{stem}.png"] = draw_curves(self.curves, heading)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
        except OSError as error:
            raise UnavailableError(
                f"The report cannot be written to {folder}: {error.strerror}.",
                hint="Name a folder that can be written to: --report DIR",
            ) from error
        return [folder / name for name in files]


def check_plugin(subject: AnySubject, *, measured: bool = False) -> Report:
    """Hold one declaration to what its kind promises.

    Args:
        subject: The declaration.
        measured: Measure its quality as well, where there is a measure and all checks passed.
    """
    spec = subject.spec
    outcomes = tuple(_CHECKS.get(spec.kind, _check_any)(subject))
    report = Report(spec.kind, spec.name, spec.revision, outcomes)
    if not (measured and report.passed and spec.kind in _MEASURES):
        return report
    curves = tuple(_MEASURES[spec.kind](subject.model))
    return Report(spec.kind, spec.name, spec.revision, outcomes, curves)


def check_installed(
    host: PluginHost, name: str = "", *, kind: str = "", measured: bool = False
) -> Iterator[Report]:
    """Hold everything that goes by a name to its promises; a plugin that failed to load breaks all.

    Args:
        host: What is installed.
        name: As in `find_subjects`; empty for everything.
        kind: As in `find_subjects`.
        measured: As in `check_plugin`.

    Raises:
        PluginError: Nothing goes by that name.
    """
    broken = [each for each in host.failures() if name in ("", each.entry_point, each.distribution)]
    yield from map(_not_loaded, broken)
    if not (name and broken):
        for subject in find_subjects(name, kind=kind, host=host):
            yield check_plugin(subject, measured=measured)


def _not_loaded(record: PluginRecord) -> Report:
    detail = f"{record.reason} {record.remedy}".strip()
    outcome = Outcome("loads", "Its hooks are registered.", False, detail, 0.0)
    return Report("plugin", record.entry_point, record.version, (outcome,))


def _check_any(subject: AnySubject) -> Iterator[Outcome]:
    """What can be checked of kinds that have no checks of their own."""
    return run_checks((Check.of(loads), Check.of(light_until_used)), subject)
