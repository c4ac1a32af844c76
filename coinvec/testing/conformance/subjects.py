"""What is checked: one declaration of one plugin, loaded on first use."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Generic, TypeVar, cast

from coinvec.errors import PluginError
from coinvec.plugin.discovery import installed_plugins
from coinvec.plugin.host import PluginHost
from coinvec.plugin.loading import instantiate
from coinvec.plugin.protocols import Encoder, Preprocessor, Ranker
from coinvec.plugin.records import PluginRecord, PluginStatus
from coinvec.plugin.specs import EncoderSpec, PluginSpec, PreprocessorSpec, RankerSpec

__all__ = [
    "AnySubject",
    "EncoderSubject",
    "PreprocessorSubject",
    "RankerSubject",
    "Subject",
    "find_subjects",
]

SpecT_co = TypeVar("SpecT_co", bound=PluginSpec, covariant=True)
ModelT_co = TypeVar("ModelT_co", covariant=True)


class Subject(Generic[SpecT_co, ModelT_co]):
    """One declared preprocessor, encoder or ranker.

    Args:
        spec: The declaration.
        hooks: The importable name of the hooks module it comes from; empty for the core's own,
            or where none is installed, and then nobody asks what declaring it imports.
        provider: The plugin that declares it, for messages.
    """

    def __init__(self, spec: SpecT_co, *, hooks: str = "", provider: str = "under test") -> None:
        self.spec = spec
        self.hooks = hooks
        self.provider = provider

    @cached_property
    def model(self) -> ModelT_co:
        """The instance behind the declaration, made on first use.

        Raises:
            PluginError: It cannot be loaded, or lacks its protocol's method.
        """
        return self.fresh()

    def fresh(self) -> ModelT_co:
        """Another instance.

        Raises:
            PluginError: As `model`.
        """
        return cast("ModelT_co", instantiate(self.spec, self.provider))

    def __str__(self) -> str:
        """Kind and name."""
        return f"{self.spec.kind} {self.spec.name}"


EncoderSubject = Subject[EncoderSpec, Encoder]
PreprocessorSubject = Subject[PreprocessorSpec, Preprocessor]
RankerSubject = Subject[RankerSpec, Ranker]
AnySubject = Subject[PluginSpec, object]


def find_subjects(
    name: str = "", *, kind: str = "", host: PluginHost | None = None
) -> list[AnySubject]:
    """Everything installed that goes by a name.

    Args:
        name: Of a plugin, of its distribution, or of something that it declares; empty for
            everything that installed plugins declare.
        kind: Leave out other kinds than this one; empty for all.
        host: Where to look; by default at everything that is installed.

    Raises:
        PluginError: Nothing goes by that name, or the plugin of that name failed to load.
    """
    records = (host or PluginHost()).records()
    modules = {(each.distribution, each.name): each.module for each in
               installed_plugins()}  # fmt: skip
    found = [
        subject
        for record in records
        if record.status is PluginStatus.OK and (name or record.entry_point != "core")
        for subject in _subjects_of(record, name, modules)
        if kind in ("", subject.spec.kind)
    ]
    if name and not found:
        raise _nothing(name, kind, records)
    return found


def _subjects_of(
    record: PluginRecord, name: str, modules: Mapping[tuple[str, str], str]
) -> Iterator[AnySubject]:
    whole = name in ("", record.entry_point, record.distribution)
    hooks = modules.get((record.distribution, record.entry_point), "")
    for spec in record.specs:
        if whole or spec.name == name:
            yield Subject(spec, hooks=hooks, provider=str(record))


def _nothing(name: str, kind: str, records: list[PluginRecord]) -> PluginError:
    for record in records:
        names = (record.entry_point, record.distribution, *(spec.name for spec in record.specs))
        if name in names and record.status is not PluginStatus.OK:
            return PluginError(
                f"Plugin {record} is {record.status.value}. {record.reason}", hint=record.remedy
            )
    return PluginError(
        f"There is no {kind or 'plugin'} {name!r} to check.",
        hint="`coinvec plugins list` shows what is installed and what failed.",
    )
