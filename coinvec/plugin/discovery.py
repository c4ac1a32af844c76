"""Finds installed plugins by their metadata, and judges them before any of their code runs."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from coinvec.errors import PluginError
from coinvec.plugin.discovery_cache import load, save

if TYPE_CHECKING:  # reading metadata takes a while to import, and is seldom needed
    from importlib.metadata import Distribution

    from packaging.requirements import Requirement

__all__ = [
    "GROUP",
    "InstalledPlugin",
    "canonical",
    "check_requirement",
    "core_version",
    "installed_plugins",
]

GROUP = "coinvec"
"""The entry-point group whose entries name hooks modules."""

_CORE = "coinvec"


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """One entry point of the group, not imported yet.

    Attributes:
        name: Name of the entry point.
        module: The hooks module that it names.
        distribution: Canonical name of the distribution.
        version: Its version.
        requires: Its requirements that are still to be checked, as PEP 508 texts.
    """

    name: str
    module: str
    distribution: str
    version: str
    requires: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`distribution:entry point`, unique among installed plugins."""
        return f"{self.distribution}:{self.name}"

    @property
    def aliases(self) -> frozenset[str]:
        """The names an allow-list may call it by: entry point and distribution, canonical."""
        return frozenset((canonical(self.name), self.distribution))


def canonical(name: str) -> str:
    """The name of a distribution or entry point, as all its spellings are compared (PEP 503)."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def core_version() -> str:
    """The version of the running core.

    Read by name at run time: an import statement would tie this floor to everything the
    package's front door imports, and installed metadata may be older than the code.
    """
    version: str = importlib.import_module(_CORE).__version__
    return version


def installed_plugins() -> list[InstalledPlugin]:
    """Every entry point of the group, by distribution and then entry point; imports none.

    Of several distributions of one name the first on the path counts, as for `import`.
    """
    core = core_version()
    known = load(InstalledPlugin, core)
    if known is not None:
        return known
    found = _found()
    if all(_suits(plugin, core) for plugin in found):
        save([replace(plugin, requires=()) for plugin in found], core)
    return found


def _found() -> list[InstalledPlugin]:
    from importlib.metadata import distributions

    names = {_plugin_name(found) for found in distributions()} - {""}
    return [plugin for name in sorted(names) for plugin in _plugins_of(name)]


def _plugin_name(distribution: "Distribution") -> str:
    """The canonical name of a distribution with plugins; empty for any other.

    Not `importlib.metadata.entry_points`: with it one broken entry_points.txt, of anything
    installed, would take every plugin down.
    """
    try:
        has_plugins = distribution.entry_points.select(group=GROUP)
        return canonical(distribution.name) if has_plugins else ""
    except (AttributeError, LookupError, OSError, TypeError, ValueError):
        return ""


def _plugins_of(name: str) -> Iterator[InstalledPlugin]:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import distribution as find

    try:
        distribution = find(name)
    except PackageNotFoundError:
        return  # what an installer left behind when it failed to remove the rest
    entry_points = distribution.entry_points.select(group=GROUP)
    metadata = distribution.metadata  # parsed anew each time it is asked for
    version, requires = metadata["Version"], tuple(metadata.get_all("Requires-Dist") or ())
    for entry_point in sorted(entry_points, key=lambda e: e.name):
        yield InstalledPlugin(entry_point.name, entry_point.value, name, version, requires)


def _suits(plugin: InstalledPlugin, core: str) -> bool:
    try:
        check_requirement(plugin, core)
    except PluginError:
        return False
    return True


def check_requirement(plugin: InstalledPlugin, core: str) -> None:
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
def _parsed(text: str) -> "Requirement":
    """A requirement; most plugins have the same one."""
    from packaging.requirements import Requirement

    return Requirement(text)


def _concerns_core(requirement: "Requirement") -> bool:
    if canonical(requirement.name) != _CORE:
        return False
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})
