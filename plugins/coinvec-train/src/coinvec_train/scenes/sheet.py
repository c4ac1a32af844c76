"""Scenes beside each other, to look at."""

from collections.abc import Sequence

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec_train.scenes.scene import Scene

_COLUMNS = 8
_LINE = (60, 230, 90)


def contact_sheet(scenes: Sequence[Scene]) -> RgbArray:
    """All scenes in rows, the masks outlined on every other one."""
    tiles = [
        _outlined(scene) if at % 2 else np.array(scene.pixels) for at, scene in enumerate(scenes)
    ]
    tiles.extend([np.zeros_like(tiles[0])] * (-len(tiles) % _COLUMNS))
    rows = [np.hstack(tiles[at : at + _COLUMNS]) for at in range(0, len(tiles), _COLUMNS)]
    return np.asarray(np.vstack(rows), dtype=np.uint8)


def _outlined(scene: Scene) -> RgbArray:
    shown = np.array(scene.pixels)
    for mask in scene.masks:
        rims, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(shown, rims, -1, _LINE, 1)
    return shown
