"""Batches for the network: synthetic scenes and crops of photographs, each made from its number.

A picture depends on the seed and its number alone, so an interrupted run that goes on sees the
very pictures it would have seen.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch.utils.data import Dataset

from coinvec.domain.images import RgbArray
from coinvec_train.scenes import Scene, SceneComposer
from coinvec_train.segmenter.photographs import LabelledPhotographs
from coinvec_train.segmenter.targets import targets

Example = tuple[torch.Tensor, torch.Tensor]
"""A picture, 3 × S × S float32 in [-1, 1], and its target, 2 × S × S float32, 0 or 1."""
Augment = Callable[[RgbArray, np.random.Generator], RgbArray]


class Scenes(Dataset[Example]):
    """A given number of pictures drawn from both sources.

    Args:
        composer: Of synthetic scenes.
        photographs: Labelled ones.
        real_share: Share of the pictures that come from photographs.
        size: Sides, in pixels.
        seed: The first of two numbers that decide a picture.
        first: Number of the first picture, the second of the two.
        count: How many pictures.
        augment: Applied to crops of photographs; None leaves them as they are.
    """

    def __init__(
        self,
        composer: SceneComposer,
        photographs: LabelledPhotographs,
        *,
        real_share: float,
        size: int,
        seed: int,
        first: int,
        count: int,
        augment: Augment | None,
    ) -> None:
        self._composer = composer
        self._photographs = photographs
        self._real_share = real_share
        self._size = size
        self._seed = seed
        self._first = first
        self._count = count
        self._augment = augment

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: int) -> Example:
        rng = np.random.default_rng((self._seed, self._first + at))
        scene = self._scene(rng)
        pixels = np.ascontiguousarray(scene.pixels.transpose(2, 0, 1), dtype=np.float32)
        drawn = targets(scene.masks, self._size).astype(np.float32)
        return torch.from_numpy(pixels / 127.5 - 1.0), torch.from_numpy(drawn)

    def _scene(self, rng: np.random.Generator) -> Scene:
        if rng.random() >= self._real_share:
            return self._composer.compose(rng)
        scene = self._photographs.crop(rng, self._size, turned=self._augment is not None)
        if self._augment is None:
            return scene
        return Scene(self._augment(scene.pixels, rng), scene.masks)
