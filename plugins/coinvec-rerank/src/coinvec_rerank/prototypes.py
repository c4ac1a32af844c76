"""What the coins of each design of the starter catalogue have in common: it has no pictures.

The file holds, for each image of the starter catalogue, the number of its design's prototype: the
`spectra.means` of the descriptors of all its images. `tools/prototypes.py` makes it, with the
network that it names.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from coinvec.errors import PluginError
from coinvec_rerank.weights import NETWORK

FILE: Final = Path(__file__).with_name("prototypes.npz")
_NONE: Final[tuple[Mapping[str, int], NDArray[np.int8]]] = ({}, np.empty((0, 0), np.int8))


class Prototypes:
    """Packed prototypes of designs by the ids of their images; read on first use.

    Args:
        file: Written by `write`. Where there is none, or one of another network, nothing is known
            of any image.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, image_ids: Iterable[str]) -> dict[str, bytes]:
        """The prototypes of those images that have one.

        Raises:
            PluginError: The file is damaged.
        """
        wanted = list(image_ids)
        if not wanted:  # of a catalogue with pictures, whose searches need not read the file
            return {}
        rows, packed = self._read
        return {
            image_id: packed[rows[image_id]].tobytes() for image_id in wanted if image_id in rows
        }

    @cached_property
    def _read(self) -> tuple[Mapping[str, int], NDArray[np.int8]]:
        if not self._file.exists():
            return _NONE
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                if str(kept["network"]) != NETWORK:
                    return _NONE
                rows = zip(kept["image_ids"], kept["prototype_of"].tolist(), strict=True)
                return {image_id.tobytes().hex(): row for image_id, row in rows}, kept["prototypes"]
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise PluginError(
                f"the ranker 'verify' cannot read {self._file.name}: {error}",
                hint="Reinstall it: pip install --force-reinstall coinvec-rerank.",
            ) from error


def write(file: Path, prototypes: Mapping[str, bytes], prototype_of: Mapping[str, str]) -> None:
    """Write the file.

    Args:
        file: The file.
        prototypes: Packed, by design id.
        prototype_of: The design of each image, by image id.
    """
    rows = {design: row for row, design in enumerate(prototypes)}
    image_ids = b"".join(map(bytes.fromhex, prototype_of))
    np.savez(
        file,
        network=np.array(NETWORK),
        image_ids=np.frombuffer(image_ids, np.uint8).reshape(len(prototype_of), -1),
        prototype_of=np.array([rows[design] for design in prototype_of.values()], np.uint16),
        prototypes=np.frombuffer(b"".join(prototypes.values()), np.int8).reshape(len(rows), -1),
    )


PROTOTYPES: Final = Prototypes(FILE)
