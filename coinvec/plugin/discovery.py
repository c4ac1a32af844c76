"""Finds installed plugins by their metadata, and judges them before any of their code runs."""

import importlib
import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from coinvec.errors import PluginError

__all__ = ["GROUP", "InstalledPlugin", "check_requirement", "core_version", "installed_plugins"]

GROUP = "coinvec"
"""The entry-point group whose entries name hooks modules."""

_CORE = "coinvec"


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """One entry point of the group, not imported yet.

    Attributes:
        entry_point: What the distribution's metadata say.
        distribution: Canonical name of the distribution.
        version: Its version.
        requires: Its requirements, as PEP 508 texts.
    """

    entry_point: importlib.metadata.EntryPoint
    distribution: str
    version: str
    requires: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the entry point."""
        return self.entry_point.name

    @property
    def key(self) -> str:
        """`distribution:entry point`, unique among installed plugins."""
        return f"{self.distribution}:{self.name}"

    @property
    def aliases(self) -> frozenset[str]:
        """The names an allow-list may call it by: entry point and distribution, canonical."""
        return frozenset((canonicalize_name(self.name), self.distribution))


def core_version() -> Version:
    """The version of the running core.

    Read by name at run time: an import statement would tie this floor to everything the
    package's front door imports, and installed metadata may be older than the code.
    """
    return Version(importlib.import_module(_CORE).__version__)


def installed_plugins() -> list[InstalledPlugin]:
    """Every entry point of the group, by distribution and then entry point; imports none.

    Of several distributions of one name the first on the path counts, as for `import`.
    """
    names = {_plugin_name(found) for found in importlib.metadata.distributions()} - {""}
    return [plugin for name in sorted(names) for plugin in _plugins_of(name)]


def _plugin_name(distribution: importlib.metadata.Distribution) -> str:
    """The canonical name of a distribution with plugins; empty for any other.

    Not `importlib.metadata.entry_points`: with it one broken entry_points.txt, of anything
    installed, would take every plugin down.
    """
    try:
        has_plugins = distribution.entry_points.select(group=GROUP)
        return canonicalize_name(distribution.name) if has_plugins else ""
    except (AttributeError, LookupError, OSError, TypeError, ValueError):
        return ""


def _plugins_of(name: str) -> Iterator[InstalledPlugin]:
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return  # what an installer left behind when it failed to remove the rest
    entry_points = distribution.entry_points.select(group=GROUP)
    metadata = distribution.metadata  # parsed anew each time it is asked for
    version, requires = metadata["Version"], tuple(metadata.get_all("Requires-Dist") or ())
    for entry_point in sorted(entry_points, key=lambda e: e.name):
        yield InstalledPlugin(entry_point, name, version, requires)


def check_requirement(plugin: InstalledPlugin, core: Version) -> None:
    """Refuse a plugin made for another version of coinvec, by its metadata alone.

    Raises:
        PluginError: Its requirements exclude the version `core`, or cannot be read.
    """
    for text in plugin.requires:
        try:
            requirement = _parsed(text)
            excluded = _concerns_core(requirement) and not requirement.specifier.contains(
                core, prereleases=True
            )
        except ValueError as error:
            raise PluginError(
                f"Its metadata hold the requirement {text!r}, which is not a valid one.",
                hint=f"Reinstall it: pip install --force-reinstall {plugin.distribution}",
            ) from error
        if excluded:
            raise PluginError(
                f"It requires coinvec{requirement.specifier}, and this is coinvec {core}.",
                hint=f'Upgrade both: pip install --upgrade coinvec "{plugin.distribution}"',
            )


@cache
def _parsed(text: str) -> Requirement:
    """A requirement; most plugins have the same one."""
    return Requirement(text)


def _concerns_core(requirement: Requirement) -> bool:
    if canonicalize_name(requirement.name) != _CORE:
        return False
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})
