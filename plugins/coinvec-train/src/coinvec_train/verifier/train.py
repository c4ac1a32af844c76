"""The training loop: after each epoch agreements are judged on dev, and the best are kept."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

from coinvec.domain.vectors import FloatArray
from coinvec_train.encoder.open_set import Gallery, Retrieval, ranked
from coinvec_train.runs import Run
from coinvec_train.verifier.config import VerifierConfig
from coinvec_train.verifier.data import Batches
from coinvec_train.verifier.grids import GridArray
from coinvec_train.verifier.loss import PairLoss
from coinvec_train.verifier.network import VerifierNetwork, agreements

_CHUNK = 64
_WARM_UP = 0.05
_LONGEST_STEP = 1.0

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run is judged by after each epoch.

    Attributes:
        gallery: Coins it is never trained on.
        catalogue: Grids of its pictures.
        queries: Grids of its queries in several states, by which early stopping decides alike.
    """

    gallery: Gallery
    catalogue: GridArray
    queries: Mapping[str, GridArray]


class VerifierTraining:
    """One run, begun or gone on with.

    Args:
        config: Its settings.
        run: Its folder.
        batches: What it learns from.
        watched: What it is judged by; training stops when hit rate at 1 and AUROC no longer grow.
    """

    def __init__(
        self, config: VerifierConfig, run: Run, batches: Batches, watched: Watched
    ) -> None:
        torch.manual_seed(config.seed)
        self._config, self._run, self._batches, self._watched = config, run, batches, watched
        self._network = VerifierNetwork(config.width, config.layers)
        self._network.to(memory_format=torch.channels_last)
        self._loss = PairLoss(config.hardest)
        self._optimiser = torch.optim.AdamW(
            [
                {"params": self._network.parameters(), "weight_decay": config.weight_decay},
                {"params": self._loss.parameters(), "weight_decay": 0.0},
            ],
            lr=config.rate,
        )
        self._schedule = OneCycleLR(
            self._optimiser,
            max_lr=[config.rate, 5 * config.rate],
            total_steps=config.steps + 1,
            pct_start=_WARM_UP,
        )
        self._step, self._best, self._worse_epochs = 0, -math.inf, 0
        if (state := run.load_checkpoint()) is not None:
            self._restore(state)

    def fit(self, advance: Advance) -> float:
        """Train until the last epoch, or until dev has not got better for `patience` epochs.

        Returns:
            The best mean of hit rates at 1 and AUROC, by agreement alone.
        """
        config = self._config
        while self._step < config.steps and self._worse_epochs < config.patience:
            losses = []
            for _ in range(config.epoch_steps):
                losses.append(self._learn())
                self._step += 1
                advance(self._step, config.steps)
            self._judge(self._step // config.epoch_steps, sum(losses) / len(losses))
            self._run.save_checkpoint(self._state())
        return self._best

    def _learn(self) -> float:
        batch = self._batches.draw(self._step)
        self._optimiser.zero_grad()
        described = self._network(batch.grids.contiguous(memory_format=torch.channels_last))
        loss: torch.Tensor = self._loss(agreements(described, described), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._network.parameters(), _LONGEST_STEP)
        self._optimiser.step()
        self._schedule.step()
        return float(loss.detach())

    def _judge(self, epoch: int, loss: float) -> None:
        found = judged(self._network, self._watched)
        mean = sum(_merit(each) for each in found.values()) / len(found)
        values = {"loss": loss}
        for name, each in found.items():
            values |= each.logged(name)
        self._run.log(epoch, values)
        if mean > self._best:
            self._best, self._worse_epochs = mean, 0
            self._run.save_best(self._network.state_dict())
        else:
            self._worse_epochs += 1

    def _state(self) -> dict[str, Any]:
        return {
            "network": self._network.state_dict(),
            "loss": self._loss.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
            "step": self._step,
            "best": self._best,
            "worse_epochs": self._worse_epochs,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self._network.load_state_dict(state["network"])
        self._loss.load_state_dict(state["loss"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        self._step, self._best = state["step"], state["best"]
        self._worse_epochs = state["worse_epochs"]


def _merit(found: Retrieval) -> float:
    """A ranker is to put the right coin first and to know when there is none."""
    return ((found.hit_rate[1] or 0.0) + (found.auroc or 0.0)) / 2


def judged(network: VerifierNetwork, watched: Watched) -> Mapping[str, Retrieval]:
    """What agreement alone finds of the queries in each state."""
    catalogue = _described(network, watched.catalogue)
    return {
        name: ranked(watched.gallery, _agreed(_described(network, queries), catalogue))
        for name, queries in watched.queries.items()
    }


@torch.inference_mode()
def _described(network: VerifierNetwork, grids: GridArray) -> torch.Tensor:
    parts = [
        network(torch.from_numpy(grids[start : start + _CHUNK].astype(np.float32)))
        for start in range(0, len(grids), _CHUNK)
    ]
    return torch.cat(parts)


@torch.inference_mode()
def _agreed(some: torch.Tensor, others: torch.Tensor) -> FloatArray:
    parts = [
        agreements(some[start : start + _CHUNK], others) for start in range(0, len(some), _CHUNK)
    ]
    return torch.cat(parts).numpy()
