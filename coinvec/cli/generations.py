"""`coinvec generations …`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, progress_bar, say, warn
from coinvec.errors import CheckFailedError

if TYPE_CHECKING:
    from coinvec.domain.records import GenerationCheck, StoredGeneration
    from coinvec.services.collection import Catalogue
    from coinvec.services.filling import BuildReport
    from coinvec.services.generations import GenerationSummary

SHOWN_GAPS = 20

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="processors",
    help="Threads that read pictures and find the coins.",
)


@click.group()
def generations() -> None:
    """Change the models without down time: build, check, promote, and back."""


@generations.command("list")
@format_option(Format.TABLE, Format.JSON)
@pass_session
def list_(session: Session, form: Format) -> None:
    """List every generation: its models, what it holds, how it was checked."""
    with session.catalogue() as catalogue:
        summaries = catalogue.generations.summaries()
    if form is Format.JSON:
        print_json([summary_json(each) for each in summaries])
        return
    columns = (
        *("id", "state", "preprocessor", "encoder", "dim", "vectors", "to build", "no vector"),
        *("collection", "created", "last check"),
    )
    print_table(columns, [_row(each) for each in summaries])


@generations.command()
@click.option("--preprocessor", metavar="NAME", help="The model that finds the coin.")
@click.option("--encoder", metavar="NAME", help="The model that turns it into numbers.")
@jobs_option
@format_option(Format.TABLE, Format.JSON)
@pass_session
def build(
    session: Session, preprocessor: str | None, encoder: str | None, jobs: int, form: Format
) -> None:
    """Fill another pair of models' collection beside the live one.

    The pair is that of the options and the settings; what neither names stays as it is live. An
    interrupted build goes on when it is run again. Imports meanwhile go to both.
    """
    with session.catalogue() as catalogue:
        with progress_bar("Building") as progress:
            report = catalogue.generations.build(
                preprocessor=preprocessor, encoder=encoder, jobs=jobs, progress=progress
            )
        _tell(catalogue, report, form)
    number = report.generation.id
    say(f"Next: coinvec generations check --generation {number}, then promote {number}.")


@generations.command()
@click.argument("queries", required=False, type=click.Path(path_type=Path))
@click.option("--generation", type=int, metavar="ID", help="Which.  [default: the one being built]")
@jobs_option
@format_option(Format.TABLE, Format.JSON)
@pass_session
def check(
    session: Session, queries: Path | None, generation: int | None, jobs: int, form: Format
) -> None:
    """Compare a generation's hit rates with the live one's, and keep the outcome.

    QUERIES is a golden set, as for `coinvec evaluate`. Without it, images of the catalogue are
    searched for among the rest: those whose design has another image.
    """
    with session.catalogue() as catalogue, progress_bar("Checking") as progress:
        outcome = catalogue.generations.check(
            queries, generation=generation, jobs=jobs, progress=progress
        )
    if form is Format.JSON:
        print_json(check_json(outcome))
    else:
        say(f"{outcome.queries:,} queries ({outcome.golden_set}).")
        print_table(
            ("hit rate at", f"generation {outcome.generation_id}", f"live ({outcome.live_id})"),
            [(k, outcome.candidate[k], outcome.live[k]) for k in sorted(outcome.live)],
        )
    if outcome.is_worse:
        raise CheckFailedError(
            f"Generation {outcome.generation_id} is worse than the live one.",
            hint=f"`coinvec generations promote {outcome.generation_id}` will refuse it.",
        )


@generations.command()
@click.argument("generation", required=False, type=int)
@click.option("--force", is_flag=True, help="Also if it is incomplete, unchecked or worse.")
@pass_session
def promote(session: Session, generation: int | None, force: bool) -> None:
    """Make the generation that was built the live one. Searches go on all the while."""
    with session.catalogue() as catalogue:
        live = catalogue.generations.promote(generation, force=force)
        _tell_live(catalogue, live)
        left_out = catalogue.home.catalogue.coverage(live.id).without_media
    if left_out:
        warn(
            f"{left_out:,} images of which no picture is kept are not in it, and cannot be found "
            "until a rollback."
        )


@generations.command()
@jobs_option
@pass_session
def rollback(session: Session, jobs: int) -> None:
    """Go back to the generation that was live before, with all that was enrolled since."""
    with session.catalogue() as catalogue:
        with progress_bar("Catching up") as progress:
            report = catalogue.generations.rollback(jobs=jobs, progress=progress)
        _tell(catalogue, report, Format.TABLE)
        _tell_live(catalogue, report.generation)


@generations.command()
@click.argument("generation", type=int)
@pass_session
def drop(session: Session, generation: int) -> None:
    """Remove a generation that is not live: its collection and its vectors."""
    with session.catalogue() as catalogue:
        dropped = catalogue.generations.drop(generation)
    say(f"Generation {dropped.id}, {dropped.generation}, is gone.")


def summary_json(summary: "GenerationSummary") -> dict[str, object]:
    """A generation for programs."""
    stored, coverage = summary.stored, summary.coverage
    return {
        "id": stored.id,
        "state": stored.state.value,
        "generation": str(stored.generation),
        "preprocessor": str(stored.generation.preprocessor),
        "encoder": str(stored.generation.encoder),
        "metric": stored.generation.metric.value,
        "dim": stored.generation.dim,
        "collection": stored.collection,
        "created": stored.created_at.isoformat(timespec="seconds"),
        "images": coverage.images,
        "vectors": coverage.embedded,
        "to_build": coverage.missing,
        "without_coin_or_picture": coverage.gaps,
        "without_media": coverage.without_media,
        "last_check": summary.check and check_json(summary.check),
    }


def check_json(check: "GenerationCheck") -> dict[str, object]:
    """The outcome of a check for programs."""
    return {
        "generation": check.generation_id,
        "live": check.live_id,
        "checked": check.checked_at.isoformat(timespec="seconds"),
        "golden_set": check.golden_set,
        "queries": check.queries,
        "hit_rate": {str(k): round(rate, 6) for k, rate in sorted(check.candidate.items())},
        "live_hit_rate": {str(k): round(rate, 6) for k, rate in sorted(check.live.items())},
        "worse": check.is_worse,
    }


def _row(summary: "GenerationSummary") -> tuple[object, ...]:
    stored, coverage = summary.stored, summary.coverage
    return (
        stored.id,
        stored.state.value,
        stored.generation.preprocessor,
        stored.generation.encoder,
        stored.generation.dim,
        f"{coverage.embedded:,}/{coverage.images:,}",
        coverage.missing,
        coverage.gaps + coverage.without_media,
        stored.collection,
        f"{stored.created_at:%Y-%m-%d %H:%M}",
        _check_text(summary.check),
    )


def _check_text(check: "GenerationCheck | None") -> str:
    if check is None:
        return ""
    first = min(check.live)
    return (
        f"{'worse' if check.is_worse else 'passed'}: {check.candidate[first]:.3f} against "
        f"{check.live[first]:.3f} at {first} ({check.golden_set}, {check.checked_at:%Y-%m-%d})"
    )


@generations.command()
@jobs_option
@pass_session
def prepare(session: Session, jobs: int) -> None:
    """Work out ahead what the ranker needs of all kept pictures.

    Imports do so as they go. Needed after a release whose ranker is another, and where the home's
    `cache` was deleted: until then searches compare fewer pictures.
    """
    from coinvec.services.preparing import prepare_catalogue

    with session.catalogue() as catalogue, progress_bar("Preparing") as progress:
        count = prepare_catalogue(catalogue.home, jobs=jobs, progress=progress)
    say(f"The ranker {catalogue.home.ranker_name!r} is ready for {count:,} pictures.")


def _tell(catalogue: "Catalogue", report: "BuildReport", form: Format) -> None:
    coverage = report.coverage
    if form is Format.JSON:
        gaps = {image_id: gap.value for image_id, gap in report.gaps.items()}
        print_json(
            {
                "id": report.generation.id,
                "built": report.built,
                "vectors": coverage.embedded,
                "images": coverage.images,
                "without_media": coverage.without_media,
                "gaps": gaps,
            }
        )
        return
    say(
        f"Generation {report.generation.id}, {report.generation.generation}: "
        f"{coverage.embedded:,} of {coverage.images:,} images; {coverage.without_media:,} are kept "
        f"without a picture, and in {coverage.gaps:,} no coin was found or read."
    )
    shown = dict(list(report.gaps.items())[:SHOWN_GAPS])
    images = catalogue.home.catalogue.images(shown)
    for image_id, image in images.items():
        warn(f"{image.design.id}, {image.filename}, {image_id}: {shown[image_id].sentence}.")
    if len(report.gaps) > SHOWN_GAPS:
        warn(f"{len(report.gaps) - SHOWN_GAPS:,} more are listed by `build --format json`.")


def _tell_live(catalogue: "Catalogue", live: "StoredGeneration") -> None:
    say(f"Generation {live.id}, {live.generation}, is live.")
    settings, pair = catalogue.home.settings, live.generation
    for kind, name in (("preprocessor", pair.preprocessor.name), ("encoder", pair.encoder.name)):
        asked = getattr(settings, kind)
        if asked not in (None, name):
            warn(
                f"The settings name the {kind} {asked!r}: leave COINVEC_{kind.upper()} unset, or "
                "searches are refused."
            )
