"""What manifest rows mean, against the catalogue and against each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.coins import CoinType, Design
from coinvec.errors import InvalidValueError
from coinvec.services.manifest import check_row, read_coin, read_design
from coinvec.services.rows import Row


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a row says about the coin it shows.

    Attributes:
        coin: The coin type, completed from the catalogue.
        design: The design, likewise.
        is_change: Whether the catalogue knew type or design otherwise before this import.
    """

    coin: CoinType
    design: Design
    is_change: bool


class RowReader:
    """Understands the rows of one import.

    The fields of a type, and the years of a design, must agree between the rows of an import; the
    first row that speaks of them is believed. What the catalogue said before the import is kept,
    so that every row of a changed type counts as a change, however late it comes.
    """

    def __init__(self, catalogue: CatalogueStore) -> None:
        self._catalogue = catalogue
        self._coins_before: dict[str, CoinType | None] = {}
        self._designs_before: dict[str, Design | None] = {}
        self._coins_said: dict[str, tuple[int, CoinType]] = {}
        self._designs_said: dict[str, tuple[int, Design]] = {}

    def read(self, rows: Sequence[Row]) -> Iterator[Meaning | InvalidValueError]:
        """Understand rows, each on its own: a meaning, or why there is none, for each row."""
        self._look_up(rows)
        for row in rows:
            try:
                yield self._meaning(row)
            except InvalidValueError as error:
                yield error

    def _look_up(self, rows: Sequence[Row]) -> None:
        """Fetch what the catalogue says of the rows' types and designs, in two queries."""
        named = []
        for row in rows:
            try:
                check_row(row)
                named.append(read_design(row.cells))
            except InvalidValueError:
                continue  # _meaning refuses it again, with the reason
        keys = {each.type_key for each in named} - self._coins_before.keys()
        ids = {each.id for each in named} - self._designs_before.keys()
        self._coins_before |= dict.fromkeys(keys) | self._catalogue.coin_types(keys)
        self._designs_before |= dict.fromkeys(ids) | self._catalogue.designs(ids)

    def _meaning(self, row: Row) -> Meaning:
        check_row(row)
        design_id = read_design(row.cells).id
        design_before = self._designs_before[design_id]
        design = read_design(row.cells, design_before)
        coin_before = self._coins_before[design.type_key]
        coin = read_coin(row.cells, coin_before)
        line, said = self._coins_said.setdefault(coin.key, (row.line, coin))
        if said != coin:
            raise InvalidValueError(_disagreement(f"type {coin.key!r}", line, said, coin))
        line, drawn = self._designs_said.setdefault(design.id, (row.line, design))
        if drawn != design:
            raise InvalidValueError(
                f"Line {line} gives the design {design.id!r} the years {drawn.years}, this row "
                f"{design.years}; all rows of a design must agree."
            )
        changed = coin_before not in (None, coin) or design_before not in (None, design)
        return Meaning(coin, design, changed)


def _disagreement(what: str, line: int, before: CoinType, now: CoinType) -> str:
    name = next(name for name in CoinType.__slots__ if getattr(before, name) != getattr(now, name))
    return (
        f"Line {line} gives the {what} the {name} {getattr(before, name)!r}, this row "
        f"{getattr(now, name)!r}; all rows of a type must agree."
    )
