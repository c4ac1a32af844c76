"""Collections of OpenNumismat, pictures inside."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coinvec.domain.coins import Side
from coinvec.importers.opennumismat_coins import (
    PHOTOS,
    SIDE_OF,
    CoinKind,
    kind_of,
    photo_cells,
    type_key,
)
from coinvec.importers.opennumismat_file import Coin, CollectionFile, open_collection
from coinvec.plugin.protocols import ImportedRow

_WORDS = {
    Side.OBVERSE: ("obverse", "avers", "anverso", "аверс"),
    Side.REVERSE: ("reverse", "revers", "reverso", "реверс"),
}
"""How the caption of a photo says which side it shows."""


@dataclass(frozen=True, slots=True)
class _Photo:
    """A picture of one side, with the coins of a type that have it."""

    name: str
    id: str
    side: Side
    coins: list[Coin]


class OpenNumismatImporter:
    """Reads a `.db` file of OpenNumismat.

    Coins that agree in what tells types apart become one type. Every picture of an obverse or a
    reverse becomes a photo, a picture that several coins of a type share becomes one.
    """

    def read(self, path: Path, pictures: Path) -> Iterator[ImportedRow]:
        """Read a collection; see `coinvec.plugin.protocols.Importer.read`.

        Args:
            path: The collection.
            pictures: Not used: the pictures are in the collection.

        Raises:
            ManifestError: The file is not a collection of OpenNumismat.
        """
        del pictures
        with open_collection(path) as collection:
            titles = collection.titles()
            coins_of: dict[str, list[Coin]] = defaultdict(list)
            for coin in collection.coins():
                coins_of[type_key(coin)].append(coin)
            finder = _Finder(collection)
            for coins in coins_of.values():
                kind = kind_of(coins, titles)
                for photo in finder.photos(coins):
                    cells = photo_cells(kind, photo.coins, photo.side)
                    yield ImportedRow({**cells, "image": photo.name}, collection.picture(photo.id))
                yield from _without_pictures(kind, coins, finder)


class _Finder:
    """Finds the pictures of coins that show a known side."""

    def __init__(self, collection: CollectionFile) -> None:
        self._digests = collection.digests()
        self._captions = collection.captions()

    def photos(self, coins: Sequence[Coin]) -> list[_Photo]:
        """The different pictures of coins of one type, in their order."""
        photos: dict[tuple[Side, str], _Photo] = {}
        for coin in coins:
            for column, side in self.sides(coin).items():
                photo = coin[column]
                new = _Photo(f"coin-{coin['id']}-{column}", photo, side, [])
                having = photos.setdefault((side, self._digests[photo]), new).coins
                if coin not in having:
                    having.append(coin)
        return list(photos.values())

    def sides(self, coin: Coin) -> dict[str, Side]:
        """The columns of a coin that hold a picture of a known side, with the side."""
        named = {
            column: side
            for column in PHOTOS
            if (side := _side_of(self._captions.get(coin.get(column, ""), "")))
        }
        return {
            column: side
            for column, side in {**SIDE_OF, **named}.items()
            if coin.get(column) in self._digests
        }


def _side_of(caption: str) -> Side | None:
    folded = caption.casefold()
    sides = [side for side, words in _WORDS.items() if any(word in folded for word in words)]
    return sides[0] if len(sides) == 1 else None


def _without_pictures(
    kind: CoinKind, coins: Sequence[Coin], finder: _Finder
) -> Iterator[ImportedRow]:
    for coin in coins:
        if not finder.sides(coin):
            yield ImportedRow(
                {**kind.cells, "image": f"coin-{coin['id']}"},
                problem="the coin has no picture of its obverse or reverse",
            )
