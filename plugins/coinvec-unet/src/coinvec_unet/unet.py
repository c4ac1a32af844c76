"""The preprocessor `unet`: finds coins with a U-Net that looks twice.

As in the coin recognition article by Grid Dynamics, the network first looks at the whole picture;
then it looks again, at full detail, at what it took for a coin.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from coinvec.domain.images import Crop, MaskArray, Picture
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.cutout import cut_out, filled
from coinvec_unet.network import Network
from coinvec_unet.sighting import Sighting, sightings
from coinvec_unet.views import View

ACCEPT = 0.96
"""Least score of a coin."""
_SIZE = 256
"""Sides of a view, in pixels."""
_FINE_SIZE = 512
"""Sides of a second view of the whole picture, for coins too small for the first."""
_MARGIN = 1.5
"""Sides of the view of one coin, in diameters of it: the network must see where it ends."""
_CLOSEST = 1.25
"""How many times the second look magnifies a coin at most: it knows none that are blown up."""
_TRIED = 3
"""How many coins are looked at again, the largest first, until one is accepted."""
_LEAST_AGREEMENT = 0.3
"""Least IoU of what is seen from near with what was seen before, to be the same coin."""
_SAME = 0.5
"""Sightings that are more alike are of one coin."""


class UnetPreprocessor:
    """Finds coins with a U-Net. Safe to call from several threads.

    Args:
        network: Predicts where coins are; the shipped one by default.
        passes: 2, or 1 to measure what the second pass brings.
    """

    def __init__(self, network: Network | None = None, *, passes: int = 2) -> None:
        self._network = network or Network()
        self._passes = passes

    def find(self, picture: Picture, *, all_coins: bool = False) -> Sequence[Crop]:
        """Find the largest coin, or every coin, largest first.

        Args:
            picture: Upright photograph.
            all_coins: Return every coin instead of the largest alone.

        Returns:
            The crops, each of a score from `ACCEPT` to 1; empty where there is no coin.

        Raises:
            PluginError: The weights are missing or damaged.
        """
        find = self._all if all_coins else self._largest
        crops = [
            cut_out(
                picture,
                coin.ellipse,
                coin.rim,
                score=min(1.0, coin.score),
                holes=coin.holes,
                passes=self._passes,
            )
            for coin in find(picture)
        ]
        return sorted(crops, key=lambda crop: crop.area, reverse=True)

    def _largest(self, picture: Picture) -> list[Sighting]:
        for size in (_SIZE, _FINE_SIZE):
            for seen in islice(self._glance(picture, size), _TRIED):
                coins = self._accepted(picture, [seen])
                if coins:
                    return coins
        return []

    def _all(self, picture: Picture) -> list[Sighting]:
        # Large coins are seen best in the small view, small ones in the fine view, where two that
        # touch may still be one in the small view: the second look tells.
        glanced = [*self._glance(picture, _SIZE), *self._glance(picture, _FINE_SIZE)]
        coins = self._accepted(picture, _distinct(glanced, picture, _agreement))
        coins.sort(key=lambda coin: coin.score, reverse=True)
        return _distinct(coins, picture, _overlap)

    def _glance(self, picture: Picture, size: int) -> Iterator[Sighting]:
        """What is seen when the network looks at the whole picture, largest first."""
        view = View.whole(picture, size)
        (logits,) = self._network.logits([view.sample(picture)])
        return sightings(view, picture, logits)

    def _accepted(self, picture: Picture, seen: Sequence[Sighting]) -> list[Sighting]:
        """What is a coin of it, at a second look."""
        if self._passes > 1 and seen:
            views = [_near(each, picture) for each in seen]
            logits = self._network.logits([view.sample(picture) for view in views])
            again = zip(seen, views, logits, strict=True)
            nearer = (_same_coin(each, picture, view, near) for each, view, near in again)
            seen = [each for each in nearer if each is not None]
        return [each for each in seen if each.score >= ACCEPT]


def _near(seen: Sighting, picture: Picture) -> View:
    """The view of one coin, as far as the picture shows it."""
    corners = np.clip(seen.rim, -0.5, (picture.width - 0.5, picture.height - 0.5))
    low, high = corners.min(axis=0), corners.max(axis=0)
    centre: FloatArray = ((low + high) / 2).astype(np.float32)
    side = max(_MARGIN * float((high - low).max()), _SIZE / _CLOSEST)
    return View.around(centre, side, _SIZE)


def _same_coin(
    before: Sighting, picture: Picture, view: View, logits: FloatArray
) -> Sighting | None:
    """The coin of a nearer view that an earlier sighting meant."""
    meant = _raster(before, view)
    best, agreement = None, _LEAST_AGREEMENT
    for seen in sightings(view, picture, logits, within=meant):
        raster = _raster(seen, view)
        if (iou := _agreement(raster, meant)) > agreement:
            best, agreement = seen, iou
    return best


def _distinct(
    seen: Iterable[Sighting],
    picture: Picture,
    likeness: Callable[[MaskArray, MaskArray], float],
) -> list[Sighting]:
    """The first sighting of each coin; more than `_SAME` likeness is the same coin."""
    view = View.whole(picture, _FINE_SIZE)
    kept: list[tuple[Sighting, MaskArray]] = []
    for each in seen:
        raster = _raster(each, view)
        if all(likeness(raster, other) <= _SAME for _, other in kept):
            kept.append((each, raster))
    return [each for each, _ in kept]


def _overlap(one: MaskArray, other: MaskArray) -> float:
    """The common area of two rasters as a share of the smaller one's."""
    return _area(one & other) / max(min(_area(one), _area(other)), 1)


def _agreement(one: MaskArray, other: MaskArray) -> float:
    """The IoU of two rasters."""
    return _area(one & other) / max(_area(one | other), 1)


def _raster(seen: Sighting, view: View) -> MaskArray:
    return filled([view.to_view(seen.rim)], view.size, view.size)


def _area(raster: MaskArray) -> int:
    return int(np.count_nonzero(raster))
