"""The catalogue by hand: list, show, edit, remove."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coinvec.domain.coins import Design
from coinvec.domain.predicates import Predicate
from coinvec.domain.records import CoinRecord, TypeSummary
from coinvec.domain.spelling import nearest
from coinvec.errors import NotInCatalogueError
from coinvec.services.home import Home
from coinvec.services.manifest import TYPE_READERS, Cells, read_coin, read_design

SPELLING_CHOICES = 20_000


def list_types(
    home: Home, where: Predicate | None = None, *, limit: int | None = None, offset: int = 0
) -> Sequence[TypeSummary]:
    """Coin types that match a filter, by key."""
    return home.catalogue.list_types(where, limit=limit, offset=offset)


def show_type(home: Home, key: str) -> Sequence[CoinRecord]:
    """Every image of a coin type with its design.

    Raises:
        NotInCatalogueError: There is no such type; the hint names the nearest.
    """
    records = home.catalogue.type_records(key)
    if not records:
        right = nearest(key, home.catalogue.distinct_values("type", SPELLING_CHOICES))
        raise NotInCatalogueError(
            f"There is no type {key!r} in the catalogue.",
            hint=f"Did you mean {right!r}?" if right else "`coinvec list` shows all.",
        )
    return records


def edit_type(home: Home, key: str, cells: Cells, *, design: str | None = None) -> None:
    """Change fields of a type, or the years of its designs.

    Args:
        home: The opened home.
        key: The type.
        cells: New texts by manifest column; None clears. Columns not named stay.
        design: `side/design` whose years to change; by default the years of all designs.

    Raises:
        NotInCatalogueError: There is no such type or design.
        InvalidValueError: A new value is unusable.
    """
    records = show_type(home, key)
    coin = read_coin({**_of_type(cells), "type": key}, records[0].coin)
    if coin != records[0].coin:
        home.catalogue.update_type(coin)
    if years := {name: cells[name] for name in ("year_from", "year_to") if name in cells}:
        changed = [_with_years(record, years) for record in _of_design(records, design)]
        home.catalogue.save([replace(each, coin=coin) for each in changed], {}, home.live.id)
    home.sync()


def remove_type(home: Home, key: str) -> int:
    """Remove a type with its designs, images and kept pictures; returns how many images."""
    return remove_images(home, [record.image.id for record in show_type(home, key)])


def remove_images(home: Home, ids: Sequence[str]) -> int:
    """Remove images and their kept pictures; types and designs left without images go too.

    Raises:
        NotInCatalogueError: An id is not in the catalogue; nothing is removed.
    """
    missing = set(ids) - home.catalogue.images(ids).keys()
    if missing:
        raise NotInCatalogueError(
            f"There is no image {min(missing)!r} in the catalogue.",
            hint="`coinvec show TYPE` lists the ids of a type's images.",
        )
    removed = home.catalogue.remove_images(ids)
    home.sync()
    for image_id in ids:
        home.media.delete(image_id)
    return removed


def _of_type(cells: Cells) -> Cells:
    return {name: text for name, text in cells.items() if name in TYPE_READERS}


def _of_design(records: Sequence[CoinRecord], wanted: str | None) -> list[CoinRecord]:
    if wanted is None:
        return list(records)
    chosen = [each for each in records if _short_id(each.design) == wanted]
    if not chosen:
        designs = sorted({_short_id(each.design) for each in records})
        raise NotInCatalogueError(
            f"The type {records[0].coin.key!r} has no design {wanted!r}.",
            hint=f"It has: {', '.join(designs)}.",
        )
    return chosen


def _short_id(design: Design) -> str:
    return f"{design.side.value}/{design.key}"


def _with_years(record: CoinRecord, years: Mapping[str, str | None]) -> CoinRecord:
    before = record.design
    cells = {"type": before.type_key, "side": before.side.value, "design": before.key, **years}
    design = read_design(cells, before)
    return replace(record, design=design, image=replace(record.image, design=design))
