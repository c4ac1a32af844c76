"""What is known of the weights without loading them."""

import json
from dataclasses import dataclass
from pathlib import Path

from coinvec.errors import PluginError

WEIGHTS = Path(__file__).with_name("unet.onnx")
"""The shipped network."""
REMEDY = "Reinstall it: pip install --force-reinstall coinvec-unet."
"""What to do about weights that are missing or damaged."""
_ABOUT = Path(__file__).with_name("unet.json")


@dataclass(frozen=True, slots=True)
class About:
    """The description beside the weights.

    Attributes:
        revision: Names the weights, and changes with them.
        encoder: The backbone.
    """

    revision: str
    encoder: str


def read_about(path: Path = _ABOUT) -> About:
    """Read the description beside the weights.

    Raises:
        PluginError: It is missing or damaged.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return About(revision=str(fields["revision"]), encoder=str(fields["encoder"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PluginError(
            f"the segmenter 'unet' cannot read the description of its weights {path.name}: "
            f"{error!r}.",
            hint=REMEDY,
        ) from error
