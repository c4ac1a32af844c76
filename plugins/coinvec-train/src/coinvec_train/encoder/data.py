"""Batches: classes drawn in balance, each picture in a view never seen before."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from coinvec_arcface.light import evened, resized
from numpy.typing import NDArray
from torch.utils.data import Dataset

from coinvec.domain.images import RgbArray
from coinvec_train.encoder.views import Views

Example = tuple[torch.Tensor, int]
"""A picture, 3 × S × S in [-1, 1], and the number of its class."""

_BALANCE = 0.5
"""A class is drawn as often as its number of pictures to this power: 0 would draw all classes
alike, and show the only picture of a small one two hundred times an epoch; 1 each picture."""


class DrawnViews(Dataset[Example]):
    """Views of training pictures, the same for the same seed.

    Args:
        pixels: N × 256 × 256 × 3 cut-outs.
        labels: Their classes.
        views: Draws the views.
        first: Number of the first view.
        count: How many.
        seed: Of the draws.
        mirrored: Draw every second coin mirrored, as a class of its own: those of the looks are
            followed by as many of their mirror images.
    """

    def __init__(
        self,
        pixels: Sequence[RgbArray],
        labels: Sequence[int],
        views: Views,
        *,
        first: int,
        count: int,
        seed: int,
        mirrored: bool = False,
    ) -> None:
        self._pixels, self._labels, self._views = pixels, labels, views
        self._first, self._count, self._seed = first, count, seed
        self._looks = 1 + max(labels, default=-1)
        self._mirrored = mirrored
        self._chances = balanced_chances(labels)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: int) -> Example:
        if not 0 <= at < self._count:
            raise IndexError(at)
        rng = np.random.default_rng((self._seed, self._first + at))
        row = int(rng.choice(len(self._chances), p=self._chances))
        pixels, label = self._pixels[row], self._labels[row]
        if self._mirrored and rng.random() < 0.5:
            pixels, label = np.ascontiguousarray(pixels[:, ::-1]), label + self._looks
        return as_tensor(self._views.draw(pixels, rng)), label


class PlainViews(Dataset[Example]):
    """Cut-outs as they are, at another size.

    Args:
        pixels: N × 256 × 256 × 3 cut-outs.
        labels: Their classes.
        size: Sides of the pictures.
    """

    def __init__(self, pixels: Sequence[RgbArray], labels: Sequence[int], size: int) -> None:
        self._pixels, self._labels, self._size = pixels, labels, size

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, at: int) -> Example:
        if not 0 <= at < len(self._labels):
            raise IndexError(at)
        return as_tensor(resized(self._pixels[at], self._size)), self._labels[at]


class Rows(Sequence[RgbArray]):
    """Some rows of an array on disk, read as used.

    Args:
        pixels: N × H × W × 3.
        rows: Which of them.
    """

    def __init__(self, pixels: NDArray[np.uint8], rows: Sequence[int]) -> None:
        self._pixels, self._rows = pixels, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: int) -> RgbArray:  # type: ignore[override]
        return np.array(self._pixels[self._rows[at]])


def balanced_chances(labels: Sequence[int]) -> NDArray[np.float64]:
    """How likely each picture is drawn."""
    sizes = Counter(labels)
    chances = np.array([sizes[label] ** (_BALANCE - 1.0) for label in labels])
    return np.asarray(chances / chances.sum(), dtype=np.float64)


def as_tensor(cutout: RgbArray) -> torch.Tensor:
    """A cut-out, S × S × 3, to the network's input, 3 × S × S in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(evened(cutout).transpose(2, 0, 1)))
