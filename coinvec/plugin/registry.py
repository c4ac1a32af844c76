"""The pluggy manager: registers hooks modules and collects what each one declares."""

import warnings
from collections.abc import Iterable, Sequence
from types import MappingProxyType, ModuleType
from typing import Final

import pluggy

from coinvec.domain.spelling import nearest
from coinvec.errors import PluginError
from coinvec.plugin import hookspecs
from coinvec.plugin.loading import plugin_code
from coinvec.plugin.specs import (
    EncoderSpec,
    ImporterSpec,
    PluginSpec,
    PreprocessorSpec,
    RankerSpec,
)

__all__ = ["HOOKS", "HookRegistry"]

HOOKS: Final = MappingProxyType(
    {
        "coinvec_preprocessors": PreprocessorSpec,
        "coinvec_encoders": EncoderSpec,
        "coinvec_rankers": RankerSpec,
        "coinvec_importers": ImporterSpec,
    }
)
"""What each hook declares."""

_ADVICE: Final = "Upgrade or uninstall it, or tell its authors; the rest works without it."


class HookRegistry:
    """The registered hooks modules, each under a key."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._warnings: dict[str, tuple[str, ...]] = {}

    def register(self, hooks: ModuleType, key: str) -> list[str]:
        """Register a hooks module.

        Args:
            hooks: The module.
            key: Unique name to register it under.

        Returns:
            Names of the hooks it implements.

        Raises:
            PluginError: It implements no hook, one that does not exist, or one with the wrong
                arguments; or it is registered already.
        """
        if self._manager.is_registered(hooks):
            raise PluginError(
                f"Its hooks module {hooks.__name__} is loaded already, by another entry point.",
                hint=_ADVICE,
            )
        with (
            plugin_code("Its hooks are refused", _ADVICE),
            warnings.catch_warnings(action="always", record=True) as caught,
        ):
            self._manager.register(hooks, name=key)
        self._warnings[key] = tuple(str(each.message) for each in caught)
        names = [caller.name for caller in self._manager.get_hookcallers(hooks) or ()]
        if not names:
            raise PluginError(
                "It implements no hook: no function of its hooks module is marked with hookimpl.",
                hint=_ADVICE,
            )
        self._check_known(names)
        return [name for name in HOOKS if name in names]

    def warnings(self, key: str) -> tuple[str, ...]:
        """What pluggy said of hooks that will change (`warn_on_impl`), one sentence each."""
        return self._warnings.get(key, ())

    def unregister(self, key: str) -> None:
        """Forget a hooks module; nothing happens where there is none under this key."""
        if self._manager.has_plugin(key):
            self._manager.unregister(name=key)

    def declared(self, hook: str, key: str) -> list[PluginSpec]:
        """Call one hook of one module, leaving all others out.

        Raises:
            PluginError: The hook raises, or returns anything but declarations of its kind.
        """
        hooks = self._manager.get_plugin(key)
        others = [other for other in self._manager.get_plugins() if other is not hooks]
        with plugin_code(f"Its hook {hook} failed", _ADVICE):
            results = self._manager.subset_hook_caller(hook, others)()
            # pluggy drops None. Running through the result here catches generators that raise.
            returned = results[0] if results else None
            items = list(returned) if isinstance(returned, Iterable) else None
        if items is None:
            raise _wrong_type(hook, f"{type(returned).__name__} instead of an iterable of")
        for item in items:
            if not isinstance(item, HOOKS[hook]):
                raise _wrong_type(hook, f"an item of type {type(item).__name__} instead of")
        return items

    def _check_known(self, names: Sequence[str]) -> None:
        """Refuse the module registered last if it implements a hook that does not exist."""
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            unknown = next(name for name in names if name not in HOOKS)
            match = nearest(unknown, HOOKS)
            meant = f"; perhaps {match} is meant" if match else ""
            raise PluginError(
                f"It implements the hook {unknown}, which does not exist{meant}.", hint=_ADVICE
            ) from error


def _wrong_type(hook: str, what: str) -> PluginError:
    return PluginError(f"Its hook {hook} returned {what} {HOOKS[hook].__name__}.", hint=_ADVICE)
