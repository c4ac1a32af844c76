"""Search results as sentences for people, and as rows of CSV."""

from collections.abc import Sequence

from click import echo

from coinvec.cli.render import print_table, span_text
from coinvec.domain.choices import Verdict
from coinvec.domain.results import Candidate, SearchResult
from coinvec.services.answers import hit_json

COLUMNS = (
    "rank",
    "similarity",
    "type",
    "design",
    "side",
    "title",
    "country",
    "currency",
    "denomination",
    "year_from",
    "year_to",
    "image",
)


def print_answer(result: SearchResult) -> None:
    """Print a result as a person would want to read it."""
    echo(verdict_sentence(result))
    if result.hits:
        echo()
        print_table(
            ("#", "similarity", "coin", "side", "years", "type"),
            [
                (rank, hit.similarity, hit.title, hit.side.value, years_text(hit), hit.type)
                for rank, hit in enumerate(result.hits, 1)
            ],
        )
        echo()
    shown, total = len(result.hits), result.total_matching
    echo(f"{shown} of {total:,} matching shown; {result.timings_ms['total']:.0f} ms.")


def verdict_sentence(result: SearchResult) -> str:
    """The verdict in words."""
    best = f"{result.hits[0].title} ({result.hits[0].similarity:.3f})" if result.hits else ""
    if not result.hits:
        return "Unknown: the catalogue has no coin that matches the filter."
    if result.verdict is Verdict.MATCH:
        return f"Match: {best}."
    if result.verdict is Verdict.UNKNOWN:
        return f"Unknown: nothing in the catalogue looks like this coin; nearest is {best}."
    if not result.calibrated:
        name = result.encoder.split("@")[0]
        return f"Nearest: {best}. The encoder {name} cannot say how sure that is."
    return f"Ambiguous: several look like this, or the photo tells too little; nearest is {best}."


def years_text(hit: Candidate) -> str:
    """The years of a hit's design."""
    return span_text(hit.design.years.first, hit.design.years.last)


def csv_rows(results: Sequence[SearchResult]) -> list[dict[str, object]]:
    """All hits of several results as flat rows; `coin` counts the results from 0."""
    return [
        {"coin": place, **hit_json(rank, hit)}
        for place, result in enumerate(results)
        for rank, hit in enumerate(result.hits, 1)
    ]
