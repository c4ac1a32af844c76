"""`coinvec list`, `show`, `edit`, `remove`."""

import click

from coinvec.cli.enrol import field_options
from coinvec.cli.filters import read_where, where_options
from coinvec.cli.render import Format, format_option, print_csv, print_json, print_table, span_text
from coinvec.cli.session import Session, pass_session, say
from coinvec.errors import UsageError

LIST_COLUMNS = (
    "type",
    "title",
    "country",
    "denomination",
    "value",
    "year_from",
    "year_to",
    "designs",
    "images",
)


@click.command("list")
@where_options
@click.option("--limit", type=click.IntRange(min=1), help="How many types to print.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="How many to skip.")
@format_option(*Format)
@pass_session
def list_(
    session: Session,
    where: str | None,
    params: tuple[str, ...],
    limit: int | None,
    offset: int,
    form: Format,
) -> None:
    """List the coin types of the catalogue."""
    from coinvec.services.answers import summary_json
    from coinvec.services.browse import list_types

    with session.catalogue() as catalogue:
        types = list_types(catalogue.home, read_where(where, params), limit=limit, offset=offset)
    rows = [summary_json(each) for each in types]
    if form is Format.JSON:
        print_json(rows)
    elif form is Format.JSONL:
        for row in rows:
            print_json(row, lines=True)
    elif form is Format.CSV:
        print_csv(rows, LIST_COLUMNS)
    else:
        print_table(
            ("type", "coin", "years", "designs", "images"),
            [
                (
                    each.coin.key,
                    each.coin.title,
                    span_text(each.years.first, each.years.last),
                    each.n_designs,
                    each.n_images,
                )
                for each in types
            ],
        )


@click.command()
@click.argument("key", metavar="TYPE")
@format_option(Format.TABLE, Format.JSON)
@pass_session
def show(session: Session, key: str, form: Format) -> None:
    """Show a coin type with its designs and images."""
    from coinvec.services.answers import coin_type_json, type_json

    with session.catalogue() as catalogue:
        records = catalogue.show(key)
        places = {
            record.image.id: catalogue.home.media.location(record.image.id)
            for record in records
            if record.image.has_media
        }
    if form is Format.JSON:
        print_json(type_json(records, places))
        return
    for name, value in coin_type_json(records[0].coin).items():
        if value is not None:
            click.echo(f"{name:<13} {value}")
    click.echo()
    print_table(
        ("design", "years", "image", "size", "description", "file"),
        [
            (
                f"{record.design.side.value}/{record.design.key}",
                span_text(record.design.years.first, record.design.years.last),
                record.image.id,
                f"{record.image.width}×{record.image.height}",
                record.image.description,
                places.get(record.image.id),
            )
            for record in records
        ],
    )


@click.command()
@click.argument("key", metavar="TYPE")
@click.option("--design", "of_design", metavar="SIDE/DESIGN", help="Whose years to change.")
@click.option("--clear", multiple=True, metavar="FIELD", help="Make a field unknown; repeatable.")
@field_options("type", "design", "description", "credit", "license")
@pass_session
def edit(
    session: Session,
    /,
    key: str,
    of_design: str | None,
    clear: tuple[str, ...],
    **fields: str | None,
) -> None:
    """Change fields of a coin type, or the years of its designs."""
    changes: dict[str, str | None] = {
        name: text for name, text in fields.items() if text is not None
    }
    changes |= dict.fromkeys(name.replace("-", "_") for name in clear)
    if not changes:
        raise UsageError("Nothing to change was given.", hint="Name a field, e.g. --title TEXT.")
    with session.catalogue() as catalogue:
        catalogue.edit(key, design=of_design, **changes)
    say(f"Changed {', '.join(changes)} of {key}.")


@click.command()
@click.argument("key", metavar="TYPE", required=False)
@click.option("--image", "images", multiple=True, metavar="ID", help="One image; repeatable.")
@pass_session
def remove(session: Session, key: str | None, images: tuple[str, ...]) -> None:
    """Remove a coin type with all its images, or single images."""
    if (key is None) == (not images):
        raise UsageError("Name either a TYPE or images by --image ID.")
    with session.catalogue() as catalogue:
        removed = catalogue.remove(key, images=images)
    say(f"Removed {removed:,} image{'' if removed == 1 else 's'}.")
