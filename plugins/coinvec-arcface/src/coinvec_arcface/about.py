"""What is known of the weights without loading them."""

import json
from dataclasses import dataclass
from pathlib import Path

from coinvec.domain.models import Thresholds
from coinvec.errors import InvalidValueError, PluginError

WEIGHTS = Path(__file__).with_name("arcface.onnx")
"""The shipped network."""
REMEDY = "Reinstall it: pip install --force-reinstall coinvec-arcface."
"""What to do about weights that are missing or damaged."""
_ABOUT = Path(__file__).with_name("arcface.json")


@dataclass(frozen=True, slots=True)
class About:
    """The description beside the weights.

    Attributes:
        revision: Names the weights, and changes with them.
        backbone: The convolutional network.
        dim: Numbers of an embedding.
        size: Sides of the pictures it takes.
        turns: By how many right angles a coin is turned and looked at again.
        thresholds: Calibrated limits for the verdict; None before calibration.
    """

    revision: str
    backbone: str
    dim: int
    size: int
    turns: int
    thresholds: Thresholds | None


def read_about(path: Path = _ABOUT) -> About:
    """Read the description beside the weights.

    Raises:
        PluginError: It is missing or damaged.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        limits = fields["thresholds"]
        return About(
            revision=str(fields["revision"]),
            backbone=str(fields["backbone"]),
            dim=int(fields["dim"]),
            size=int(fields["size"]),
            turns=int(fields["turns"]),
            thresholds=None if limits is None else Thresholds(**limits),
        )
    except (OSError, ValueError, KeyError, TypeError, InvalidValueError) as error:
        raise PluginError(
            f"the encoder 'arcface' cannot read the description of its weights {path.name}: "
            f"{error!r}.",
            hint=REMEDY,
        ) from error
