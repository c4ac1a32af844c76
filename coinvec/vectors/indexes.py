"""The index setting: which structure Milvus searches, with its parameters.

Milvus Lite takes any name without a murmur and searches something else, so names and parameters
are checked here. What engines make of them:

- Milvus servers build the index over every sealed segment and search the rest exactly.
- Milvus Lite 3.2 builds it, through faiss, over rows written out to a segment file, in the
  background; rows still in its write buffer are searched exactly. `FLAT` needs no building.
  An approximate index may return fewer rows than asked for even where more match.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from coinvec.domain.spelling import nearest
from coinvec.errors import SettingsError

EXACT = "FLAT"


class Engine(StrEnum):
    """What answers behind the Milvus protocol."""

    LITE = "Milvus Lite"
    SERVER = "Milvus server"


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A whole number that tunes an index, when it is built or (`searching`) when it is searched."""

    default: int
    low: int
    high: int
    searching: bool = False


_IVF = {"nlist": _Parameter(128, 1, 65_536), "nprobe": _Parameter(16, 1, 65_536, searching=True)}
_HNSW = {
    "M": _Parameter(16, 2, 2_048),
    "efConstruction": _Parameter(200, 1, 32_768),
    "ef": _Parameter(64, 1, 32_768, searching=True),
}
_PARAMETERS: dict[str, dict[str, _Parameter]] = {
    EXACT: {},
    "IVF_FLAT": _IVF,
    "IVF_SQ8": _IVF,
    "HNSW": _HNSW,
}

INDEX_TYPES: dict[Engine, tuple[str, ...]] = {
    Engine.LITE: tuple(_PARAMETERS),
    Engine.SERVER: tuple(_PARAMETERS),
}
"""The index types each engine really has. Milvus Lite's were tried: their parameters have effect.
The servers have more, which are left out until they are tested."""

_SETTING = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class IndexSetting:
    """An index type with its parameters.

    Attributes:
        type: One of `INDEX_TYPES`.
        parameters: Every parameter of that type.
    """

    type: str = EXACT
    parameters: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        full = {name: known.default for name, known in _PARAMETERS[self.type].items()}
        object.__setattr__(self, "parameters", MappingProxyType(full | dict(self.parameters)))

    def __str__(self) -> str:
        """As it is written in the settings, e.g. `HNSW(M=16,efConstruction=200,ef=64)`."""
        listed = ",".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.type}({listed})" if listed else self.type

    @property
    def is_exact(self) -> bool:
        """Whether a search finds all there is to find."""
        return self.type == EXACT

    @property
    def build_parameters(self) -> dict[str, int]:
        """What Milvus is told when the index is made."""
        return self._chosen(searching=False)

    def search_parameters(self, limit: int) -> dict[str, int]:
        """What Milvus is told with each search for `limit` rows.

        HNSW must keep at least as many candidates as are asked for; servers refuse less.
        """
        chosen = self._chosen(searching=True)
        if "ef" in chosen:
            chosen["ef"] = max(chosen["ef"], limit)
        return chosen

    def _chosen(self, *, searching: bool) -> dict[str, int]:
        known = _PARAMETERS[self.type]
        return {
            name: value
            for name, value in self.parameters.items()
            if known[name].searching is searching
        }


def parse_index(text: str, engine: Engine) -> IndexSetting:
    """Read an index setting: a type, and in parentheses parameters that differ from the default.

    Raises:
        SettingsError: The engine has no such index type, or it no such parameter or value.
    """
    found = _SETTING.fullmatch(text)
    if found is None:
        raise SettingsError(
            f"The index setting {text!r} is not an index type with parameters in parentheses.",
            hint="For example: HNSW(M=16,efConstruction=200,ef=64).",
        )
    kind = _known(found[1].upper(), INDEX_TYPES[engine], f"{engine.value} index type")
    written = [part.strip() for part in (found[2] or "").split(",")]
    pairs = [_parameter(kind, part) for part in written if part]
    return IndexSetting(kind, dict(pairs))


def _parameter(kind: str, text: str) -> tuple[str, int]:
    name, _, value = (part.strip() for part in text.partition("="))
    known = _PARAMETERS[kind]
    name = _known(name, tuple(known), f"parameter of {kind}")
    low, high = known[name].low, known[name].high
    if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
        raise SettingsError(
            f"{name}={value} of the index {kind} is not a whole number from {low} to {high:,}."
        )
    return name, int(value)


def _known(name: str, names: tuple[str, ...], what: str) -> str:
    if name in names:
        return name
    near = nearest(name, names)
    hint = f"Did you mean {near!r}? " if near else ""
    listed = ", ".join(names) or "none"
    raise SettingsError(f"There is no {what} {name!r}.", hint=f"{hint}There are: {listed}.")
