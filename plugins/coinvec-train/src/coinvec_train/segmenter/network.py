"""The network: U-Net (Ronneberger et al. 2015) over a timm backbone."""

from pathlib import Path

import segmentation_models_pytorch as smp
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from coinvec.errors import ConfigurationError
from coinvec_train.segmenter.config import SegmenterConfig
from coinvec_train.segmenter.targets import CHANNELS


def build_network(config: SegmenterConfig) -> nn.Module:
    """A network with first weights; takes N × 3 × H × W in [-1, 1], gives N × 2 × H × W logits.

    Raises:
        ConfigurationError: The first weights cannot be read, or fit another backbone.
    """
    network: nn.Module = smp.Unet(
        f"tu-{config.encoder}",
        encoder_weights="imagenet" if config.first_weights == "pretrained" else None,
        decoder_channels=config.decoder_channels,
        classes=len(CHANNELS),
    )
    if config.first_weights not in ("random", "pretrained"):
        _load_backbone(network.encoder.model, Path(config.first_weights))  # type: ignore[arg-type]
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def set_training(network: nn.Module, *, frozen_norms: bool) -> None:
    """Switch to training, with or without the encoder's batch statistics."""
    network.train()
    if frozen_norms:
        for module in network.encoder.modules():  # type: ignore[union-attr]
            if isinstance(module, nn.BatchNorm2d):
                module.eval()


def _load_backbone(backbone: nn.Module, path: Path) -> None:
    try:
        kept = {name: each.float() for name, each in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise ConfigurationError(
            f"The first weights {path} cannot be read: {error}.",
            hint="Name a safetensors file, or `random`, or `pretrained`.",
        ) from error
    wanted = backbone.state_dict()
    fitting = {
        name: each
        for name, each in kept.items()
        if name in wanted and wanted[name].shape == each.shape
    }
    missing = [
        name for name in wanted if name not in fitting and not name.endswith("num_batches_tracked")
    ]
    if missing:
        raise ConfigurationError(
            f"The first weights {path} lack {len(missing)} of {len(wanted)} tensors of the "
            f"encoder, {missing[0]} among them.",
            hint="Name weights of this very backbone, in timm's names.",
        )
    backbone.load_state_dict(fitting, strict=False)
