"""The encoder's network: a timm backbone, pooling, and fully connected layers to 64 numbers."""

from pathlib import Path
from typing import Any

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from coinvec.errors import SettingsError
from coinvec_train.encoder.config import EncoderConfig
from coinvec_train.from_onnx import load_onnx
from coinvec_train.runs import BEST

_OPEN_GATE = 3.0
"""Bias of a squeeze-excite gate that lets nearly everything through, and still learns."""


class EncoderNetwork(nn.Module):
    """Cut-outs to embeddings.

    Args:
        config: Backbone, pooling and layers.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        own: dict[str, Any] = {} if config.activation == "own" else {"act_layer": nn.ReLU6}
        self.backbone = timm.create_model(
            config.backbone,
            pretrained=config.first_weights == "pretrained",
            num_classes=0,
            global_pool="",
            **own,
        )
        features = int(self.backbone.num_features)  # type: ignore[arg-type]
        self.pooling = GeneralisedMean() if config.pooling == "gem" else nn.AdaptiveAvgPool2d(1)
        self.layers = _layers(features, config.hidden, config.dim)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """N × 3 × S × S, RGB in [-1, 1], to N × dim of Euclidean norm 1."""
        pooled = self.pooling(self.backbone(pictures)).flatten(1)
        return functional.normalize(self.layers(pooled))


class GeneralisedMean(nn.Module):
    """Generalised-mean pooling (Radenović, Tolias, Chum 2018) with a learned exponent."""

    def __init__(self) -> None:
        super().__init__()
        self.exponent = nn.Parameter(torch.tensor(3.0))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """N × C × H × W to N × C."""
        powers = features.clamp(min=1e-6).pow(self.exponent)
        return powers.mean(dim=(2, 3)).pow(1 / self.exponent)


_NOISE = (2, 3, 64, 64)


def build_encoder(config: EncoderConfig, pictures: torch.Tensor | None = None) -> EncoderNetwork:
    """A network with first weights.

    Args:
        config: Backbone, pooling, layers and first weights.
        pictures: Such as it is to be trained on, for the statistics of norms that an ONNX file
            lacks; noise where it is not to be trained.

    Raises:
        SettingsError: The first weights cannot be read, or fit another backbone.
    """
    network = EncoderNetwork(config)
    if Path(config.first_weights, BEST).exists():
        network.load_state_dict(trained_part(load_file(Path(config.first_weights, BEST))))
    elif config.first_weights.endswith(".onnx"):
        noise = torch.randn(_NOISE) if pictures is None else pictures
        load_onnx(network, Path(config.first_weights), noise)
    elif config.first_weights not in ("random", "pretrained"):
        _load_backbone(network.backbone, Path(config.first_weights))
    return network.to(memory_format=torch.channels_last)


def goes_on(config: EncoderConfig) -> bool:
    """Whether the first weights are those of a whole encoder that has learned coins."""
    return config.first_weights.endswith(".onnx") or Path(config.first_weights, BEST).exists()


def trained_part(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A run's weights without the class centres, which only training uses."""
    return {name: each for name, each in weights.items() if not name.startswith("head.")}


def set_training(network: nn.Module, *, frozen_norms: bool) -> None:
    """Switch to training, with or without batch statistics."""
    network.train()
    if frozen_norms:
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()


def _layers(features: int, hidden: int, dim: int) -> nn.Sequential:
    if not hidden:
        return nn.Sequential(nn.Linear(features, dim))
    return nn.Sequential(nn.Linear(features, hidden), nn.PReLU(hidden), nn.Linear(hidden, dim))


def _load_backbone(backbone: nn.Module, path: Path) -> None:
    try:
        kept = {name: each.float() for name, each in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise SettingsError(
            f"The first weights {path} cannot be read: {error}.",
            hint="Name a safetensors file, or `random`, or `pretrained`.",
        ) from error
    wanted = backbone.state_dict()
    missing = [
        name
        for name, each in wanted.items()
        if (name not in kept or kept[name].shape != each.shape)
        and ".se." not in name
        and not name.endswith("num_batches_tracked")
    ]
    if missing:
        raise SettingsError(
            f"The first weights {path} are another network's: {missing[0]} and "
            f"{len(missing) - 1} more do not fit.",
            hint="Name the backbone they belong to with --backbone.",
        )
    backbone.load_state_dict({name: kept[name] for name in wanted if name in kept}, strict=False)
    if not any(".se." in name for name in kept):
        _pass_through(backbone)


def _pass_through(backbone: nn.Module) -> None:
    """Let squeeze-excite gates that have no weights change nothing at first.

    An EfficientNet-Lite0 is a B0 without squeeze-excite, so that its weights can start a B0.
    """
    for block in backbone.modules():
        gate = getattr(getattr(block, "se", None), "conv_expand", None)
        if isinstance(gate, nn.Conv2d):
            nn.init.zeros_(gate.weight)
            nn.init.constant_(gate.bias, _OPEN_GATE)  # type: ignore[arg-type]
            after: Any = block.conv_pwl if hasattr(block, "conv_pwl") else block.conv_pw
            with torch.no_grad():
                after.weight /= torch.sigmoid(torch.tensor(_OPEN_GATE))
