"""From files to what a run is trained on and judged by."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from coinvec_unet.hooks import coinvec_preprocessors
from coinvec_unet.unet import UnetPreprocessor
from torch.utils.data import Dataset

from coinvec.domain.images import RgbArray
from coinvec.plugin.cutout import SIZE
from coinvec_train.encoder.config import EncoderConfig
from coinvec_train.encoder.cutouts import Cutouts, cut_out_all
from coinvec_train.encoder.data import DrawnViews, Example, PlainViews, Rows
from coinvec_train.encoder.material import Material, Photograph, read_material
from coinvec_train.encoder.open_set import Gallery, read_gallery
from coinvec_train.encoder.train import Watched
from coinvec_train.encoder.unrectified import Unrectified
from coinvec_train.encoder.views import Views

_WORSENED_SEED = 7
"""Of the worsened queries that a run is judged by; training never draws from this seed."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Cut-outs, and what they show.

    Attributes:
        cutouts: Of all pictures below.
        material: What is learnt from.
        gallery: Coins never trained on.
    """

    cutouts: Cutouts
    material: Material
    gallery: Gallery

    def epoch(self, config: EncoderConfig, first: int, count: int) -> Dataset[Example]:
        """The training views of an epoch."""
        pixels, labels = self._labelled(self.material.training)
        views = Views(config.views, config.size, poor_light=config.poor_light)
        return DrawnViews(
            pixels,
            labels,
            views,
            first=first,
            count=count,
            seed=config.seed,
            mirrored=config.mirrored,
        )

    def class_sizes(self, config: EncoderConfig) -> list[int]:
        """How many pictures there are of each class of the training views."""
        sizes = Counter(each.look for each in self.material.training)
        return [sizes[look] for look in self.material.looks] * (2 if config.mirrored else 1)

    def watched(self, config: EncoderConfig) -> Watched:
        """What a run is judged by: the gallery as it is, and with worsened queries."""
        images, queries = (
            [self.cutouts[name] for name in names]
            for names in (self.gallery.images, self.gallery.queries)
        )
        none = [0] * (len(images) + len(queries))
        return Watched(
            same_looks=PlainViews(*self._labelled(self.material.watching), config.size),
            gallery=self.gallery,
            pictures={
                "dev": PlainViews([*images, *queries], none, config.size),
                "worsened": PlainViews([*images, *worsened(queries)], none, config.size),
            },
        )

    def _labelled(self, photographs: Sequence[Photograph]) -> tuple[Sequence[RgbArray], list[int]]:
        labels = {look: number for number, look in enumerate(self.material.looks)}
        rows = [self.cutouts.rows[each.image] for each in photographs]
        return Rows(self.cutouts.pixels, rows), [labels[each.look] for each in photographs]


def worsened(queries: Sequence[RgbArray], *, poor_light: float = 0.0) -> list[RgbArray]:
    """Cut-outs as bad photographs, for there are few real ones of coins never trained on.

    Args:
        queries: The cut-outs.
        poor_light: Share of them that are taken in poor light besides.
    """
    views = Views("phone", SIZE, poor_light=poor_light)
    return [
        views.draw(each, np.random.default_rng((_WORSENED_SEED, at)))
        for at, each in enumerate(queries)
    ]


def gather(
    coins: Path,
    phone: Path | None,
    more: Sequence[Path],
    dev: tuple[Path, Path],
    root: Path,
    cutouts: Path,
    advance: Callable[[int, int], None],
) -> Sources:
    """Read the lists, and cut the coins out with the segmenter `unet`.

    Args:
        coins: Manifest of the catalogue pictures; see `read_material`.
        phone: Phone photographs.
        more: Further pictures and their looks.
        dev: Manifest and queries of coins set aside.
        root: The folder that holds all the pictures.
        cutouts: Keeps the cut-outs.
        advance: Told how many coins are cut out, and of how many.
    """
    material, gallery = read_material(coins, phone, more), read_gallery(*dev, root)
    kept = cut_out([*material.images, *gallery.pictures], root, cutouts, advance)
    return Sources(kept, material, gallery)


def cut_out(
    names: Sequence[str],
    root: Path,
    cutouts: Path,
    advance: Callable[[int, int], None],
    *,
    rectified: bool = True,
) -> Cutouts:
    """Cut the coins of some pictures out with the segmenter `unet`.

    Args:
        names: The pictures; the same may stand among them twice.
        root: The folder that holds them.
        cutouts: Keeps the cut-outs.
        advance: Told how many coins are cut out, and of how many.
        rectified: Whether ellipses are mapped to circles.
    """
    [spec] = coinvec_preprocessors()
    distinct = sorted(set(names))
    finder, revision = UnetPreprocessor(), str(spec.ref)
    if rectified:
        return cut_out_all(cutouts, root, distinct, finder, revision, advance)
    return cut_out_all(
        cutouts, root, distinct, Unrectified(finder), f"{revision}, unrectified", advance
    )
