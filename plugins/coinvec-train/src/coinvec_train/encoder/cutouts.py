"""Coins cut out of their pictures once, by the segmenter that searches will use.

FOLDER/cutouts.npy    N × 256 × 256 × 3, RGB uint8
FOLDER/index.json     which segmenter cut them out, and the picture of each
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import RgbArray
from coinvec.errors import SettingsError
from coinvec.media.decode import decode
from coinvec.pipeline.whole import whole_picture
from coinvec.plugin.cutout import SIZE
from coinvec.plugin.protocols import Preprocessor
from coinvec.services.files import written_whole

_PIXELS, _INDEX = "cutouts.npy", "index.json"
_KEPT_EVERY = 100
"""Pictures after which the index is written, so that an interrupted command goes on from there."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutouts(Mapping[str, RgbArray]):
    """Cut-out coins by the name of their picture; all black where no coin was found.

    Attributes:
        pixels: N × `SIZE` × `SIZE` × 3, RGB, black where there is no coin; read from disk as used.
        rows: Where the cut-out of a picture is.
    """

    pixels: NDArray[np.uint8]
    rows: dict[str, int]

    def __getitem__(self, name: str) -> RgbArray:
        return np.array(self.pixels[self.rows[name]])

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def cut_out_all(
    folder: Path,
    root: Path,
    names: Sequence[str],
    preprocessor: Preprocessor,
    revision: str,
    advance: Callable[[int, int], None],
) -> Cutouts:
    """Cut the wanted coin out of each picture, or go on where an earlier call was interrupted.

    As an import does it: a picture in which no coin is found is taken whole where it can be.

    Args:
        folder: Where the cut-outs are kept.
        root: The folder that picture names start from.
        names: The pictures.
        preprocessor: Finds the coins.
        revision: Its name and revision.
        advance: Told how many pictures are done, and of how many.

    Raises:
        SettingsError: The folder holds cut-outs of other pictures, or of another segmenter.
        ImageError: A picture cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = _kept(folder, names, revision)
    shape = (len(names), SIZE, SIZE, 3)
    mode = "r+" if (folder / _PIXELS).exists() else "w+"
    pixels = np.lib.format.open_memmap(folder / _PIXELS, mode, np.uint8, shape)
    for row in range(done, len(names)):
        picture = decode(root / names[row])
        crops = preprocessor.find(picture)
        crop = crops[0] if crops else whole_picture(picture)
        if crop is not None:
            pixels[row] = crop.cutout
        advance(row + 1, len(names))
        if (row + 1) % _KEPT_EVERY == 0 or row + 1 == len(names):
            pixels.flush()
            _keep(folder, names, revision, row + 1)
    rows = {name: row for row, name in enumerate(names)}
    return Cutouts(np.load(folder / _PIXELS, mmap_mode="r"), rows)


def _kept(folder: Path, names: Sequence[str], revision: str) -> int:
    """How many pictures are done."""
    if not (folder / _INDEX).exists():
        return 0
    index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
    if index["segmenter"] != revision or index["pictures"] != list(names):
        raise SettingsError(
            f"The cut-outs in {folder} are of other pictures, or by another segmenter than "
            f"{revision}.",
            hint="Name another folder.",
        )
    return int(index["done"])


def _keep(folder: Path, names: Sequence[str], revision: str, done: int) -> None:
    index = {"segmenter": revision, "pictures": list(names), "done": done}
    with written_whole(folder / _INDEX) as passing:
        passing.write_text(json.dumps(index), encoding="utf-8")
