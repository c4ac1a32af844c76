"""Grids of gradients, worked out once: of cut-outs as they are, and as bad photographs.

FOLDER/grids-0.npy    N × orientations × rings × sectors, float16, of the cut-outs
FOLDER/grids-1.npy    of a bad photograph of each
FOLDER/grids-2.npy    of another one, in poor light, and so on by turns
FOLDER/index.json     the pictures, in this order
"""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from coinvec_rerank.gradients import SHAPE, gradient_grid
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from coinvec.domain.images import RgbArray
from coinvec.errors import SettingsError
from coinvec.plugin.cutout import SIZE
from coinvec.services.files import written_whole
from coinvec_train.encoder.rivals import as_crop
from coinvec_train.encoder.views import Views

GridArray = NDArray[np.float16]
"""N grids of `SHAPE`."""

_INDEX = "index.json"
_SEED = 11
_BATCH = 32


def grids_of(
    folder: Path,
    names: Sequence[str],
    cutouts: Sequence[RgbArray],
    views: int,
    advance: Callable[[int, int], None],
) -> list[GridArray]:
    """The grids of cut-outs and of bad photographs of them, or what is kept of an earlier call.

    Args:
        folder: Keeps them; a set of grids is there whole or not at all.
        names: Of N pictures.
        cutouts: Their cut-outs.
        views: How many bad photographs of each.
        advance: Told how many grids are done, and of how many.

    Returns:
        One array for the cut-outs, and one for each view; read from disk as used.

    Raises:
        SettingsError: The folder holds grids of other pictures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _claim(folder, names)
    sets = []
    for view in range(views + 1):
        path = folder / f"grids-{view}.npy"
        if not path.exists():
            done = view * len(cutouts)

            def told(count: int, done: int = done) -> None:
                advance(done + count, (views + 1) * len(cutouts))

            _write(path, _Grids(cutouts, view), told)
        sets.append(np.load(path, mmap_mode="r"))
    return sets


def _claim(folder: Path, names: Sequence[str]) -> None:
    """Write down whose grids the folder is to hold, or see that it holds those."""
    index = folder / _INDEX
    claimed = json.loads(index.read_text(encoding="utf-8")) if index.exists() else None
    # Grids that nobody wrote down the pictures of may be anybody's.
    if claimed is None and not any(folder.glob("grids-*.npy")):
        with written_whole(index) as passing:
            passing.write_text(json.dumps(list(names)), encoding="utf-8")
    elif claimed != list(names):
        raise SettingsError(
            f"The grids in {folder} are of other pictures than these.",
            hint="Name another folder.",
        )


class _Grids(Dataset[GridArray]):
    """The grid of each cut-out, or of its bad photograph of some number."""

    def __init__(self, cutouts: Sequence[RgbArray], view: int) -> None:
        self._cutouts, self._view = cutouts, view
        self._views = Views("phone", SIZE, poor_light=1 - view % 2)

    def __len__(self) -> int:
        return len(self._cutouts)

    def __getitem__(self, at: int) -> GridArray:
        cutout = self._cutouts[at]
        if self._view:
            rng = np.random.default_rng((_SEED, self._view, at))
            cutout = self._views.draw(cutout, rng)
        return gradient_grid(as_crop(cutout)).astype(np.float16)


def _write(path: Path, grids: _Grids, advance: Callable[[int], None]) -> None:
    passing = path.with_suffix(".part")
    shape = (len(grids), *SHAPE)
    kept = np.lib.format.open_memmap(passing, "w+", np.float16, shape)
    done = 0
    for batch in DataLoader(grids, _BATCH, num_workers=os.cpu_count() or 1):
        kept[done : done + len(batch)] = batch.numpy()
        done += len(batch)
        advance(done)
    kept.flush()
    os.replace(passing, path)  # noqa: PTH105 — the atomic one
