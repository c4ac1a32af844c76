"""`coinvec evaluate`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, progress_bar
from coinvec.domain.choices import GroupBy
from coinvec.errors import UsageError

if TYPE_CHECKING:
    from coinvec.services.evaluate import Evaluation


@click.command()
@click.argument("queries", type=click.Path(path_type=Path))
@click.option(
    "--ks",
    default="1,2,5,10,20",
    show_default=True,
    help="Depths of the hit rates.",
)
@click.option(
    "--group-by",
    type=click.Choice([GroupBy.DESIGN.value, GroupBy.TYPE.value]),
    help="Judge by designs or by types.  [default: designs where the file names them]",
)
@click.option(
    "--ranker",
    metavar="NAME",
    help="Order the hits with this ranker.  [default: that of the settings]",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="processors",
    help="Threads that read pictures and find the coins.",
)
@format_option(Format.TABLE, Format.JSON)
@pass_session
def evaluate(
    session: Session,
    queries: Path,
    *,
    ks: str,
    group_by: str | None,
    ranker: str | None,
    jobs: int,
    form: Format,
) -> None:
    """Measure hit rates and the detection of unknown coins on a queries file.

    Every query goes through the path that `coinvec search` takes. A known coin in whose photo no
    coin is found counts as a miss; queries with an empty type are coins the catalogue lacks.
    """
    depths = _read_depths(ks)
    with session.catalogue() as catalogue, progress_bar("Evaluating") as progress:
        result = catalogue.evaluate(
            queries, ks=depths, group_by=group_by, jobs=jobs, progress=progress, ranker=ranker
        )
    if form is Format.JSON:
        print_json(evaluation_json(result))
    else:
        _print(result)


def evaluation_json(result: "Evaluation") -> dict[str, object]:
    """The measurements in the documented shape."""
    return {
        "queries": len(result.outcomes),
        "known": len(result.known),
        "unknown": len(result.unknown),
        "group_by": result.group_by.value,
        "generation": result.generation,
        "hit_rate": {str(k): _rounded(rate) for k, rate in result.hit_rate.items()},
        "unknown_detection": {
            "false_accept_rate": _rounded(result.false_accept_rate),
            "false_reject_rate": _rounded(result.false_reject_rate),
            "auroc": _rounded(result.auroc),
        },
        "no_coin_found": result.no_coin_found,
        "timings_ms": {stage: round(ms, 3) for stage, ms in result.timings_ms.items()},
    }


def _read_depths(text: str) -> tuple[int, ...]:
    try:
        depths = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        depths = ()
    if not depths or depths[0] < 1:
        raise UsageError(f"--ks {text!r} is not a list of positive numbers such as 1,5,10.")
    return depths


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 6)


def _print(result: "Evaluation") -> None:
    click.echo(
        f"{len(result.known):,} known and {len(result.unknown):,} unknown coins, judged by "
        f"{result.group_by.value}; no coin found in {result.no_coin_found:,} photos."
    )
    rows = [(f"hit rate at {k}", _percent(rate)) for k, rate in result.hit_rate.items()]
    rows += [
        ("AUROC known/unknown", "–" if result.auroc is None else f"{result.auroc:.3f}"),
        ("false accepts", _percent(result.false_accept_rate)),
        ("false rejects", _percent(result.false_reject_rate)),
        *((f"{stage} ms per query", f"{ms:.1f}") for stage, ms in result.timings_ms.items()),
    ]
    print_table(("measure", "value"), rows)


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{100 * rate:.1f} %"
