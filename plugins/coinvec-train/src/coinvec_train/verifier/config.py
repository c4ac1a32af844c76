"""What a verifier is trained with."""

from dataclasses import asdict, dataclass
from typing import Any

from coinvec.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierConfig:
    """The settings of one training run; stored with its result.

    Attributes:
        width: Channels of the layers between.
        layers: How many residual layers; each looks twice as far along the rings as the last.
        looks: Looks in a batch.
        per_look: Pictures of each.
        neighbours: Looks of a batch that are drawn together, each among those most like the first.
        among: Out of how many.
        plain: Share of pictures that are taken as they are, the others as bad photographs.
        views: Bad photographs of each picture.
        hardest: Other looks' pictures that each picture is told from, those most like it.
        rate: Greatest learning rate.
        weight_decay: Of the network.
        epoch_steps: Batches an epoch.
        epochs: Most epochs; the learning rate falls to nothing by the last.
        patience: Epochs without a better result on dev until training stops.
        seed: Of everything random.
    """

    width: int = 32
    layers: int = 4
    looks: int = 48
    per_look: int = 4
    neighbours: int = 8
    among: int = 24
    plain: float = 0.35
    views: int = 4
    hardest: int = 8
    rate: float = 2e-3
    weight_decay: float = 0.01
    epoch_steps: int = 100
    epochs: int = 22
    patience: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        if self.looks < 2 or self.per_look < 2:
            raise InvalidValueError("a batch needs two pictures each of at least two looks.")
        if not 0 <= self.plain <= 1 or (self.views < 1 and self.plain < 1):
            raise InvalidValueError("plain is a share, and without views it must be 1.")
        if min(self.width, self.neighbours, self.hardest, self.epoch_steps, self.epochs) < 1:
            raise InvalidValueError("widths and counts must be positive.")

    @property
    def steps(self) -> int:
        """Batches of the whole run."""
        return self.epochs * self.epoch_steps

    def as_json(self) -> dict[str, Any]:
        """The settings as JSON has them."""
        return asdict(self)
