"""From cut-outs to what a verifier is trained on and judged by."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from coinvec_rerank.gradients import gradient_grid

from coinvec.domain.images import RgbArray
from coinvec_train.encoder.data import Rows
from coinvec_train.encoder.rivals import as_crop
from coinvec_train.encoder.sources import Sources, worsened
from coinvec_train.verifier.config import VerifierConfig
from coinvec_train.verifier.data import Batches
from coinvec_train.verifier.grids import GridArray, grids_of
from coinvec_train.verifier.train import Watched


def batches(
    config: VerifierConfig, sources: Sources, grids: Path, advance: Callable[[int, int], None]
) -> Batches:
    """What a run learns from: all photographs of the looks that the encoder learned.

    Args:
        config: Its settings.
        sources: The cut-outs, and what they show.
        grids: Keeps their grids.
        advance: Told how many grids are done, and of how many.
    """
    photographs = [*sources.material.training, *sources.material.watching]
    rows = [sources.cutouts.rows[each.image] for each in photographs]
    pixels = Rows(sources.cutouts.pixels, rows)
    names = [each.image for each in photographs]
    return Batches(config, photographs, grids_of(grids, names, pixels, config.views, advance))


def watched(sources: Sources) -> Watched:
    """The gallery set aside, its queries as they are and as bad photographs."""
    gallery, cutouts = sources.gallery, sources.cutouts
    queries = [cutouts[name] for name in gallery.queries]
    return Watched(
        gallery,
        _grids([cutouts[name] for name in gallery.images]),
        {
            "dev": _grids(queries),
            "worsened": _grids(worsened(queries)),
            "poor_light": _grids(worsened(queries, poor_light=1.0)),
        },
    )


def _grids(cutouts: Sequence[RgbArray]) -> GridArray:
    return np.stack([gradient_grid(as_crop(each)) for each in cutouts]).astype(np.float16)
