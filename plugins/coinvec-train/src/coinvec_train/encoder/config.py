"""What an encoder is trained with."""

from dataclasses import asdict, dataclass
from typing import Any

from coinvec.errors import InvalidValueError

POOLINGS = ("average", "gem")
VIEWS = ("article", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderConfig:
    """The settings of one training run; stored with its result.

    Attributes:
        backbone: Name of a timm model.
        first_weights: `random`, `pretrained` (from timm's hub), a safetensors file of the
            backbone, or the folder of a run or an ONNX file exported from one, to go on from.
        activation: The backbone's activation: `relu6`, or `own`.
        frozen_norms: Keep the backbone's batch statistics, as weights with folded norms need.
        dim: Numbers of an embedding.
        hidden: Width of the layer between pooling and embedding; 0 for none.
        pooling: One of `POOLINGS`.
        size: Sides of training pictures.
        views: Augmentations, one of `VIEWS`.
        poor_light: Share of the views that are taken in poor light besides.
        mirrored: Learn mirrored coins besides, each look's as a class of its own.
        margin: ArcFace's angular margin in radians.
        margin_power: How fast margins fall as classes grow; 0 gives all the same.
        scale: ArcFace's scale.
        subcentres: Centres of each class (Deng et al. 2020); 1 is plain ArcFace.
        batch: Pictures a step.
        epoch_pictures: Pictures an epoch.
        epochs: Most epochs.
        patience: Epochs without a better result on dev until training stops.
        backbone_rate: Greatest learning rate of the backbone.
        head_rate: Greatest learning rate of the embedding layers and the class centres.
        weight_decay: Of everything trained.
        seed: Of everything random.
    """

    backbone: str = "tf_efficientnet_b0"
    first_weights: str = "random"
    activation: str = "relu6"
    frozen_norms: bool = False
    dim: int = 64
    hidden: int = 512
    pooling: str = "average"
    size: int = 256
    views: str = "phone"
    poor_light: float = 0.0
    mirrored: bool = False
    margin: float = 0.2
    margin_power: float = 0.0
    scale: float = 25.0
    subcentres: int = 1
    batch: int = 32
    epoch_pictures: int = 4096
    epochs: int = 20
    patience: int = 6
    backbone_rate: float = 5e-4
    head_rate: float = 3e-3
    weight_decay: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        if self.size % 32 or self.size <= 0:
            raise InvalidValueError(f"size {self.size} is not a multiple of 32.")
        if self.pooling not in POOLINGS:
            raise InvalidValueError(f"pooling {self.pooling!r} is none of {POOLINGS}.")
        if self.views not in VIEWS:
            raise InvalidValueError(f"views {self.views!r} are none of {VIEWS}.")
        if not 0 <= self.poor_light <= 1:
            raise InvalidValueError(f"poor_light {self.poor_light} is not a share from 0 to 1.")
        if self.activation not in ("relu6", "own"):
            raise InvalidValueError(f"activation {self.activation!r} is neither relu6 nor own.")
        if not 1 <= self.batch <= self.epoch_pictures:
            raise InvalidValueError("an epoch needs at least one batch of at least one picture.")
        if self.subcentres < 1 or self.dim < 1 or self.hidden < 0:
            raise InvalidValueError("subcentres and dim must be positive, hidden not negative.")

    @property
    def steps_per_epoch(self) -> int:
        """Batches an epoch."""
        return self.epoch_pictures // self.batch

    def as_json(self) -> dict[str, Any]:
        """The settings as JSON has them."""
        return asdict(self)
