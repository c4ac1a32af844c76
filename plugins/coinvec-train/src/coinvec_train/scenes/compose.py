"""Putting a scene together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coinvec.domain.images import MaskArray
from coinvec.domain.vectors import FloatArray
from coinvec_train.labels import LabelledPicture
from coinvec_train.scenes import blending, light, placing
from coinvec_train.scenes.camera import photographed
from coinvec_train.scenes.distractors import distractor
from coinvec_train.scenes.grounds import Grounds
from coinvec_train.scenes.scene import Scene
from coinvec_train.scenes.settings import SceneSettings
from coinvec_train.scenes.shapes import reshaped
from coinvec_train.scenes.sprites import CoinSprites, Sprite

_LEAST_VISIBLE = 20
"""Fewest pixels of a coin that is still said to be there."""


class SceneComposer:
    """Makes scenes; each depends on nothing but the generator it is given.

    Args:
        coins: Labelled pictures of single coins.
        grounds: Background pictures.
        size: Sides of the scenes, in pixels.
        settings: How often what is done.
    """

    def __init__(
        self,
        coins: Sequence[LabelledPicture],
        grounds: Sequence[Path],
        *,
        size: int = 256,
        settings: SceneSettings | None = None,
    ) -> None:
        self._settings = settings or SceneSettings()
        self._coins = CoinSprites(coins)
        self._grounds = Grounds(grounds, self._settings)
        self._size = size

    def compose(self, rng: np.random.Generator, wanted: Sprite | None = None) -> Scene:
        """Make a scene.

        Args:
            rng: Decides everything.
            wanted: The coin that it is about; by default any.
        """
        settings = self._settings
        canvas = _Canvas(self._grounds.draw(rng, self._size), rng, settings)
        if rng.random() < settings.distractors:
            for _ in range(int(rng.integers(1, 4))):
                diameter = self._size * float(np.exp(rng.uniform(np.log(0.1), np.log(0.7))))
                place = rng.uniform(0, self._size, 2)
                canvas.put(distractor(rng), diameter, place, is_coin=False)
        if rng.random() >= settings.empty:
            self._put_coins(canvas, rng, wanted)
        return canvas.scene()

    def _put_coins(
        self, canvas: "_Canvas", rng: np.random.Generator, wanted: Sprite | None
    ) -> None:
        """The companions first, so that the wanted coin lies on top."""
        size, settings = self._size, self._settings
        greatest = placing.drawn_diameter(rng, size, settings)
        place = placing.drawn_place(rng, size, greatest, settings)
        count = int(rng.integers(1, 9)) if rng.random() < settings.companions else 0
        for _ in range(count):
            diameter = greatest * rng.uniform(0.5, 1.0)
            if rng.random() < settings.touching:
                distance = (greatest + diameter) / 2 * rng.uniform(0.93, 1.15)
                at = placing.beside(rng, place, distance)
            else:
                at = rng.uniform(-0.1 * size, 1.1 * size, 2)
            canvas.put(self._coin(rng), diameter, at, is_coin=True)
        canvas.put(wanted or self._coin(rng), greatest, place, is_coin=True)

    def _coin(self, rng: np.random.Generator) -> Sprite:
        sprite = self._coins.draw(rng)
        return reshaped(sprite, rng) if rng.random() < self._settings.reshaped else sprite


def compose_empty(
    grounds: Sequence[Path], rng: np.random.Generator, size: int
) -> NDArray[np.uint8]:
    """A picture of one large round thing, or another, that is no coin."""
    settings = SceneSettings()
    canvas = _Canvas(Grounds(grounds, settings).draw(rng, size), rng, settings)
    diameter = size / rng.uniform(1.2, 5.0)
    place = rng.uniform(diameter / 2, size - diameter / 2, 2)
    canvas.put(distractor(rng), diameter, place, is_coin=False)
    return canvas.scene().pixels


class _Canvas:
    """A scene in the making."""

    def __init__(
        self, ground: NDArray[np.uint8], rng: np.random.Generator, settings: SceneSettings
    ) -> None:
        self._rng, self._settings = rng, settings
        augmented = settings.augmented
        self._pixels = light.lit_ground(ground, rng) if augmented else ground.astype(np.float32)
        self._masks: list[MaskArray] = []

    def put(
        self, sprite: Sprite, diameter: float, place: NDArray[np.float64], *, is_coin: bool
    ) -> None:
        """Lay a thing on what is there; it covers what lies below."""
        rng, settings = self._rng, self._settings
        oblique = rng.random() < settings.oblique
        shown, alpha = placing.placed(
            sprite, rng, len(self._pixels), diameter, place, oblique=oblique
        )
        if settings.augmented:
            shown = self._lit(shown, alpha, diameter, place.astype(np.float32))
        if rng.random() < settings.pyramids:
            self._pixels = blending.pyramid_merged(self._pixels, shown, alpha, diameter)
        else:
            self._pixels = blending.merged(self._pixels, shown, alpha)
        solid = alpha > 0.5
        self._masks = [mask & ~solid for mask in self._masks]
        if is_coin:
            self._masks.append(solid)

    def _lit(
        self, shown: FloatArray, alpha: FloatArray, diameter: float, place: FloatArray
    ) -> FloatArray:
        rng = self._rng
        shown = light.lit_coin(shown, rng, place, diameter)
        if rng.random() < 0.6:
            self._pixels = light.cast_shadow(self._pixels, alpha, rng, diameter)
        return light.shaded_edge(shown, alpha, rng) if rng.random() < 0.3 else shown

    def scene(self) -> Scene:
        """The finished scene: broad shadows, and the camera."""
        pixels, rng = self._pixels, self._rng
        if self._settings.augmented and rng.random() < 0.2:
            pixels = light.broad_shadow(pixels, rng)
        shown = pixels.clip(0, 255).astype(np.uint8)
        if self._settings.augmented:
            shown = photographed(shown, rng)
        seen = [mask for mask in self._masks if np.count_nonzero(mask) >= _LEAST_VISIBLE]
        return Scene(shown, sorted(seen, key=np.count_nonzero, reverse=True))
