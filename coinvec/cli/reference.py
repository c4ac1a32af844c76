"""The reference of the command line, made of the commands themselves.

`python -m coinvec.cli.reference > docs/reference/cli.md` writes it anew. Commands of other
distributions are left out: they come and go with what is installed.
"""

import inspect
from collections.abc import Iterator

import click

from coinvec.cli.app import COMMANDS, cli

_HEAD = """\
# Command line

<!-- Made by `python -m coinvec.cli.reference`; a test holds it against the commands. -->

Results go to standard output, progress and messages to standard error. Exit status: 0 done; 1 no
coin found, some rows rejected, or a check failed; 2 wrong usage; 3 input that cannot be used; 4 a
store, plugin, model or schema that is missing, broken, locked or out of date.
"""


def reference() -> str:
    """The reference as Markdown: a section for each command, in the order of `coinvec --help`."""
    root = click.Context(cli, info_name="coinvec")
    parts = [_HEAD, *_section(cli, root, "`coinvec`")]
    for name in COMMANDS:
        command = cli.get_command(root, name)
        if command is not None:
            parts += _sections(command, root, name)
    return "\n".join(parts).rstrip() + "\n"


def _sections(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    context = click.Context(command, parent=parent, info_name=name)
    yield from _section(command, context, f"`{context.command_path}`")
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            if inner is not None:
                yield from _sections(inner, context, each)


def _section(command: click.Command, context: click.Context, title: str) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"## {title}\n\n```\n{usage}\n```\n"
    yield inspect.cleandoc(command.help or "").replace("\b\n", "") + "\n"
    options = [
        record
        for each in command.params
        if isinstance(each, click.Option) and (record := each.get_help_record(context))
    ]
    if options:
        lines = (f"- `{names}`: {' '.join(text.split())}" for names, text in options)
        yield "\n".join(lines) + "\n"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
