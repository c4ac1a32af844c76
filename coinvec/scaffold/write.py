"""Fills the templates of one kind and writes them."""

import importlib.util
import keyword
import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Final

from packaging.version import Version

from coinvec.errors import UnavailableError, UsageError
from coinvec.plugin.discovery import core_version

__all__ = ["KINDS", "new_plugin"]

KINDS: Final = ("preprocessor", "encoder", "ranker")

_SUFFIX = ".tmpl"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ARTICLES: Final = {"encoder": "An encoder"}


def new_plugin(name: str, kind: str, into: Path) -> list[Path]:
    """Write a complete distribution with one plugin that works.

    Args:
        name: Of the distribution, its folder, its entry point and what it declares.
        kind: One of `KINDS`.
        into: The folder in which the new folder is made.

    Returns:
        The files, relative to `into`.

    Raises:
        UsageError: The name cannot be used, or its folder is there already.
        UnavailableError: Nothing can be written there.
    """
    package = _package(name)
    folder = into / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} exists already, and nothing is overwritten.",
            hint="Choose another name, or another folder with --into DIR.",
        )
    values = _values(name, kind, package)
    written = []
    try:
        for part, template in _templates(kind):
            path = folder / part.replace("__package__", package)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(template).substitute(values), encoding="utf-8")
            written.append(path.relative_to(into))
    except OSError as error:
        raise UnavailableError(
            f"{folder} cannot be written: {error.strerror}.",
            hint="Name a folder that can be written to: --into DIR",
        ) from error
    return sorted(written)


def _package(name: str) -> str:
    """The import package of a distribution, if both names can be used."""
    if not _NAME.fullmatch(name):
        near = "-".join(re.findall(r"[a-z0-9]+", name.lower())).lstrip("0123456789-")
        hint = f" Try {near!r}." if _NAME.fullmatch(near) else ""
        raise UsageError(
            f"The name {name!r} is not made of lower-case words joined by '-', the first of which "
            "begins with a letter.",
            hint=f"Write it like 'my-encoder'.{hint}",
        )
    package = name.replace("-", "_")
    if keyword.iskeyword(package) or package in sys.stdlib_module_names:
        raise UsageError(f"The name {name!r} is Python's own.", hint=f"Try {f'coinvec-{name}'!r}.")
    if importlib.util.find_spec(package) is not None:
        raise UsageError(
            f"A package {package} is installed already; the new one would hide it, or be hidden.",
            hint=f"Try {f'coinvec-{name}'!r}, or uninstall it first.",
        )
    return package


def _values(name: str, kind: str, package: str) -> dict[str, str]:
    major, minor = Version(core_version()).release[:2]
    return {
        "name": name,
        "package": package,
        "kind": kind,
        "a_kind": _ARTICLES.get(kind, f"A {kind}"),
        "class_name": "".join(word.capitalize() for word in name.split("-")),
        "versions": f">={major}.{minor},<{major + 1}",
    }


def _templates(kind: str) -> Iterator[tuple[str, str]]:
    """Paths within the new folder, and the templates of what goes there."""
    root = files("coinvec.scaffold") / "templates"
    for part in ("common", kind):
        yield from _within(root / part, "")


def _within(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        name = prefix + entry.name.replace("dot-", ".", 1)
        if entry.is_dir():
            yield from _within(entry, f"{name}/")
        elif name.endswith(_SUFFIX):
            yield name.removesuffix(_SUFFIX), entry.read_text(encoding="utf-8")
