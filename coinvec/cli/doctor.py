"""`coinvec doctor`."""

from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, progress_bar, say, warn
from coinvec.errors import CheckFailedError

if TYPE_CHECKING:
    from coinvec.services.checkup.findings import Finding
    from coinvec.services.doctor import Diagnosis

SHORT_ID = 12


@click.command()
@click.option("--fix", is_flag=True, help="Mend it, from the database and the kept pictures.")
@format_option(Format.TABLE, Format.JSON)
@pass_session
def doctor(session: Session, fix: bool, form: Format) -> None:
    """Compare database, vectors and pictures, and tell all that disagrees.

    Exits 0 where all agrees or has been mended, else 1.
    """
    from coinvec.services.doctor import examine
    from coinvec.services.home import Home

    with Home.open(session.settings()) as home, progress_bar("Examining") as progress:
        diagnosis = examine(home, fix=fix, progress=progress)
    if form is Format.JSON:
        print_json(_as_json(diagnosis))
    elif diagnosis.findings:
        print_table(
            ("disagreement", "count", "mended", "first"),
            [_table_row(finding) for finding in diagnosis.findings],
        )
    for remark in diagnosis.remarks:
        warn(remark)
    _conclude(diagnosis, fix=fix)


def _as_json(diagnosis: "Diagnosis") -> dict[str, object]:
    return {
        "sound": diagnosis.is_sound,
        "checked": {
            "images": diagnosis.images,
            "without_media": diagnosis.without_media,
            "media": diagnosis.media,
            "vectors": diagnosis.vectors,
        },
        "findings": [
            {
                "kind": finding.kind.value,
                "meaning": finding.kind.meaning,
                "count": finding.count,
                "mended": finding.mended,
                "first": list(finding.first),
            }
            for finding in diagnosis.findings
        ],
        "remarks": list(diagnosis.remarks),
    }


def _table_row(finding: "Finding") -> tuple[object, ...]:
    first = ", ".join(_short(name) for name in finding.first)
    more = ", …" if finding.count > len(finding.first) else ""
    return (finding.kind.meaning, finding.count, finding.mended, first + more)


def _short(name: str) -> str:
    """Ids are cut as people cut them; --format json has them whole."""
    return f"{name[:SHORT_ID]}…" if len(name) == 64 and name.isalnum() else name


def _conclude(diagnosis: "Diagnosis", *, fix: bool) -> None:
    checked = (
        f"{diagnosis.images:,} images, {diagnosis.vectors:,} vectors and "
        f"{diagnosis.media:,} kept pictures"
    )
    if diagnosis.is_sound:
        mended = sum(finding.mended for finding in diagnosis.findings)
        say(f"{checked} agree{f', now that {mended:,} faults are mended' if mended else ''}.")
        return
    left = sum(finding.left for finding in diagnosis.left)
    advice = dict.fromkeys(finding.kind.advice for finding in diagnosis.left)
    raise CheckFailedError(
        f"Of {checked}, {left:,} disagree{' still' if fix else ''}.",
        hint=" ".join(filter(None, advice)) if fix else "`coinvec doctor --fix` mends what it can.",
    )
