"""`coinvec plugins check`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, say
from coinvec.errors import CheckFailedError

if TYPE_CHECKING:
    from coinvec.testing.conformance import Report


@click.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--kind", default="", help="Check only what is declared of this kind.")
@click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Measure quality on rendered coins as well, and write report and plot into this folder.",
)
@format_option(Format.TABLE, Format.JSON)
@pass_session
def plugins_check(
    session: Session, names: tuple[str, ...], kind: str, folder: Path | None, form: Format
) -> None:
    """Hold plugins to everything they promise; all that are installed where none is named."""
    from coinvec.plugin.host import PluginHost
    from coinvec.testing.conformance import check_installed

    host = PluginHost(session.settings().plugins)
    reports: list[Report] = []
    for name in names or ("",):
        for report in check_installed(host, name, kind=kind, measured=folder is not None):
            reports.append(report)
            if form is Format.TABLE:
                _print_report(report)
            for path in report.write(folder) if folder else ():
                say(f"Wrote {path}.")
    if form is Format.JSON:
        print_json([report.for_json() for report in reports])
    _require_all(reports)


def _print_report(report: "Report") -> None:
    kept = sum(outcome.passed for outcome in report.outcomes)
    verdict = f"{kept} of {len(report.outcomes)} promises kept"
    click.echo(f"\n{report.kind} {report.name}@{report.revision}: {verdict}")
    print_table(
        ("check", "result", "detail"),
        [(each.check, "ok" if each.passed else "FAILED", each.detail) for each in report.outcomes],
    )
    for curve in report.curves:
        pairs = zip(curve.levels, curve.values, strict=True)
        click.echo(f"{curve.title}: {', '.join(f'{at} → {value:.2f}' for at, value in pairs)}")


def _require_all(reports: "Sequence[Report]") -> None:
    failed = [f"{each.kind} {each.name}" for each in reports if not each.passed]
    if failed:
        raise CheckFailedError(
            f"{len(failed)} of {len(reports)} checked plugins broke a promise: "
            f"{', '.join(failed)}.",
            hint="Each failed check says what to change; until then, leave them out of "
            "COINVEC_PLUGINS.",
        )
