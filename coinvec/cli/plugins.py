"""`coinvec plugins …`."""

from typing import TYPE_CHECKING

import click

from coinvec.cli.plugins_check import plugins_check
from coinvec.cli.plugins_new import plugins_new
from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session
from coinvec.errors import PluginError

if TYPE_CHECKING:
    from coinvec.plugin.records import PluginRecord


@click.group()
def plugins() -> None:
    """What is loaded, what failed, and why."""


plugins.add_command(plugins_check)
plugins.add_command(plugins_new)


@plugins.command("list")
@format_option(Format.TABLE, Format.JSON)
@pass_session
def plugins_list(session: Session, form: Format) -> None:
    """List every installed plugin with what it declares."""
    from coinvec.services.answers import record_json

    records = _host_records(session)
    if form is Format.JSON:
        print_json([record_json(record) for record in records])
        return
    print_table(
        ("plugin", "from", "status", "declares"),
        [
            (
                record.entry_point,
                f"{record.distribution} {record.version}".strip(),
                record.status.value,
                ", ".join(f"{spec.kind} {spec.name}" for spec in record.specs),
            )
            for record in records
        ],
    )
    for record in records:
        if record.status.value == "failed":
            click.echo(f"\n{record.entry_point}: {record.reason} {record.remedy}".rstrip())
        for warning in record.warnings:
            click.echo(f"\n{record.entry_point}: {warning}")


@plugins.command("show")
@click.argument("name")
@format_option(Format.TABLE, Format.JSON)
@pass_session
def plugins_show(session: Session, name: str, form: Format) -> None:
    """Show a plugin, or a preprocessor, encoder or ranker, by name."""
    from coinvec.services.answers import record_json, spec_json

    records = [
        record
        for record in _host_records(session)
        if name in (record.entry_point, record.distribution, *(s.name for s in record.specs))
    ]
    if not records:
        raise PluginError(
            f"There is no plugin {name!r}, and no plugin declares that name.",
            hint="`coinvec plugins list` shows what is installed.",
        )
    if form is Format.JSON:
        print_json([record_json(record) for record in records])
        return
    for record in records:
        for key, value in record_json(record).items():
            if key != "declares" and value:
                click.echo(f"{key:<13} {value}")
        for spec in record.specs:
            click.echo(f"\n{spec.kind} {spec.ref}")
            for key, value in spec_json(spec).items():
                if key not in ("kind", "name", "revision") and value not in (None, ""):
                    click.echo(f"  {key:<11} {value}")


def _host_records(session: Session) -> "list[PluginRecord]":
    from coinvec.plugin.host import PluginHost

    return PluginHost(session.settings().plugins).records()
