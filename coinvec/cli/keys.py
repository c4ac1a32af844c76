"""`coinvec keys …`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, say
from coinvec.domain.choices import Scope

if TYPE_CHECKING:
    from coinvec.catalogue.keys import ApiKeys
    from coinvec.domain.keys import ApiKey


@click.group()
def keys() -> None:
    """Keys of the HTTP interface; they can be made and revoked while it serves."""


@keys.command()
@click.option("--name", default="key", show_default=True, help="What it is for.")
@click.option(
    "--scope",
    type=click.Choice([each.value for each in Scope]),
    default=Scope.READ.value,
    show_default=True,
    help="read: search and look; write: also add and change; admin: also import and remove.",
)
@format_option(Format.TABLE, Format.JSON)
@pass_session
def create(session: Session, name: str, scope: str, form: Format) -> None:
    """Make a key and print its secret, which is shown this once."""
    from coinvec.services.keys import create_key

    with _opened(session) as keys:
        key, secret = create_key(keys, name, Scope(scope))
    if form is Format.JSON:
        print_json({**_as_json(key), "key": secret})
        return
    click.echo(secret)
    say(f"Key {key.id} ({key.name}) may {key.scope.value}. Keep it: it is not shown again.")


@keys.command("list")
@format_option(Format.TABLE, Format.JSON)
@pass_session
def list_(session: Session, form: Format) -> None:
    """List every key that was made, without its secret."""
    with _opened(session) as keys:
        made = keys.all()
    if form is Format.JSON:
        print_json([_as_json(key) for key in made])
    else:
        print_table(("id", "name", "scope", "created", "revoked"), map(_row, made))


@keys.command()
@click.argument("key_id", metavar="ID")
@pass_session
def revoke(session: Session, key_id: str) -> None:
    """Take a key back, at once and for good."""
    from coinvec.services.keys import revoke_key

    with _opened(session) as keys:
        revoke_key(keys, key_id)
    say(f"Key {key_id} is revoked.")


@contextmanager
def _opened(session: Session) -> "Iterator[ApiKeys]":
    """The keys; without owning the home, which the service owns while it runs."""
    from coinvec.catalogue.store import CatalogueStore
    from coinvec.services.home import require_home

    settings = session.settings()
    require_home(settings)
    with CatalogueStore.open(settings.database_url) as catalogue:
        yield catalogue.keys()


def _as_json(key: "ApiKey") -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scope": key.scope.value,
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at and key.revoked_at.isoformat(),
    }


def _row(key: "ApiKey") -> tuple[object, ...]:
    moments = (key.created_at, key.revoked_at)
    return (
        key.id,
        key.name,
        key.scope.value,
        *(each and f"{each:%Y-%m-%d %H:%M} UTC" for each in moments),
    )
