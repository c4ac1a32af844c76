"""What the colours of a map mean, the same in pictures and pages."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from coinvec.domain.records import CoinRecord

COLOURS = (
    "#4477aa", "#e0566b", "#228833", "#c9a227", "#3fb4d8", "#aa3377", "#e8853d", "#7a5cc0",
    "#8c6d31", "#2a9d8f", "#b5524d", "#5c7cfa", "#8fa33a", "#d37fb0", "#3b5b4f", "#c29a6b",
)  # fmt: skip
"""Of the countries with most images: more than sixteen colours nobody can tell apart."""

REST = "#b3afa5"

_LONGEST = 26


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: what it stands for, its colour, and how many images have it."""

    name: str
    colour: str
    images: int


class Legend:
    """Gives each country its colour.

    Args:
        records: The images of a map.
    """

    def __init__(self, records: Sequence[CoinRecord]) -> None:
        counts = Counter(record.coin.country for record in records)
        # Ties by name: the order of the images must not decide a colour.
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        own, rest = ranked[: len(COLOURS)], ranked[len(COLOURS) :]
        self._places = {country: place for place, (country, _) in enumerate(own)}
        named = zip(own, COLOURS, strict=False)
        self.entries = [Entry(_short(name), colour, n) for (name, n), colour in named]
        if rest:
            label = f"{len(rest):,} more"
            self.entries.append(Entry(label, REST, sum(n for _, n in rest)))

    def place(self, record: CoinRecord) -> int:
        """The number, in `entries`, of the line that an image belongs to."""
        return self._places.get(record.coin.country, len(COLOURS))


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
