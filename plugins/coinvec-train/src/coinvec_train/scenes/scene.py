"""What a composer makes."""

from collections.abc import Sequence
from dataclasses import dataclass

from coinvec.domain.images import MaskArray, RgbArray


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture and the coins in it.

    Attributes:
        pixels: S × S × 3 RGB.
        masks: The visible pixels of each coin, S × S, largest first; none where there is no coin.
    """

    pixels: RgbArray
    masks: Sequence[MaskArray]
