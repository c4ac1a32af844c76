"""A training run's folder: its configuration, its logs, and a checkpoint to go on from.

RUN/config.json           what it was started with
RUN/log.csv               one line an epoch
RUN/tensorboard/          the same curves, for TensorBoard
RUN/checkpoint.pt         everything needed to go on as if never interrupted
RUN/best.safetensors      the weights of the best epoch so far
"""

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch.utils.tensorboard import SummaryWriter

from coinvec.errors import InvalidValueError, SettingsError

BEST = "best.safetensors"
_CONFIG, _LOG, _CHECKPOINT = "config.json", "log.csv", "checkpoint.pt"


class Run:
    """The folder of one training run.

    Args:
        folder: Made where it is missing.
        config: What the run is started with. A folder that holds another one is refused, for to
            go on with other settings would give a result that no configuration describes.

    Raises:
        SettingsError: The folder was begun with another configuration.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / _CONFIG
        text = json.dumps(config, indent=1, sort_keys=True) + "\n"
        if kept.exists() and kept.read_text(encoding="utf-8") != text:
            raise SettingsError(
                f"The run in {folder} was begun with other settings than these.",
                hint="Go on with its own settings (see its config.json), or name another folder.",
            )
        kept.write_text(text, encoding="utf-8")

    def log(self, epoch: int, values: Mapping[str, float]) -> None:
        """Append an epoch to the CSV log and to TensorBoard's."""
        path = self.folder / _LOG
        is_new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(["epoch", *values])
            writer.writerow([epoch, *(f"{value:.6g}" for value in values.values())])
        with SummaryWriter(str(self.folder / "tensorboard")) as board:
            for name, value in values.items():
                board.add_scalar(name, value, epoch)

    def save_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Keep a state of tensors and plain values, whole or not at all."""
        passing = self.folder / f"{_CHECKPOINT}.part"
        torch.save(dict(state), passing)
        os.replace(passing, self.folder / _CHECKPOINT)  # noqa: PTH105 — the atomic one

    def load_checkpoint(self) -> dict[str, Any] | None:
        """The state kept last; None in a new run."""
        path = self.folder / _CHECKPOINT
        if not path.exists():
            return None
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
        return state

    def save_best(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Keep the weights of the best epoch so far."""
        passing = self.folder / f"{BEST}.part"
        save_file({name: each.contiguous() for name, each in weights.items()}, passing)
        os.replace(passing, self.folder / BEST)  # noqa: PTH105 — the atomic one


def read_record(folder: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The configuration of a run, and its log, a row an epoch. Needs no weights.

    Raises:
        InvalidValueError: The folder holds no finished epoch.
    """
    config, log = folder / _CONFIG, folder / _LOG
    if not (config.exists() and log.exists()):
        raise _no_epoch(folder)
    with log.open(encoding="utf-8", newline="") as file:
        return json.loads(config.read_text(encoding="utf-8")), list(csv.DictReader(file))


def load_run(folder: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The configuration and the best weights of a run.

    Raises:
        InvalidValueError: The folder holds no finished epoch.
    """
    config, weights = folder / _CONFIG, folder / BEST
    if not (config.exists() and weights.exists()):
        raise _no_epoch(folder)
    return json.loads(config.read_text(encoding="utf-8")), load_file(weights)


def _no_epoch(folder: Path) -> InvalidValueError:
    return InvalidValueError(
        f"{folder} is not the folder of a training run with an epoch behind it.",
        hint="Name the --out folder of a `coinvec train …` that has run for an epoch.",
    )
