"""Imports plugins' code: hooks modules, and the classes behind targets."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

from coinvec.errors import PluginError
from coinvec.plugin.discovery import InstalledPlugin
from coinvec.plugin.hookspecs import API_VERSION
from coinvec.plugin.specs import PluginSpec

__all__ = ["import_hooks", "instantiate", "plugin_code"]


@contextmanager
def plugin_code(doing: str, hint: str) -> Iterator[None]:
    """Turn whatever a plugin's code raises into a `PluginError` with that as its cause.

    Args:
        doing: What failed, as the start of a sentence that the exception ends.
        hint: What to do about it.

    Raises:
        PluginError: Something was raised within.
    """
    try:
        yield
    except SystemExit as error:  # a module without a __main__ guard must not end the program
        message = f"{doing}: it tried to exit the program."
        raise PluginError(message, hint=hint) from error
    except Exception as error:
        text = " ".join(f"{doing}: {type(error).__name__}: {error}".split())
        message = text.rstrip(".:") + "."
        raise PluginError(message, hint=hint) from error


def import_hooks(plugin: InstalledPlugin) -> ModuleType:
    """Import a plugin's hooks module and check that it speaks this version of the hooks.

    Raises:
        PluginError: It cannot be imported, or its `COINVEC_API` is not `API_VERSION`.
    """
    target = plugin.module
    with plugin_code(
        f"Its hooks module {target!r} cannot be imported",
        f"Reinstall it with what it needs: pip install --force-reinstall {plugin.distribution}",
    ):
        hooks = importlib.import_module(target)
    api = vars(hooks).get("COINVEC_API")
    if api != API_VERSION:
        raise PluginError(
            f"Its hooks module {target!r} has COINVEC_API = {api!r}, and this coinvec needs "
            f"{API_VERSION}.",
            hint=f'Upgrade both: pip install --upgrade coinvec "{plugin.distribution}"',
        )
    return hooks


def instantiate(spec: PluginSpec, provider: str) -> object:
    """Import a declared class, make an instance, and check that it can do its step.

    Args:
        spec: The declaration.
        provider: The plugin that declares it, for messages.

    Raises:
        PluginError: The target cannot be imported or made, or lacks its protocol's method.
    """
    required = _required_method(spec.kind)
    signature = inspect.signature(required)
    module, _, name = spec.target.partition(":")
    who = f"The {spec.kind} {spec.name!r} of plugin {provider}"
    with plugin_code(
        f"{who} cannot be loaded from {spec.target}",
        f"Reinstall the plugin with what it needs, or choose another {spec.kind}.",
    ):
        instance: object = getattr(importlib.import_module(module), name)()
        method = getattr(instance, required.__name__, None)
    if callable(method) and _accepts(method, signature):
        return instance
    fault = "cannot be called like that" if callable(method) else "is missing"
    raise PluginError(
        f"{who} breaks its promise: the method {required.__name__}{signature} {fault} in "
        f"{spec.target}.",
        hint=f"Tell its authors, or choose another {spec.kind}.",
    )


def _required_method(kind: str) -> Callable[..., object]:
    """The method a declared class of a kind must have, as its protocol writes it."""
    from coinvec.plugin import protocols  # needs numpy, which discovery does without

    methods: dict[str, Callable[..., object]] = {
        "preprocessor": protocols.Preprocessor.find,
        "encoder": protocols.Encoder.encode,
        "ranker": protocols.Ranker.rank,
        "importer": protocols.Importer.read,
    }
    return methods[kind]


def _accepts(method: Callable[..., object], wanted: inspect.Signature) -> bool:
    """Whether a bound method can be called as its protocol's method is."""
    parameters = list(wanted.parameters.values())[1:]  # a bound method has no `self`
    by_name = {p.name: None for p in parameters if p.kind is p.KEYWORD_ONLY}
    by_place = [None] * (len(parameters) - len(by_name))
    try:
        inspect.signature(method).bind(*by_place, **by_name)
    except TypeError:
        return False
    except ValueError:  # compiled code may tell no signature
        return True
    return True
