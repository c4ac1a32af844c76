"""The training loop: ArcFace, the open-set evaluation on dev after each epoch, the best kept.

As in the coin recognition article by Grid Dynamics, the convolutional network has an optimiser and
a schedule of its own, and the embedding layers and class centres have another.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from coinvec.domain.vectors import FloatArray
from coinvec_train.encoder.arcface import ArcFace, class_margins
from coinvec_train.encoder.config import EncoderConfig
from coinvec_train.encoder.data import Example, PlainViews
from coinvec_train.encoder.network import build_encoder, goes_on, set_training
from coinvec_train.encoder.open_set import Gallery, Retrieval, retrieve
from coinvec_train.runs import Run

_AVERAGED_STEPS = 100
"""The weights that are judged and kept are a running mean over about this many steps."""
_IMPRINTED = 4
"""Views of each class that its first centre is made of, on average."""

Advance = Callable[[int, int], None]
MakeEpoch = Callable[[int, int], Dataset[Example]]
"""Gives the views of an epoch: number of the first, and how many."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run is judged by after each epoch.

    Attributes:
        same_looks: Pictures of looks it is trained on, for the validation loss.
        gallery: Coins it is never trained on.
        pictures: The gallery's pictures in several states: the first as they are, by which early
            stopping decides together with the others.
    """

    same_looks: PlainViews
    gallery: Gallery
    pictures: Mapping[str, PlainViews]


@dataclass(slots=True)
class _Progress:
    """How far a run has come."""

    step: int = 0
    best: float = -math.inf
    worse_epochs: int = 0


class EncoderTraining:
    """One run, begun or gone on with.

    Args:
        config: Its settings.
        run: Its folder.
        sizes: Pictures of each class.
        make_epoch: Gives each epoch's views.
        watched: What it is judged by; training stops when the mean hit rate at 1 no longer grows.
        compiled: Compile the training step, which needs a C++ compiler: on two cores it then takes
            two thirds of the time.
    """

    def __init__(
        self,
        config: EncoderConfig,
        run: Run,
        sizes: Sequence[int],
        make_epoch: MakeEpoch,
        watched: Watched,
        *,
        compiled: bool = False,
    ) -> None:
        torch.manual_seed(config.seed)
        self._config, self._run = config, run
        self._make_epoch, self._watched = make_epoch, watched
        [(pictures, _)] = _loader(make_epoch(0, config.batch), config.batch)
        self._network = build_encoder(config, pictures)
        self._trained = torch.compile(self._network) if compiled else self._network
        self._head = ArcFace(
            config.dim,
            class_margins(sizes, config.margin, config.margin_power),
            scale=config.scale,
            subcentres=config.subcentres,
        )
        self._averaged = AveragedModel(
            self._network,
            multi_avg_fn=get_ema_multi_avg_fn(  # type: ignore[no-untyped-call]
                1 - 1 / _AVERAGED_STEPS
            ),
            use_buffers=True,
        )
        self._optimisers = _optimisers(self._network, self._head, config)
        self._schedules = _schedules(self._optimisers, config)
        self._progress = _Progress()
        if (state := run.load_checkpoint()) is not None:
            self._restore(state)
        elif goes_on(config):
            self._imprint(_IMPRINTED * len(sizes))

    def fit(self, advance: Advance) -> float:
        """Train until the last epoch, or until dev has not got better for `patience` epochs.

        Returns:
            The best mean hit rate at 1.
        """
        config, progress = self._config, self._progress
        while progress.step < config.epochs * config.steps_per_epoch:
            if progress.worse_epochs >= config.patience:
                break
            loss = self._train_epoch(advance)
            self._judge(progress.step // config.steps_per_epoch, loss)
            self._run.save_checkpoint(self._state())
        return progress.best

    @torch.no_grad()
    def _imprint(self, count: int) -> None:
        """Start the class centres where the network sees some of the first views."""
        self._network.eval()
        seen = [
            (self._network(pictures.to(memory_format=torch.channels_last)), labels)
            for pictures, labels in _loader(self._make_epoch(0, count), self._config.batch)
        ]
        embeddings, labels = map(torch.cat, zip(*seen, strict=True))
        self._head.imprint(embeddings, labels)

    def _train_epoch(self, advance: Advance) -> float:
        config = self._config
        set_training(self._network, frozen_norms=config.frozen_norms)
        views = self._make_epoch(
            self._progress.step * config.batch, config.steps_per_epoch * config.batch
        )
        total = 0.0
        for pictures, labels in _loader(views, config.batch):
            total += self._step(pictures, labels)
            self._progress.step += 1
            advance(self._progress.step, config.epochs * config.steps_per_epoch)
        return total / config.steps_per_epoch

    def _step(self, pictures: torch.Tensor, labels: torch.Tensor) -> float:
        for optimiser in self._optimisers:
            optimiser.zero_grad()
        embeddings = self._trained(pictures.to(memory_format=torch.channels_last))
        loss: torch.Tensor = self._head(embeddings, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._network.parameters(), 5.0)
        for optimiser, schedule in zip(self._optimisers, self._schedules, strict=True):
            optimiser.step()
            schedule.step()
        self._averaged.update_parameters(self._network)
        return float(loss.detach())

    def _judge(self, epoch: int, loss: float) -> None:
        self._averaged.eval()
        found = {
            name: evaluate_gallery(self._averaged, self._watched.gallery, views)
            for name, views in self._watched.pictures.items()
        }
        mean = sum(each.hit_rate[1] or 0.0 for each in found.values()) / len(found)
        values = {"loss": loss, "val_loss": self._validation_loss()}
        for name, each in found.items():
            values |= each.logged(name)
        self._run.log(epoch, values)
        if mean > self._progress.best:
            self._progress.best, self._progress.worse_epochs = mean, 0
            self._run.save_best(self._averaged.module.state_dict())
        else:
            self._progress.worse_epochs += 1

    @torch.inference_mode()
    def _validation_loss(self) -> float:
        views = self._watched.same_looks
        total = 0.0
        for pictures, labels in _loader(views, self._config.batch):
            embeddings = self._averaged(pictures.to(memory_format=torch.channels_last))
            total += float(self._head.plain_loss(embeddings, labels)) * len(labels)
        return total / max(len(views), 1)

    def _state(self) -> dict[str, Any]:
        progress = self._progress
        return {
            "network": self._network.state_dict(),
            "head": self._head.state_dict(),
            "averaged": self._averaged.state_dict(),
            "optimisers": [each.state_dict() for each in self._optimisers],
            "schedules": [each.state_dict() for each in self._schedules],
            "step": progress.step,
            "best": progress.best,
            "worse_epochs": progress.worse_epochs,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self._network.load_state_dict(state["network"])
        self._head.load_state_dict(state["head"])
        self._averaged.load_state_dict(state["averaged"])
        for optimiser, kept in zip(self._optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        for schedule, kept in zip(self._schedules, state["schedules"], strict=True):
            schedule.load_state_dict(kept)
        self._progress = _Progress(state["step"], state["best"], state["worse_epochs"])


def evaluate_gallery(network: nn.Module, gallery: Gallery, views: PlainViews) -> Retrieval:
    """What a network finds in a gallery.

    Args:
        network: In evaluation mode.
        gallery: The catalogue and queries.
        views: The gallery's pictures, those of the catalogue first.
    """
    embeddings = embed(network, views)
    enrolled = len(gallery.images)
    return retrieve(gallery, embeddings[:enrolled], embeddings[enrolled:])


@torch.inference_mode()
def embed(network: nn.Module, views: PlainViews, batch: int = 32) -> FloatArray:
    """Embeddings of pictures, N × dim float32."""
    parts = [
        network(pictures.to(memory_format=torch.channels_last)).numpy()
        for pictures, _ in _loader(views, batch)
    ]
    return np.concatenate(parts).astype(np.float32)


def _loader(views: Dataset[Example], batch: int) -> Iterator[Sequence[torch.Tensor]]:
    # One worker keeps pace: to draw a view takes a tenth of a training step's time.
    return iter(DataLoader(views, batch, num_workers=1, prefetch_factor=4))


def _optimisers(
    network: nn.Module, head: nn.Module, config: EncoderConfig
) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    backbone = list(network.get_submodule("backbone").parameters())
    of_backbone = {id(each) for each in backbone}
    rest = [each for each in network.parameters() if id(each) not in of_backbone]
    decay = config.weight_decay
    return (
        torch.optim.AdamW(backbone, lr=config.backbone_rate, weight_decay=decay),
        torch.optim.AdamW([*rest, *head.parameters()], lr=config.head_rate, weight_decay=decay),
    )


def _schedules(
    optimisers: Sequence[torch.optim.Optimizer], config: EncoderConfig
) -> list[LRScheduler]:
    """One cycle each (Smith 2018); the backbone warms up longer, for it knows something to lose."""
    steps = config.epochs * config.steps_per_epoch
    rates, warm_ups = (config.backbone_rate, config.head_rate), (0.2, 0.05)
    return [
        OneCycleLR(optimiser, max_lr=rate, total_steps=steps, pct_start=warm_up)
        for optimiser, rate, warm_up in zip(optimisers, rates, warm_ups, strict=True)
    ]
