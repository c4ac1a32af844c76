"""A command group whose commands are imported when they are used."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import click

ENTRY_POINTS = "coinvec.commands"


class LazyGroup(click.Group):
    """A group that knows its commands by `"module:attribute"`.

    An extensible group takes commands of other distributions from the entry point group
    `coinvec.commands`; one of them that cannot be imported is left out of the help and fails only
    when asked for.

    Args:
        *args: As `click.Group`.
        lazy: The commands by name.
        extensible: Whether other distributions may add commands.
        **kwargs: As `click.Group`.
    """

    def __init__(
        self, *args: object, lazy: Mapping[str, str], extensible: bool = False, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._lazy = lazy
        self._extensible = extensible

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own commands in their order of use, then those of other distributions."""
        del ctx
        return [*self._lazy, *(each.name for each in self._foreign())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name in self._lazy:
            module, attribute = self._lazy[cmd_name].split(":")
            command: click.Command = getattr(import_module(module), attribute)
            return command
        return next((_load(each, ctx) for each in self._foreign() if each.name == cmd_name), None)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve, answering an unknown name with the nearest right one."""
        from coinvec.domain.spelling import nearest

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            right = nearest(args[0], self.list_commands(ctx))
            hint = f" Did you mean {right!r}?" if right else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx) from None

    def _foreign(self) -> list[EntryPoint]:
        if not self._extensible:
            return []
        found = entry_points(group=ENTRY_POINTS)
        return sorted((each for each in found if each.name not in self._lazy), key=lambda e: e.name)


def _load(entry: EntryPoint, ctx: click.Context) -> click.Command | None:
    try:
        loaded = entry.load()
    except Exception as error:
        if ctx.protected_args and ctx.protected_args[0] == entry.name:  # asked for by name
            raise click.ClickException(f"The command {entry.name!r} is broken: {error}") from error
        return None
    return loaded if isinstance(loaded, click.Command) else None
