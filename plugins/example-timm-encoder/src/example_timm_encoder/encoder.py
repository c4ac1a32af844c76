"""The encoder `timm`: the pooled features of a backbone, randomly projected."""

from collections.abc import Mapping, Sequence

import numpy as np
import timm
import torch
from safetensors.torch import load_file
from timm.data.config import resolve_model_data_config
from torch import Tensor, nn
from torch.nn import functional

from coinvec.domain.images import Crop
from coinvec.domain.spelling import nearest
from coinvec.domain.vectors import FloatArray
from coinvec.errors import PluginError
from example_timm_encoder.choice import RANDOM, WEIGHTS, Choice
from example_timm_encoder.hooks import DIM
from example_timm_encoder.projection import signs

BATCH = 32
_SEED = 0


class TimmEncoder:
    """Encodes coins by the last pooled features of a backbone that was trained on other things.

    Read-only after construction, hence safe to call from several threads.

    Args:
        choice: Backbone and weights; by default those of the environment, as the host asks for.

    Raises:
        PluginError: There is no such backbone, or the weights are not its own.
    """

    def __init__(self, choice: Choice | None = None) -> None:
        self._model = _load(choice or Choice.from_environment())
        config = resolve_model_data_config(self._model)  # type: ignore[no-untyped-call]
        self._size = tuple(config["input_size"][-2:])
        self._mean, self._std = (
            torch.tensor(config[name]).view(1, 3, 1, 1) for name in ("mean", "std")
        )
        with torch.inference_mode():
            features = self._model(torch.zeros(1, 3, *self._size)).shape[1]
        self._projection = signs(features, DIM)

    def encode(self, crops: Sequence[Crop]) -> FloatArray:
        """Encode crops.

        Args:
            crops: n crops; n may be 0.

        Returns:
            n × 256 float32, each row of Euclidean norm 1.
        """
        parts = [np.zeros((0, DIM), dtype=np.float32)]
        for start in range(0, len(crops), BATCH):
            batch = torch.cat([self._prepared(crop) for crop in crops[start : start + BATCH]])
            with torch.inference_mode():
                features = self._model(batch).numpy()
            projected = features @ self._projection
            parts.append(projected / np.linalg.norm(projected, axis=1, keepdims=True))
        return np.concatenate(parts)

    def _prepared(self, crop: Crop) -> Tensor:
        """A cut-out as the backbone was shown pictures: 1 × 3 × height × width."""
        pixels = torch.from_numpy(crop.cutout.copy()).permute(2, 0, 1)[None].float() / 255
        resized = functional.interpolate(
            pixels, self._size, mode="bilinear", align_corners=False, antialias=True
        )
        return (resized - self._mean) / self._std


def _load(choice: Choice) -> nn.Module:
    architecture = choice.model.partition(".")[0]
    if ":" not in choice.model and not timm.is_model(architecture):
        right = nearest(architecture, timm.list_models())
        raise PluginError(
            f"timm has no backbone {choice.model!r}.",
            hint=f"Did you mean {right!r}?" if right else "timm.list_models() names all.",
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)  # random weights are the same ones every time
        pretrained = choice.file is None and choice.weights != RANDOM
        model: nn.Module = timm.create_model(choice.model, pretrained=pretrained, num_classes=0)
    if choice.file is not None:
        _set(model, load_file(choice.file), choice)
    return model.eval()


def _set(model: nn.Module, weights: Mapping[str, Tensor], choice: Choice) -> None:
    """Put weights into a backbone; those of a classifier, which it does not have, are left."""
    try:
        missing = model.load_state_dict(weights, strict=False).missing_keys
    except RuntimeError as error:  # tensors of other shapes
        raise _foreign(choice, "some of its tensors have other shapes") from error
    if missing:
        raise _foreign(choice, f"it lacks {missing[0]!r}")


def _foreign(choice: Choice, why: str) -> PluginError:
    return PluginError(
        f"{choice.weights} does not hold the weights of timm's {choice.model!r}: {why}.",
        hint=f"Set {WEIGHTS} to a file of this very backbone, in timm's names.",
    )
