"""`coinvec init`, `coinvec db …`, `coinvec config …`."""

from dataclasses import asdict

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, say
from coinvec.domain.choices import GroupBy
from coinvec.errors import CheckFailedError


@click.command()
@pass_session
def init(session: Session) -> None:
    """Make the home: database, vector collection, media. Safe to repeat."""
    from coinvec.services.home import Home

    settings = session.settings()
    with Home.create(settings) as home:
        count = home.catalogue.count(None, GroupBy.IMAGE)
        say(f"The home {settings.home} is ready: {home.live.generation}, {count:,} images.")


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
