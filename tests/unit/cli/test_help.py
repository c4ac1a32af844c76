"""Help is quick, complete, and imports nothing heavy."""

import subprocess
import sys

import click
import pytest

from coinvec.cli.app import COMMANDS, cli

HEAVY = ("torch", "onnxruntime", "pymilvus", "milvus_lite", "sqlmodel", "sqlalchemy", "cv2",
         "numpy", "sqlglot", "PIL", "rich", "pluggy")  # fmt: skip


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from coinvec.cli import main\n"
        "try:\n    main(['--help'])\n"
        "finally:\n    print(sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert "Commands:" in done.stdout
    loaded = set(eval(done.stderr))
    assert not loaded.intersection(HEAVY)
    assert not {name for name in loaded if name.split(".")[0] in HEAVY}


def commands(group=cli, path=()):
    context = click.Context(group, info_name="coinvec")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize(
    ("path", "command"), [pytest.param(*c, id=" ".join(c[0])) for c in commands()]
)
def test_every_command_and_option_is_explained(path, command):
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, (path, parameter.name)


def test_our_commands_all_exist():
    names = [path[0] for path, _ in commands() if len(path) == 1]
    assert names[: len(COMMANDS)] == list(COMMANDS)


def test_an_unknown_command_is_answered_with_the_nearest(coinvec):
    outcome = coinvec("serch")
    assert outcome.status == 2
    assert "Did you mean 'search'?" in outcome.err


def test_version(coinvec):
    from coinvec import __version__

    assert coinvec("--version").out == f"coinvec, version {__version__}\n"
