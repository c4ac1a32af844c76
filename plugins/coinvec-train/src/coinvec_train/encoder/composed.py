"""Real coins on other grounds: the training pictures as a phone might have seen their coins.

Cut out again by the segmenter, they have what it leaves on a photograph in the hand: a rim found a
little wrong, a tilt undone, pixels lost to distance, focus and compression.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from coinvec.domain.images import RgbArray
from coinvec.errors import InvalidValueError
from coinvec_train.encoder.material import Photograph, write_further
from coinvec_train.pictures import write_rgb
from coinvec_train.scenes import SceneComposer, SceneSettings, Sprite
from coinvec_train.scenes.sprites import soft

SETTINGS = SceneSettings(empty=0, distractors=0, companions=0, cut=0, reshaped=0)
"""One whole coin and nothing that could be taken for it."""
SIZE = 384
"""Sides of the pictures in pixels: coins of 64 and more."""
_SPECK = np.ones((5, 5), np.uint8)


def compose_coins(
    folder: Path,
    photographs: Sequence[Photograph],
    cutouts: Mapping[str, RgbArray],
    grounds: Sequence[Path],
    seed: int,
    advance: Callable[[int, int], None],
) -> Path:
    """Put the coin of each photograph into a scene of its own, and list what they show.

    Args:
        folder: Where to; made if it does not exist.
        photographs: Of known looks.
        cutouts: Their coins, black around.
        grounds: Background pictures.
        seed: Of everything random. The same seed gives the same pictures.
        advance: Told how many are done, and of how many.

    Returns:
        A CSV file for `read_material`: `image, look`, images relative to it.

    Raises:
        InvalidValueError: There are no backgrounds.
    """
    if not grounds:
        raise InvalidValueError(
            "There are no pictures of backgrounds.", hint="Name a folder that has some."
        )
    scenes = folder / "scenes"
    scenes.mkdir(parents=True, exist_ok=True)
    composer = SceneComposer((), grounds, size=SIZE, settings=SETTINGS)

    def composed() -> Iterator[tuple[str, str]]:
        for number, each in enumerate(photographs):
            scene = composer.compose(
                np.random.default_rng((seed, number)), _sprite(cutouts[each.image])
            )
            name = f"{number:05}.jpg"
            write_rgb(scenes / name, scene.pixels)
            advance(number + 1, len(photographs))
            yield f"{scenes.name}/{name}", each.look

    return write_further(folder, composed())


def _sprite(cutout: RgbArray) -> Sprite:
    """The coin alone; what is black in specks belongs to it, a hole does not."""
    solid = np.asarray(cutout.any(axis=2), dtype=np.uint8)
    filled = np.asarray(cv2.morphologyEx(solid, cv2.MORPH_CLOSE, _SPECK), dtype=np.uint8)
    return Sprite(cutout, soft(filled * np.uint8(255)))
