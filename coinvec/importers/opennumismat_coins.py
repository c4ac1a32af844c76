"""What an OpenNumismat coin says, as cells of a manifest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from coinvec.domain.coins import Side
from coinvec.domain.spelling import slug
from coinvec.importers.details import joined, number
from coinvec.importers.opennumismat_file import Coin

SIDE_OF = {"obverseimg": Side.OBVERSE, "reverseimg": Side.REVERSE}
PHOTOS = tuple(f"photo{place}" for place in range(1, 7))

_PICTURES = frozenset((*SIDE_OF, *PHOTOS, "image", "edgeimg", "varietyimg", "signatureimg"))
_CATALOGUES = {27: "catalognum1", 28: "catalognum2", 29: "catalognum3", 30: "catalognum4"}
"""Columns of catalogue numbers by their number in `fields`."""
_OWN_LABEL = re.compile(r"\d#")
"""What OpenNumismat calls these columns until its user names the catalogues."""
_IDENTITY = (
    *("country", "emitent", "period", "ruler", "value", "unit", "series", "subjectshort"),
    *("material", "catalognum1"),
)
_RENAMED = frozenset(("id", "title", "value", "country", "type", "shape", "composition"))
"""Columns whose name means something else in a manifest."""
_NUMISTA = re.compile(r"numista\.com/(?:catalogue/)?(?:pieces)?(\d+)")
_EMISSION = re.compile(r"(\d{1,4})\s*[-–—]\s*(\d{1,4})")
_YEAR = re.compile(r"-?\d{1,4}")


@dataclass(frozen=True, slots=True)
class CoinKind:
    """Coins of one catalogued type.

    Attributes:
        key: The type's key.
        cells: What a manifest says of type and design.
    """

    key: str
    cells: Mapping[str, str]


def type_key(coin: Coin) -> str:
    """The key of a coin's type: coins that agree in it are one type, whatever year and grade.

    It is `numista-` and the number where the coin's link leads to Numista; else country and
    denomination in words, and eight digits that stand for all the columns that tell types apart.
    """
    if found := _numista_id(coin):
        return f"numista-{found}"
    said = "\x1f".join(coin.get(name, "").casefold() for name in _IDENTITY)
    words = slug(f"{_country(coin)} {_denomination(coin)}")[:150]
    return f"{words}-{sha256(said.encode()).hexdigest()[:8]}".lstrip("-")


def kind_of(coins: Sequence[Coin], titles: Mapping[int, str]) -> CoinKind:
    """What coins of one type say together; where they differ, the first that says something.

    Args:
        coins: The coins, by id.
        titles: How the collection's user calls the columns.
    """
    cells: dict[str, str] = {}
    for coin in coins:
        cells = {**_cells(coin, titles), **cells}
    names = {coin.get("title", "") for coin in coins}
    if len(names) > 1:  # OpenNumismat's titles name the year
        subject = coins[0].get("subjectshort") or coins[0].get("series")
        parts = (cells.get("country"), cells.get("denomination"), subject)
        cells["title"] = ", ".join(filter(None, parts))
    key = type_key(coins[0])
    return CoinKind(key, {**cells, **_years(coins), "type": key})


def photo_cells(kind: CoinKind, coins: Sequence[Coin], side: Side) -> dict[str, str | None]:
    """The row of a photo.

    Args:
        kind: The type of the coins it stands for.
        coins: The coins that have this very picture.
        side: The side it shows.
    """
    description = coins[0].get(f"{side.value}design", "")
    said = {**kind.cells, "description": description}
    details = joined(_details(coin, said) for coin in coins)
    cells: dict[str, str | None] = {**details, **kind.cells, "side": side.value}
    if description and f"{side.value}design" not in details:
        cells["description"] = description
    return cells


def _cells(coin: Coin, titles: Mapping[int, str]) -> dict[str, str]:
    materials = ", ".join(filter(None, (coin.get("material"), coin.get("material2"))))
    cells = {
        "country": _country(coin),
        "denomination": _denomination(coin),
        "currency": coin.get("unit"),
        "value": number(coin.get("value", ""), zero=True),
        "title": coin.get("title"),
        "composition": coin.get("composition") or materials,
        "diameter_mm": number(coin.get("diameter", "")),
        "weight_g": number(coin.get("weight", "")),
        "shape": coin.get("shape"),
        "numista_id": _numista_id(coin),
        "references": _references(coin, titles),
    }
    return {name: text for name, text in cells.items() if text}


_SOURCES = {
    "country": "country",
    "unit": "currency",
    "value": "value",
    "title": "title",
    "material": "composition",
    "composition": "composition",
    "diameter": "diameter_mm",
    "weight": "weight_g",
    "shape": "shape",
    "obversedesign": "description",
    "reversedesign": "description",
}
"""The manifest column that each of these columns of OpenNumismat goes to."""


def _details(coin: Coin, said: Mapping[str, str]) -> dict[str, str]:
    """All the columns of a coin but its pictures and what the row says in the same words."""
    return {
        f"opennumismat_{name}" if name in _RENAMED else name: text
        for name, text in coin.items()
        if name not in _PICTURES and said.get(_SOURCES.get(name, "")) != text
    }


def _country(coin: Coin) -> str:
    names = (coin.get(name) for name in ("country", "emitent", "region", "period"))
    return next(filter(None, names), "")


def _denomination(coin: Coin) -> str:
    parts = (coin.get("value"), coin.get("unit"))
    return " ".join(filter(None, parts)) or coin.get("title", "")


def _numista_id(coin: Coin) -> str | None:
    found = _NUMISTA.search(coin.get("url", ""))
    return found[1] if found else None


def _references(coin: Coin, titles: Mapping[int, str]) -> str:
    """Numbers in printed catalogues, after the catalogue's name where its column has one."""
    numbers = []
    for place, name in _CATALOGUES.items():
        title, text = titles.get(place, ""), coin.get(name)
        if text:
            named = title and not _OWN_LABEL.fullmatch(title) and "#" not in text
            numbers.append(f"{title} {text}" if named else text)
    return "; ".join(numbers)


def _years(coins: Sequence[Coin]) -> dict[str, str]:
    """The years of a type's designs: the coins' own, and those of their emission period."""
    years = [int(text) for coin in coins if _YEAR.fullmatch(text := coin.get("year", ""))]
    for coin in coins:
        if found := _EMISSION.search(coin.get("dateemis", "")):
            years += [int(found[1]), int(found[2])]
    return {"year_from": str(min(years)), "year_to": str(max(years))} if years else {}
