"""What a training of the segmenter is told."""

from dataclasses import asdict, dataclass
from typing import Any

from coinvec.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterConfig:
    """Settings of a run; kept beside its result.

    Attributes:
        encoder: A timm backbone. The article takes EfficientNet-b4.
        decoder_channels: Channels of the decoder's stages, coarse to fine: five, or four to end
            at half resolution and interpolate.
        first_weights: Where the encoder starts: `random`, `pretrained` (timm's, from its hub), or
            a safetensors file in timm's names; or the folder of a run or an ONNX file
            exported from one, to go on from it as a whole.
        frozen_norms: Leave the encoder's batch norms as they are; for weights into which their
            statistics were folded.
        size: Sides of the training pictures, in pixels; a multiple of 32.
        batch: Pictures a step.
        epoch_pictures: Pictures an epoch.
        epochs: Most epochs.
        patience: Epochs without a better IoU after which training stops.
        encoder_rate: Greatest learning rate of the encoder, which has learned before.
        decoder_rate: Greatest learning rate of the rest.
        weight_decay: AdamW's.
        real_share: Share of the pictures that are crops of labelled photographs, 0 to 1; the
            others are synthetic scenes.
        augment: Light, camera, distractors and the rest; without it, scenes are merged only and
            crops are cut only.
        seed: Of everything random.
    """

    encoder: str = "efficientnet_b4"
    decoder_channels: tuple[int, ...] = (96, 64, 32, 24)
    first_weights: str = "random"
    frozen_norms: bool = False
    size: int = 256
    batch: int = 16
    epoch_pictures: int = 2_048
    epochs: int = 30
    patience: int = 6
    encoder_rate: float = 5e-4
    decoder_rate: float = 2e-3
    weight_decay: float = 1e-4
    real_share: float = 0.35
    augment: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.size % 32 or self.size <= 0:
            raise InvalidValueError(f"size {self.size} is not a positive multiple of 32.")
        if len(self.decoder_channels) not in (4, 5):
            raise InvalidValueError(f"decoder_channels {self.decoder_channels} are not 4 or 5.")
        if not 0.0 <= self.real_share <= 1.0:
            raise InvalidValueError(f"real_share {self.real_share} is not between 0 and 1.")
        if self.epoch_pictures < self.batch or self.batch < 1:
            raise InvalidValueError("an epoch needs at least one batch of at least one picture.")

    @property
    def steps_per_epoch(self) -> int:
        """Batches an epoch."""
        return self.epoch_pictures // self.batch

    def as_json(self) -> dict[str, Any]:
        """The settings as JSON has them."""
        return asdict(self) | {"decoder_channels": list(self.decoder_channels)}
