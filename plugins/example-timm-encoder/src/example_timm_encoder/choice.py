"""Which backbone with which weights; read from the environment, for every process alike."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from coinvec.errors import PluginError

MODEL = "TIMM_ENCODER_MODEL"
WEIGHTS = "TIMM_ENCODER_WEIGHTS"
HUB = "hub"
RANDOM = "random"

_METHOD = 1
"""Counts up with every change of the encoder that changes embeddings."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A backbone and its weights.

    Attributes:
        model: Name of the backbone in timm, with the tag of its weights, e.g. `resnet18.a1_in1k`.
        weights: `hub` for those that timm downloads, `random`, or the path of a `.safetensors`
            file with this backbone's own names.
    """

    model: str = "resnet18.a1_in1k"
    weights: str = HUB

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the choice from `TIMM_ENCODER_MODEL` and `TIMM_ENCODER_WEIGHTS`."""
        return cls(environ.get(MODEL) or cls().model, environ.get(WEIGHTS) or HUB)

    @property
    def file(self) -> Path | None:
        """The file of the weights; None where they come from elsewhere."""
        return None if self.weights in (HUB, RANDOM) else Path(self.weights)

    def revision(self) -> str:
        """Changes whenever embeddings do: with the backbone, the weights and the method.

        A file is known by its content, which takes a few hundredths of a second to read.

        Raises:
            PluginError: The file cannot be read, or is of a format that could run code.
        """
        weights = self.weights if self.file is None else _digest(self.file)
        return re.sub(r"[/|\s]", "-", f"{self.model}+{weights}+{_METHOD}")


def _digest(file: Path) -> str:
    if file.suffix != ".safetensors":
        raise PluginError(
            f"{WEIGHTS} names {file}, which is not a .safetensors file; other formats of weights "
            "may run code when they are read.",
            hint="Convert it with safetensors.torch.save_file.",
        )
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()[:12]
    except OSError as error:
        raise PluginError(
            f"{WEIGHTS} names {file}, which cannot be read: {error.strerror or error}.",
            hint=f"Set {WEIGHTS} to a .safetensors file, to {HUB} or to {RANDOM}.",
        ) from error
