"""The network: U-Net (Ronneberger et al. 2015) over a timm backbone."""

from pathlib import Path

import segmentation_models_pytorch as smp
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from coinvec.errors import SettingsError
from coinvec_train.from_onnx import load_onnx
from coinvec_train.runs import BEST
from coinvec_train.segmenter.config import SegmenterConfig
from coinvec_train.segmenter.targets import CHANNELS

_STAGES = 5
"""Each stage of a whole decoder doubles the resolution; the encoder divides it by 32."""


_NOISE = (2, 3, 64, 64)


def build_network(config: SegmenterConfig, pictures: torch.Tensor | None = None) -> nn.Module:
    """A network with first weights; takes N × 3 × H × W in [-1, 1], gives N × 2 × H × W logits.

    Args:
        config: Backbone, layers and first weights.
        pictures: Such as it is to be trained on, for the statistics of norms that an ONNX file
            lacks; noise where it is not to be trained.

    Raises:
        SettingsError: The first weights cannot be read, or fit another backbone.
    """
    stages = len(config.decoder_channels)
    network: nn.Module = smp.Unet(
        f"tu-{config.encoder}",
        encoder_weights="imagenet" if config.first_weights == "pretrained" else None,
        decoder_channels=(*config.decoder_channels, 8)[:_STAGES],
        classes=len(CHANNELS),
    )
    if stages < _STAGES:
        _end_at_half_resolution(network, config.decoder_channels[-1])
    if Path(config.first_weights, BEST).exists():
        network.load_state_dict(load_file(Path(config.first_weights, BEST)))
    elif config.first_weights.endswith(".onnx"):
        noise = torch.randn(_NOISE) if pictures is None else pictures
        load_onnx(network, Path(config.first_weights), noise)
    elif config.first_weights not in ("random", "pretrained"):
        backbone: nn.Module = network.get_submodule("encoder.model")
        _load_backbone(backbone, Path(config.first_weights))
    return network.to(memory_format=torch.channels_last)


def set_training(network: nn.Module, *, frozen_norms: bool) -> None:
    """Switch to training, with or without the encoder's batch statistics."""
    network.train()
    if frozen_norms:
        for module in network.get_submodule("encoder").modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()


def _end_at_half_resolution(network: nn.Module, channels: int) -> None:
    """Leave out the decoder's last stage, and interpolate the logits instead.

    That stage costs as much as the rest of the decoder together. A coin's rim is smooth: where it
    runs between two pixels, interpolated logits say as well.
    """
    network.decoder.blocks = network.decoder.blocks[: _STAGES - 1]  # type: ignore[union-attr,index]
    network.segmentation_head = smp.base.SegmentationHead(
        channels, len(CHANNELS), kernel_size=3, upsampling=2
    )


def _load_backbone(backbone: nn.Module, path: Path) -> None:
    try:
        kept = {name: each.float() for name, each in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise SettingsError(
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
        raise SettingsError(
            f"The first weights {path} lack {len(missing)} of {len(wanted)} tensors of the "
            f"encoder, {missing[0]} among them.",
            hint="Name weights of this very backbone, in timm's names.",
        )
    backbone.load_state_dict(fitting, strict=False)
