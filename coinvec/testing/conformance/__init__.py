"""What every plugin must do: plain functions that check it, and pytest classes around them.

    from coinvec.testing.conformance import check_encoder, find_subjects

    for subject in find_subjects("my-encoder"):
        for outcome in check_encoder(subject):
            print(outcome.check, outcome.passed, outcome.detail)

`coinvec plugins check NAME` runs the same functions, and so does a test class that names its plugin
and inherits `EncoderConformance`, `PreprocessorConformance` or `RankerConformance`. Nothing in here
imports pytest. The names below are resolved on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coinvec.testing.conformance.checks import Check, Outcome
    from coinvec.testing.conformance.classes import (
        EncoderConformance,
        PreprocessorConformance,
        RankerConformance,
    )
    from coinvec.testing.conformance.encoder import check_encoder
    from coinvec.testing.conformance.material import candidates, coin_crop, designs, scene
    from coinvec.testing.conformance.plot import draw_curves
    from coinvec.testing.conformance.preprocessor import check_preprocessor
    from coinvec.testing.conformance.quality import Curve, measure_encoder, measure_preprocessor
    from coinvec.testing.conformance.ranker import check_ranker
    from coinvec.testing.conformance.report import Report, check_installed, check_plugin
    from coinvec.testing.conformance.subjects import Subject, find_subjects

__all__ = [
    "Check",
    "Curve",
    "EncoderConformance",
    "Outcome",
    "PreprocessorConformance",
    "RankerConformance",
    "Report",
    "Subject",
    "candidates",
    "check_encoder",
    "check_installed",
    "check_plugin",
    "check_preprocessor",
    "check_ranker",
    "coin_crop",
    "designs",
    "draw_curves",
    "find_subjects",
    "measure_encoder",
    "measure_preprocessor",
    "scene",
]

_HOMES = {
    "Check": "checks",
    "Curve": "quality",
    "EncoderConformance": "classes",
    "Outcome": "checks",
    "PreprocessorConformance": "classes",
    "RankerConformance": "classes",
    "Report": "report",
    "Subject": "subjects",
    "candidates": "material",
    "check_encoder": "encoder",
    "check_installed": "report",
    "check_plugin": "report",
    "check_preprocessor": "preprocessor",
    "check_ranker": "ranker",
    "coin_crop": "material",
    "designs": "material",
    "draw_curves": "plot",
    "find_subjects": "subjects",
    "measure_encoder": "quality",
    "measure_preprocessor": "quality",
    "scene": "material",
}


def __getattr__(name: str) -> object:
    """Resolve a public name in its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names, resolved or not."""
    return sorted({*globals(), *__all__})
