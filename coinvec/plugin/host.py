"""The plugin host: loads what is installed, isolates what is broken, hands out instances."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast, overload

from coinvec.domain.spelling import nearest
from coinvec.errors import PluginError
from coinvec.plugin import builtin
from coinvec.plugin.discovery import (
    InstalledPlugin,
    canonical,
    check_requirement,
    core_version,
    installed_plugins,
)
from coinvec.plugin.loading import import_hooks, instantiate
from coinvec.plugin.missing import missing
from coinvec.plugin.records import PluginRecord, PluginStatus
from coinvec.plugin.registry import HookRegistry
from coinvec.plugin.specs import (
    EncoderSpec,
    ImporterSpec,
    PluginSpec,
    PreprocessorSpec,
    RankerSpec,
)

if TYPE_CHECKING:  # they need numpy, which discovery does without
    from coinvec.plugin.protocols import Encoder, Importer, Preprocessor, Ranker

__all__ = ["PluginHost"]

_Key = tuple[str, str]
"""Kind and name."""

_CORE: Final = "coinvec:core"


class _Provided(NamedTuple):
    """A declaration, and the plugin it comes from."""

    spec: PluginSpec
    provider: PluginRecord


class PluginHost:
    """The plugins of this Python environment.

    Making a host reads metadata and imports the light hooks modules; the classes they declare
    are imported when first asked for, and made once, whatever the thread. A plugin that fails
    is unhooked and recorded; the others work on.

    Args:
        allow: Names of the entry points or distributions that may be loaded; None for all.
    """

    def __init__(self, allow: Sequence[str] | None = None) -> None:
        self._registry = HookRegistry()
        self._core_version = core_version()
        self._provided: dict[_Key, _Provided] = {}
        self._instances: dict[_Key, object] = {}
        self._lock = threading.RLock()
        installed = installed_plugins()
        self._records = [
            self._load_core(),
            *(self._load(plugin, allow) for plugin in installed),
            *_not_installed(allow or (), installed),
        ]

    def records(self) -> list[PluginRecord]:
        """What became of each plugin: the core's own first, then by distribution."""
        return list(self._records)

    def failures(self) -> list[PluginRecord]:
        """The records of the plugins that failed."""
        return [record for record in self._records if record.status is PluginStatus.FAILED]

    def names(self, kind: str) -> list[str]:
        """The names declared of one kind (`preprocessor`, `encoder` …), as in `records`."""
        return [name for declared, name in self._provided if declared == kind]

    @overload
    def spec(self, kind: Literal["preprocessor"], name: str) -> PreprocessorSpec: ...
    @overload
    def spec(self, kind: Literal["encoder"], name: str) -> EncoderSpec: ...
    @overload
    def spec(self, kind: Literal["ranker"], name: str) -> RankerSpec: ...
    @overload
    def spec(self, kind: Literal["importer"], name: str) -> ImporterSpec: ...
    @overload
    def spec(self, kind: str, name: str) -> PluginSpec: ...
    def spec(self, kind: str, name: str) -> PluginSpec:
        """A declaration by kind and name; nothing is imported for it.

        Raises:
            PluginError: None of that kind has this name. Where a failed plugin declares it, or
                may declare it, that failure is the cause.
        """
        provided = self._provided.get((kind, name))
        if provided is None:
            raise missing(kind, name, self._records)
        return provided.spec

    def preprocessor(self, name: str) -> "Preprocessor":
        """The preprocessor of that name, loaded on first use.

        Raises:
            PluginError: There is none, it cannot be loaded, or it lacks the protocol's method.
        """
        return cast("Preprocessor", self._instance("preprocessor", name))

    def encoder(self, name: str) -> "Encoder":
        """The encoder of that name, loaded on first use.

        Raises:
            PluginError: There is none, it cannot be loaded, or it lacks the protocol's method.
        """
        return cast("Encoder", self._instance("encoder", name))

    def ranker(self, name: str = builtin.DEFAULT_RANKER) -> "Ranker":
        """The ranker of that name, loaded on first use.

        Raises:
            PluginError: There is none, it cannot be loaded, or it lacks the protocol's method.
        """
        return cast("Ranker", self._instance("ranker", name))

    def importer(self, name: str) -> "Importer":
        """The importer of that name, loaded on first use.

        Raises:
            PluginError: There is none, it cannot be loaded, or it lacks the protocol's method.
        """
        return cast("Importer", self._instance("importer", name))

    def _instance(self, kind: str, name: str) -> object:
        spec = self.spec(kind, name)
        with self._lock:
            if (kind, name) not in self._instances:
                _, provider = self._provided[kind, name]
                self._instances[kind, name] = instantiate(spec, str(provider))
            return self._instances[kind, name]

    def _load_core(self) -> PluginRecord:
        specs: list[PluginSpec] = []
        for hook in self._registry.register(builtin, _CORE):
            specs += self._registry.declared(hook, _CORE)
        return self._accept(
            PluginRecord(
                entry_point="core",
                distribution="coinvec",
                version=self._core_version,
                status=PluginStatus.OK,
                specs=tuple(specs),
            )
        )

    def _load(self, plugin: InstalledPlugin, allow: Sequence[str] | None) -> PluginRecord:
        """Take one plugin in, or leave it out, and write down what became of it."""
        record = PluginRecord(
            entry_point=plugin.name,
            distribution=plugin.distribution,
            version=plugin.version,
            status=PluginStatus.OK,
        )
        if allow is not None and plugin.aliases.isdisjoint(map(canonical, allow)):
            return replace(
                record,
                status=PluginStatus.SKIPPED,
                reason="It is not on the allow-list.",
                remedy=f"Add {plugin.name} to COINVEC_PLUGINS.",
            )
        specs: list[PluginSpec] = []
        try:
            self._collect(plugin, specs)
            self._check_unique(specs, str(record))
        except PluginError as error:
            self._registry.unregister(plugin.key)
            return _failed(record, error, specs)
        warnings = self._registry.warnings(plugin.key)
        return self._accept(replace(record, specs=tuple(specs), warnings=warnings))

    def _collect(self, plugin: InstalledPlugin, specs: list[PluginSpec]) -> None:
        """Put what a plugin declares into `specs`, as far as it gets."""
        check_requirement(plugin, self._core_version)
        hooks = import_hooks(plugin)
        for hook in self._registry.register(hooks, plugin.key):
            specs += self._registry.declared(hook, plugin.key)

    def _check_unique(self, specs: Sequence[PluginSpec], plugin: str) -> None:
        own: set[_Key] = set()
        for spec in specs:
            key = (spec.kind, spec.name)
            if key in self._provided or key in own:
                owner = plugin if key in own else str(self._provided[key].provider)
                raise PluginError(
                    f"Plugin {plugin} declares the {spec.kind} {spec.name!r}, which plugin "
                    f"{owner} has declared already.",
                    hint="Uninstall one of the two, or leave it out of COINVEC_PLUGINS.",
                )
            own.add(key)

    def _accept(self, record: PluginRecord) -> PluginRecord:
        for spec in record.specs:
            self._provided[spec.kind, spec.name] = _Provided(spec, record)
        return record


def _failed(record: PluginRecord, error: PluginError, specs: Sequence[PluginSpec]) -> PluginRecord:
    return replace(
        record,
        status=PluginStatus.FAILED,
        reason=error.message,
        remedy=error.hint,
        specs=tuple(specs),
        cause=error.__cause__ or error,
    )


def _not_installed(
    allow: Sequence[str], installed: Sequence[InstalledPlugin]
) -> list[PluginRecord]:
    """A failed record for each name on the allow-list that nothing installed answers to."""
    records: list[PluginRecord] = []
    if not allow:
        return records
    known = {alias for plugin in installed for alias in plugin.aliases}
    for name in allow:
        if canonical(name) in known:
            continue
        match = nearest(name, sorted(known))
        records.append(
            PluginRecord(
                entry_point=name,
                distribution="",
                version="",
                status=PluginStatus.FAILED,
                reason=f"COINVEC_PLUGINS names {name!r}, and no such plugin is installed.",
                remedy=f"Did you mean {match!r}?" if match else "Install it, or take it off.",
            )
        )
    return records
