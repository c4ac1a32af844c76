"""`coinvec plugins new`."""

from pathlib import Path

import click

from coinvec.cli.session import Session, pass_session, say
from coinvec.errors import UsageError

KINDS = ("preprocessor", "encoder", "ranker")


@click.command("new")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What it shall be.")
@click.option(
    "--into",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The folder in which the folder NAME is made.  [default: the working directory]",
)
@pass_session
def plugins_new(session: Session, name: str, kind: str, into: Path) -> None:
    """Write a new plugin: a distribution that installs, works and passes its tests."""
    from coinvec.plugin.host import PluginHost
    from coinvec.scaffold import new_plugin

    if name in PluginHost(session.settings().plugins).names(kind):
        raise UsageError(
            f"An installed plugin declares the {kind} {name!r} already.",
            hint="Choose another name; of two with one name only the first is loaded.",
        )
    for path in new_plugin(name, kind, into):
        click.echo(into / path)
    say(
        f"\nNext:\n  pip install --editable {into / name}\n"
        f"  coinvec plugins check {name}\n  python -m pytest {into / name}"
    )
