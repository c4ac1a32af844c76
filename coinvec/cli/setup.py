"""`coinvec init`, `coinvec db …`, `coinvec config …`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, progress_bar, say
from coinvec.domain.choices import GroupBy
from coinvec.errors import CheckFailedError

if TYPE_CHECKING:
    from coinvec.services.home import Home
    from coinvec.services.starter_file import Starter

CARRIED = ""
"""Value of a `--starter` that names no file."""


@click.command()
@click.option(
    "--starter",
    "starter_file",
    is_flag=False,
    flag_value=CARRIED,
    metavar="[FILE]",
    help="Add the coins that come with the encoder, or those of a FILE that `coinvec starter "
    "build` wrote: embeddings without pictures.",
)
@pass_session
def init(session: Session, starter_file: str | None) -> None:
    """Make the home: database, vector collection, media. Safe to repeat."""
    from coinvec.services.home import Home

    settings = session.settings()
    starter = None
    if starter_file is not None:
        from coinvec.services.starter import find_starter

        # First, so that a starter catalogue that does not fit leaves no home behind.
        file = None if starter_file == CARRIED else Path(starter_file)
        starter = find_starter(settings, file)
    with Home.create(settings) as home:
        if starter is not None:
            _add_starter(home, starter)
        count = home.catalogue.count(None, GroupBy.IMAGE)
        say(f"The home {settings.home} is ready: {home.live.generation}, {count:,} images.")


def _add_starter(home: "Home", starter: "Starter") -> None:
    from coinvec.services.starter import add_starter

    with progress_bar("Adding coins") as progress:
        report = add_starter(home, starter, progress)
    say(
        f"The starter catalogue: {report.added:,} images added, {report.embedded:,} given their "
        f"embeddings, {report.unchanged:,} unchanged."
    )


@click.group()
def config() -> None:
    """The settings in force."""


@config.command("show")
@format_option(Format.TABLE, Format.JSON)
@pass_session
def config_show(session: Session, form: Format) -> None:
    """Print every setting, its value and where it came from; secrets are masked."""
    lines = session.settings().describe()
    if form is Format.JSON:
        print_json([asdict(line) for line in lines])
    else:
        print_table(
            ("setting", "value", "from"), [(line.name, line.value, line.origin) for line in lines]
        )


@click.group()
def db() -> None:
    """The schema of the catalogue's database."""


@db.command("current")
@pass_session
def db_current(session: Session) -> None:
    """Print the revision of the database and the one this release needs."""
    from coinvec.catalogue import schema
    from coinvec.services.home import require_home

    settings = session.settings()
    require_home(settings)
    current = schema.current(settings.database_url)
    click.echo(f"database {current or 'empty'}, this release {schema.head()}")


@db.command("upgrade")
@pass_session
def db_upgrade(session: Session) -> None:
    """Bring the database to the revision this release needs."""
    from coinvec.catalogue import schema
    from coinvec.services.home import owned

    settings = session.settings()
    with owned(settings):
        schema.upgrade(settings.database_url)
    say(f"The database is at revision {schema.head()}.")


@db.command("check")
@pass_session
def db_check(session: Session) -> None:
    """Compare the database with the tables this release expects."""
    from coinvec.catalogue import schema
    from coinvec.services.home import require_home

    settings = session.settings()
    require_home(settings)
    differences = schema.check(settings.database_url)
    if differences:
        raise CheckFailedError(
            f"The database differs from this release's tables: {'; '.join(differences)}.",
            hint="Run `coinvec db upgrade`; if that does not help, restore a backup.",
        )
    say(f"The database agrees with revision {schema.head()}.")
