"""Batches in which looks stand beside those most like them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from coinvec_rerank.gradients import ORIENTATIONS, RINGS, STEPS
from coinvec_rerank.gradients import SECTORS as CELLS
from numpy.random import Generator
from numpy.typing import NDArray

from coinvec_train.encoder.material import Photograph
from coinvec_train.verifier.config import VerifierConfig
from coinvec_train.verifier.grids import GridArray
from coinvec_train.verifier.network import VerifierNetwork, agreements

_SEEN_FROM_BEHIND = [
    scale * ORIENTATIONS + -at % ORIENTATIONS
    for scale in range(len(STEPS))
    for at in range(ORIENTATIONS)
]

_GRAIN = 0.5 / 128
"""Greatest deviation of the grain; that of a grid's own numbers is 1/128."""
_PATCHED = 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures of several looks.

    Attributes:
        grids: N grids.
        looks: What they show.
        photographs: Pictures with the same number are views of one photograph.
    """

    grids: torch.Tensor
    looks: torch.Tensor
    photographs: torch.Tensor


class Batches:
    """Draws batches, the same for the same seed and step.

    Args:
        config: How many of what.
        photographs: The pictures.
        sets: Their grids: as they are first, and then as bad photographs.
    """

    def __init__(
        self,
        config: VerifierConfig,
        photographs: Sequence[Photograph],
        sets: Sequence[GridArray],
    ) -> None:
        self._config, self._sets = config, sets
        self._same = _numbered([each.same_photo for each in photographs])
        looks = _numbered([each.look for each in photographs])
        self._members = [np.flatnonzero(looks == look) for look in range(1 + int(looks.max()))]
        several = [len(set(self._same[rows])) > 1 for rows in self._members]
        self._seeds = np.flatnonzero(several)
        chances = np.sqrt([len(self._members[look]) for look in self._seeds])
        self._chances = chances / chances.sum()
        self._nearest = _nearest(sets[0][[rows[0] for rows in self._members]])

    def draw(self, step: int) -> Batch:
        """The batch of a step."""
        rng = np.random.default_rng((self._config.seed, step))
        grids: list[torch.Tensor] = []
        looks: list[int] = []
        rows: list[int] = []
        for look in self._looks(rng):
            drawn = rng.permutation(self._members[look])[: self._config.per_look]
            own = torch.from_numpy(np.stack([self._grid(row, rng) for row in drawn]))
            # A mirrored coin is another coin to learn from; no photograph mirrors one.
            grids.append(mirrored(own) if rng.random() < 0.5 else own)
            looks += [look] * len(drawn)
            rows += drawn.tolist()
        return Batch(
            torch.cat(grids).float(), torch.tensor(looks), torch.from_numpy(self._same[rows])
        )

    def _looks(self, rng: Generator) -> list[int]:
        """Looks, each with some of those most like it."""
        config, chosen = self._config, dict[int, None]()
        wanted = min(config.looks, len(self._members))
        while len(chosen) < wanted:
            first = int(rng.choice(self._seeds, p=self._chances))
            like = rng.permutation(self._nearest[first][1 : config.among])
            chosen |= dict.fromkeys([first, *like[: config.neighbours - 1].tolist()])
        return list(chosen)[:wanted]

    def _grid(self, row: int, rng: Generator) -> GridArray:
        is_plain = len(self._sets) == 1 or rng.random() < self._config.plain
        view = 0 if is_plain else int(rng.integers(1, len(self._sets)))
        return spoilt(self._sets[view][row], rng)


def spoilt(grid: GridArray, rng: Generator) -> GridArray:
    """A grid with grain, half the time without a patch of its cells, as glare or wear hides them.

    The few views of each picture are soon known by heart; no two of these are the same.
    """
    grain = rng.normal(0.0, rng.uniform(0.0, _GRAIN), grid.shape)
    result = np.asarray(grid + grain, dtype=np.float16)
    if rng.random() < _PATCHED:
        wide, high = (int(rng.integers(most // 8, most // 2)) for most in (CELLS, RINGS))
        ring = int(rng.integers(0, RINGS - high + 1))
        sectors = (int(rng.integers(CELLS)) + np.arange(wide)) % CELLS
        result[:, ring : ring + high, sectors] = 0
    return result


def mirrored(grids: torch.Tensor) -> torch.Tensor:
    """The grids of mirrored coins: sectors run the other way around, and gradients lean so."""
    return grids[:, _SEEN_FROM_BEHIND].flip(3)


def _nearest(grids: GridArray) -> NDArray[np.intp]:
    """All looks by falling agreement with each, itself first; by one picture of each."""
    untrained = VerifierNetwork(1, 0)
    with torch.inference_mode():
        coins = untrained(torch.from_numpy(grids.astype(np.float32)))
        agreed = agreements(coins, coins).fill_diagonal_(2.0)
    return np.asarray(np.argsort(-agreed.numpy(), axis=1, kind="stable"))


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)
