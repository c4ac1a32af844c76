"""What became of each plugin: the host's account for people and for `coinvec plugins list`."""

from dataclasses import dataclass, field
from enum import StrEnum

from coinvec.plugin.specs import PluginSpec

__all__ = ["PluginRecord", "PluginStatus"]


class PluginStatus(StrEnum):
    """What became of a plugin."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRecord:
    """One entry point of the group `coinvec`, or the core's own hooks.

    Attributes:
        entry_point: Its name; unique within the distribution.
        distribution: The installed distribution that declares it; empty where the allow-list
            names something that is not installed.
        version: The distribution's version.
        status: What became of it; `skipped` means it is not on the allow-list.
        reason: Why it failed or was skipped, as a sentence.
        remedy: What to do about it.
        warnings: What will stop working in a later release, one sentence each.
        specs: What it declares; of a failed plugin, what it declared before it failed.
        cause: The exception behind a failure, for tracebacks.
    """

    entry_point: str
    distribution: str
    version: str
    status: PluginStatus
    reason: str = ""
    remedy: str = ""
    warnings: tuple[str, ...] = ()
    specs: tuple[PluginSpec, ...] = ()
    cause: BaseException | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        """`entry point (distribution version)`, for messages."""
        origin = f"{self.distribution} {self.version}".strip()
        return f"{self.entry_point} ({origin or 'not installed'})"
