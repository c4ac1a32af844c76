"""Clustered unit vectors as photographs of coins make them, with the exact answers.

Three levels, as in a catalogue: `LOOKS` broad directions (portraits and emblems shared by many
coins), designs around them (one for ten photos; cosine to the look about 0.7), photos around their
design (cosine about 0.9). A query is one more photo of a random design. Each photo has a year,
drawn evenly from 1900 to 1999, so that `year_from < 1900 + s` keeps s percent of the rows,
whatever they look like.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import FloatArray

DIM = 64
LOOKS = 500
PHOTOS_PER_DESIGN = 10
FIRST_YEAR, YEARS = 1900, 100
DESIGN_COSINE, PHOTO_COSINE = 0.7, 0.9
COUNTRIES = 150


@dataclass(frozen=True)
class Gallery:
    """A catalogue's vectors and queries.

    Attributes:
        vectors: n × 64 float32, norm 1.
        designs: Number of the design of each row.
        years: Year of each row's design-independent filter column.
        queries: m × 64 float32, norm 1.
    """

    vectors: FloatArray
    designs: NDArray[np.int64]
    years: NDArray[np.int64]
    queries: FloatArray

    def exact(self, k: int, kept_percent: int) -> NDArray[np.int64]:
        """Rows of the k most similar kept vectors for each query (m × k), by brute force."""
        kept = np.flatnonzero(self.years < FIRST_YEAR + kept_percent)
        best = np.empty((len(self.queries), k), dtype=np.int64)
        for at, query in enumerate(self.queries):
            scores = self.vectors[kept] @ query if kept_percent < 100 else self.vectors @ query
            top = np.argpartition(-scores, k)[:k]
            best[at] = kept[top]
        return best

    def records(self, start: int, stop: int) -> Iterator[CoinRecord]:
        """Rows as catalogue records: a type has one design, which has ten photos and more years."""
        for row in range(start, stop):
            number, year = int(self.designs[row]), int(self.years[row])
            key = f"type-{number:07}-{year}"
            coin = CoinType(
                key,
                f"country-{number % COUNTRIES:03}",
                f"{number % 7} units",
                currency="unit",
                title=f"Coin {number} of {year}",
                composition="Copper-nickel",
                diameter_mm=20.0 + number % 10,
            )
            design = Design(key, Side.OBVERSE, "o1", YearSpan(year, year))
            image = CoinImage(image_id(row), design, f"{row}.jpg", "JPEG", 400, 400)
            yield CoinRecord(coin, design, image)


def image_id(row: int) -> str:
    """A stand-in for the SHA-256 of a photo that does not exist."""
    return f"{row:064x}"


def make_gallery(rows: int, queries: int, seed: int = 1) -> Gallery:
    """Draw a gallery; the same arguments give the same numbers."""
    rng = np.random.default_rng(seed)
    looks = _unit(rng.normal(size=(LOOKS, DIM)))
    n_designs = max(1, rows // PHOTOS_PER_DESIGN)
    designs = _around(looks[rng.integers(LOOKS, size=n_designs)], DESIGN_COSINE, rng)
    shown = rng.integers(n_designs, size=rows)
    asked = rng.integers(n_designs, size=queries)
    return Gallery(
        _around(designs[shown], PHOTO_COSINE, rng).astype(np.float32),
        shown,
        rng.integers(FIRST_YEAR, FIRST_YEAR + YEARS, size=rows),
        _around(designs[asked], PHOTO_COSINE, rng).astype(np.float32),
    )


def _around(
    centres: NDArray[np.float64], cosine: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Unit vectors whose cosine to their centre is about the given one."""
    spread = _unit(rng.normal(size=centres.shape)) * np.sqrt(1 / cosine**2 - 1)
    return _unit(centres + spread)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
