"""Checks that every kind of plugin takes."""

from coinvec.testing.conformance.checks import require
from coinvec.testing.conformance.elsewhere import imported_by_hooks
from coinvec.testing.conformance.subjects import AnySubject

__all__ = ["light_until_used", "loads"]

_NAMED = 3
"""How many modules a message names."""


def loads(subject: AnySubject) -> str:
    """Its target is made without arguments and has the method of its kind."""
    return type(subject.model).__qualname__


def light_until_used(subject: AnySubject) -> str:
    """Declaring it imports neither its implementation nor any other library."""
    if not subject.hooks:
        return "not asked: it has no hooks module of its own"
    package = subject.hooks.partition(".")[0]
    target = subject.spec.target.partition(":")[0]
    heavy = [
        name
        for name in imported_by_hooks(subject.hooks)
        if name.partition(".")[0] != package or (name == target and name != subject.hooks)
    ]
    require(
        not heavy,
        f"To hear what {subject.hooks} declares, Python has to import {_some(heavy)}.",
        "Import it in the module behind `target`, which is loaded on first use.",
    )
    return ""


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
