"""Remembers which plugins are installed until something is installed or removed.

To read the metadata of every installed distribution takes longer than to import the plugins' hooks
modules; stevedore remembers entry points for the same reason. What is remembered is a JSON file in
the user's cache folder, one entry for each environment. It holds for one search path whose folders
have not been changed since: whatever installs or removes a distribution changes the folder it lies
in.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import platformdirs

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Record = TypeVar("Record", bound=DataclassInstance)

__all__ = ["load", "save"]

_KEPT: Final = 8
"""Environments that are remembered."""
_SETTLED_NS: Final = 2_000_000_000
"""A folder changed less long ago may be changed again within one tick of its clock."""


def load(kind: "type[Record]", release: str) -> "list[Record] | None":
    """What was saved in this environment, if nothing has been installed or removed since.

    Args:
        kind: A data class of texts and tuples of texts.
        release: Of coinvec; another one remembers nothing.
    """
    try:
        entries = json.loads(_file().read_text(encoding="utf-8"))
        return [_record(kind, entry) for entry in entries[_state(release)]]
    except (OSError, ValueError, TypeError, LookupError):
        return None


def save(records: "Sequence[Record]", release: str) -> None:
    """Remember records for this environment as it is; nobody is owed that it works."""
    with suppress(OSError):
        if time.time_ns() - max(changed for _, changed in _folders()) < _SETTLED_NS:
            return
        file = _file()
        others = _others(file)
        entries = others | {_state(release): [asdict(record) for record in records]}
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(entries), encoding="utf-8")
        fresh.replace(file)


def _others(file: Path) -> dict[str, Any]:
    """What is remembered already, the newest last, with room for one more."""
    try:
        entries: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return dict(list(entries.items())[-_KEPT + 1 :])
    except (OSError, ValueError, AttributeError):
        return {}


def _record(kind: "type[Record]", entry: dict[str, Any]) -> "Record":
    values = {each.name: entry[each.name] for each in fields(kind)}
    return kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()})


def _file() -> Path:
    return platformdirs.user_cache_path("coinvec", appauthor=False) / "plugins.json"


def _state(release: str) -> str:
    """Stands for the search path, when its folders were changed, and who asks."""
    asked = json.dumps([release, sys.version, _folders()])
    return hashlib.sha256(asked.encode()).hexdigest()


def _folders() -> list[tuple[str, int]]:
    """Each place that Python looks for distributions in, and when it was changed, in ns."""
    return [(place, _changed(place)) for place in sys.path]


def _changed(place: str) -> int:
    try:
        return Path(place).stat().st_mtime_ns
    except OSError:
        return 0
