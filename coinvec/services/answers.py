"""What coinvec answers, as the documented JSON: the same on the command line and over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from coinvec.domain.coins import CoinType
from coinvec.domain.models import Thresholds
from coinvec.domain.records import CoinRecord, TypeSummary
from coinvec.domain.results import Candidate, CoinInPicture, SearchResult
from coinvec.domain.tables import Value
from coinvec.plugin.records import PluginRecord
from coinvec.plugin.specs import EncoderSpec, PluginSpec, RankerSpec

if TYPE_CHECKING:
    from coinvec.services.sql import SqlResult

Json = dict[str, object]
Place = Callable[[Candidate], str | None]
"""Where the picture of a hit is shown; None without media."""

SQL_DECIMALS = 6
"""Of a similarity or another double in the answer to a statement."""


def where_kept(hit: Candidate) -> str | None:
    """The absolute path or URL at which a hit's picture is kept."""
    return hit.image_location


def search_json(result: SearchResult, place: Place = where_kept) -> Json:
    """A search result in the documented shape."""
    return {
        "verdict": result.verdict.value,
        "calibrated": result.calibrated,
        "judged_by": result.judged_by,
        "generation": result.generation,
        "encoder": result.encoder,
        "total_matching": result.total_matching,
        "coins_in_picture": [coin_json(coin) for coin in result.coins_in_picture],
        "hits": [hit_json(rank, hit, place) for rank, hit in enumerate(result.hits, 1)],
        "warnings": list(result.warnings),
        "timings_ms": dict(result.timings_ms),
    }


def coin_json(coin: CoinInPicture) -> Json:
    """What was found in a picture."""
    found: Json = {"image": coin.name, "found": coin.crop is not None}
    if coin.crop is not None:
        found |= {
            "score": round(coin.crop.score, 4),
            "box": list(coin.crop.box.as_tuple()),
            "ellipse": [round(number, 2) for number in coin.crop.ellipse.as_tuple()],
            "passes": coin.crop.passes,
        }
    return found


def hit_json(rank: int, hit: Candidate, place: Place = where_kept) -> Json:
    """One hit."""
    years = hit.design.years
    return {
        "rank": rank,
        "similarity": round(hit.similarity, 6),
        "type": hit.type,
        "design": hit.design.key,
        "side": hit.side.value,
        "title": hit.title,
        "country": hit.country,
        "currency": hit.coin.currency,
        "denomination": hit.denomination,
        "year_from": years.first,
        "year_to": years.last,
        "image": place(hit),
        "sides": {
            side.value: {"design": match.design, "similarity": round(match.similarity, 6)}
            for side, match in hit.sides.items()
        },
    }


def coin_type_json(coin: CoinType) -> Json:
    """The fields of a coin type."""
    return {
        "type": coin.key,
        "title": coin.title,
        "country": coin.country,
        "denomination": coin.denomination,
        "currency": coin.currency,
        "value": coin.value,
        "composition": coin.composition,
        "diameter_mm": coin.diameter_mm,
        "weight_g": coin.weight_g,
        "shape": coin.shape,
        "numista_id": coin.numista_id,
        "references": "; ".join(coin.references) or None,
    }


def summary_json(summary: TypeSummary) -> Json:
    """A coin type as a list shows it."""
    return {
        **coin_type_json(summary.coin),
        "year_from": summary.years.first,
        "year_to": summary.years.last,
        "designs": summary.n_designs,
        "images": summary.n_images,
    }


def type_json(records: Sequence[CoinRecord], places: Mapping[str, str]) -> Json:
    """A coin type with its images.

    Args:
        records: All its images; at least one.
        places: Where the picture of each image that has one is shown, by image id.
    """
    return {
        **coin_type_json(records[0].coin),
        "images": [
            {
                "id": record.image.id,
                "side": record.design.side.value,
                "design": record.design.key,
                "year_from": record.design.years.first,
                "year_to": record.design.years.last,
                "format": record.image.format,
                "width": record.image.width,
                "height": record.image.height,
                "filename": record.image.filename,
                "description": record.image.description,
                "credit": record.image.credit,
                "license": record.image.license,
                "attributes": dict(record.image.attributes),
                "image": places.get(record.image.id),
            }
            for record in records
        ],
    }


def sql_json(result: "SqlResult") -> Json:
    """The answer to a statement."""
    names = [column.name for column in result.columns]
    shaped: Json = {
        "columns": names,
        "rows": [dict(zip(names, row, strict=True)) for row in rounded_rows(result)],
        "total_matching": result.total_matching,
    }
    if result.search is not None:
        shaped |= {
            "verdict": result.search.verdict.value,
            "calibrated": result.search.calibrated,
            "coins_in_picture": [coin_json(coin) for coin in result.search.coins_in_picture],
            "warnings": list(result.search.warnings),
        }
    if result.plan is not None:
        shaped["plan"] = result.plan.as_json()
    return shaped


def rounded_rows(result: "SqlResult") -> list[list[Value]]:
    """The rows of an answer, doubles as they are printed."""
    return [
        [round(value, SQL_DECIMALS) if isinstance(value, float) else value for value in row]
        for row in result.rows
    ]


def record_json(record: PluginRecord) -> Json:
    """A plugin with what it declares."""
    return {
        "plugin": record.entry_point,
        "distribution": record.distribution,
        "version": record.version,
        "status": record.status.value,
        "reason": record.reason,
        "remedy": record.remedy,
        "warnings": list(record.warnings),
        "declares": [spec_json(spec) for spec in record.specs],
    }


def spec_json(spec: PluginSpec) -> Json:
    """A declaration of a plugin."""
    shared: Json = {
        "kind": spec.kind,
        "name": spec.name,
        "revision": spec.revision,
        "summary": spec.summary,
        "target": spec.target,
    }
    if isinstance(spec, EncoderSpec):
        limits = spec.thresholds
        shared |= {
            "dim": spec.dim,
            "metric": spec.metric.value,
            "thresholds": limits and _limits_json(limits),
        }
    if isinstance(spec, RankerSpec):
        shared |= {
            "depth": spec.depth,
            "deeper": spec.deeper,
            "thresholds": {name: _limits_json(each) for name, each in spec.thresholds.items()},
        }
    return shared


def _limits_json(limits: Thresholds) -> Json:
    return {"known": limits.known, "match": limits.match, "margin": limits.margin}


def plain_json(value: object) -> object:
    """What JSON has no word for: exact decimals as numbers; for the encoder's `default`.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
