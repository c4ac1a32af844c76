"""Gathering what the segmenter is measured on: nothing that it was trained on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coinvec.domain.images import MaskArray, Picture
from coinvec.errors import InvalidValueError
from coinvec.media.decode import decode
from coinvec.testing import mint_catalogue
from coinvec.testing.catalogue import PHONE_GROUNDS
from coinvec.testing.photo import photograph
from coinvec_train.labels import read_labels
from coinvec_train.scenes import SceneComposer, SceneSettings
from coinvec_train.scenes.compose import compose_empty
from coinvec_train.segmenter.evaluate import read_wanted
from coinvec_train.segmenter.report import Material
from coinvec_train.segmenter.sources import backgrounds, is_held_out_ground, load_sources

MEASURED = "val"
_SYNTHETIC = 200
_EMPTY = 300
_SIZE = 384
"""Sides of synthetic scenes, in pixels: more than the network's first look takes."""
_SEED = 20_000
_GALLERY = 12
_GALLERY_SIZE = (480, 480)
_STEEPEST = 55.0
"""Degrees between the line of sight and the vertical."""


def gather(
    scenes: Path,
    crops: Path,
    coins: Sequence[Path],
    grounds: Sequence[Path],
    *,
    root: Path | None,
) -> Material:
    """Gather photographs of the split `val`, and scenes of coins and grounds set aside.

    Raises:
        InvalidValueError: No scene is of the split, or none is labelled.
    """
    measured = [each for each in read_labels(scenes, root) if each.split == MEASURED]
    if not any(each.coins for each in measured):
        raise InvalidValueError(
            f"{scenes} has no labelled picture of the split {MEASURED}.",
            hint="Name the label file whose pictures are kept from training.",
        )
    _, dev = load_sources(coins, [scenes], grounds, root=root)
    composer = SceneComposer(dev.coins, dev.grounds, size=_SIZE, settings=SceneSettings.single())
    held_out = [path for each in grounds for path in backgrounds(each) if is_held_out_ground(path)]
    return Material(
        scenes=[each for each in measured if each.coins],
        crops=crops,
        synthetic=[_synthetic(composer, at) for at in range(_SYNTHETIC)],
        empty={
            "backgrounds": held_out[:_EMPTY],
            "round things that are no coins": [
                Picture(compose_empty(held_out, np.random.default_rng((_SEED, at)), _SIZE))
                for at in range(_EMPTY)
            ],
        },
    )


def _synthetic(composer: SceneComposer, at: int) -> tuple[Picture, MaskArray]:
    scene = composer.compose(np.random.default_rng((_SEED, at)))
    return Picture(scene.pixels, f"scene {at}"), scene.masks[0]


def rendered_pictures() -> list[tuple[Picture, MaskArray]]:
    """Rendered photographs on every kind of ground, ever more oblique, with their true masks."""
    coins = [minted.obverse for minted in mint_catalogue(_SEED, n_types=_GALLERY, n_issuers=3)]
    tilts = np.linspace(0, _STEEPEST, _GALLERY)
    photos = [
        photograph(
            coin,
            size=_GALLERY_SIZE,
            background=PHONE_GROUNDS[at % len(PHONE_GROUNDS)],
            tilt_degrees=float(tilt),
            seed=at,
        )
        for at, (coin, tilt) in enumerate(zip(coins, tilts, strict=True))
    ]
    return [(Picture(photo.pixels), photo.masks[0]) for photo in photos]


def gallery_pictures(material: Material) -> list[tuple[Picture, MaskArray]]:
    """Some of the crops, evenly chosen, with their true masks."""
    wanted = list(read_wanted(material.crops))
    chosen = [wanted[at] for at in np.linspace(0, len(wanted) - 1, _GALLERY).astype(int)]
    pictures = [(decode(path), ellipse) for path, ellipse in chosen]
    return [(each, ellipse.mask(each.width, each.height)) for each, ellipse in pictures]
