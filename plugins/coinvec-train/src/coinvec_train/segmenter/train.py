"""The training loop: Dice and cross-entropy, IoU after each epoch, the best epoch kept."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import segmentation_models_pytorch as smp
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from coinvec_train.runs import Run
from coinvec_train.segmenter.config import SegmenterConfig
from coinvec_train.segmenter.data import Example
from coinvec_train.segmenter.metrics import intersection_over_union
from coinvec_train.segmenter.network import build_network, set_training

_AVERAGED_STEPS = 100
"""The weights that are judged and kept are a running mean over about this many steps."""

MakeEpoch = Callable[[int, int], Dataset[Example]]
"""Gives the pictures of an epoch: number of the first, and how many."""
Advance = Callable[[int, int], None]


@dataclass(slots=True)
class _Progress:
    """How far a run has come."""

    step: int = 0
    best: float = -math.inf
    worse_epochs: int = 0


class SegmenterTraining:
    """One run, begun or gone on with.

    Args:
        config: Its settings.
        run: Its folder.
        make_epoch: Gives each epoch's pictures.
        watched: Validation sets by name; training stops when the mean of their IoUs no longer
            grows.
    """

    def __init__(
        self,
        config: SegmenterConfig,
        run: Run,
        make_epoch: MakeEpoch,
        watched: dict[str, Dataset[Example]],
    ) -> None:
        torch.manual_seed(config.seed)
        self._config, self._run = config, run
        self._make_epoch, self._watched = make_epoch, watched
        [(pictures, _)] = _loader(make_epoch(0, config.batch), config.batch)
        self._network = build_network(config, pictures)
        self._averaged = AveragedModel(
            self._network,
            multi_avg_fn=get_ema_multi_avg_fn(  # type: ignore[no-untyped-call]
                1 - 1 / _AVERAGED_STEPS
            ),
            use_buffers=True,
        )
        self._optimiser = _optimiser(self._network, config)
        self._schedule = _schedule(self._optimiser, config)
        self._loss = SegmentationLoss()
        self._progress = _Progress()
        if (state := run.load_checkpoint()) is not None:
            self._restore(state)

    def fit(self, advance: Advance) -> float:
        """Train until the last epoch, or until the IoU has not grown for `patience` epochs.

        Returns:
            The best mean IoU.
        """
        config, progress = self._config, self._progress
        while progress.step < config.epochs * config.steps_per_epoch:
            if progress.worse_epochs >= config.patience:
                break
            loss = self._train_epoch(advance)
            self._judge(progress.step // config.steps_per_epoch, loss)
            self._run.save_checkpoint(self._state())
        return progress.best

    def _train_epoch(self, advance: Advance) -> float:
        config = self._config
        set_training(self._network, frozen_norms=config.frozen_norms)
        first = self._progress.step * config.batch
        pictures = self._make_epoch(first, config.steps_per_epoch * config.batch)
        total = 0.0
        for images, wanted in _loader(pictures, config.batch):
            total += self._step(images, wanted)
            self._progress.step += 1
            advance(self._progress.step, config.epochs * config.steps_per_epoch)
        return total / config.steps_per_epoch

    def _step(self, images: torch.Tensor, wanted: torch.Tensor) -> float:
        self._optimiser.zero_grad()
        loss = self._loss(self._network(images.to(memory_format=torch.channels_last)), wanted)
        loss.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), 5.0)
        self._optimiser.step()
        self._schedule.step()
        self._averaged.update_parameters(self._network)
        return float(loss.detach())

    def _judge(self, epoch: int, loss: float) -> None:
        ious = {
            f"iou_{name}": mean_iou(self._averaged, pictures, self._config.batch)
            for name, pictures in self._watched.items()
        }
        mean = sum(ious.values()) / len(ious)
        self._run.log(
            epoch, {"loss": loss, "rate": float(self._schedule.get_last_lr()[-1]), **ious}
        )
        if mean > self._progress.best:
            self._progress.best, self._progress.worse_epochs = mean, 0
            self._run.save_best(self._averaged.module.state_dict())
        else:
            self._progress.worse_epochs += 1

    def _state(self) -> dict[str, Any]:
        progress = self._progress
        return {
            "network": self._network.state_dict(),
            "averaged": self._averaged.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
            "step": progress.step,
            "best": progress.best,
            "worse_epochs": progress.worse_epochs,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self._network.load_state_dict(state["network"])
        self._averaged.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        self._progress = _Progress(state["step"], state["best"], state["worse_epochs"])


class SegmentationLoss(nn.Module):
    """Dice loss (Milletari et al. 2016) with binary cross-entropy, over both channels.

    Dice is counted over the batch, as it says nothing of a picture without coins. Cross-entropy
    is added because Dice alone leaves probabilities at 0 and 1 wherever it is sure or lost, and
    the score of a coin is made of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._dice = smp.losses.DiceLoss(smp.losses.MULTILABEL_MODE)
        self._entropy = nn.BCEWithLogitsLoss()

    def forward(self, logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """The loss of N × 2 × H × W logits against targets of 0 and 1."""
        value: torch.Tensor = self._dice(logits, wanted) + self._entropy(logits, wanted)
        return value


@torch.inference_mode()
def mean_iou(network: nn.Module, pictures: Dataset[Example], batch: int) -> float:
    """Mean IoU of the coin channel over single pictures."""
    network.eval()
    ious: list[torch.Tensor] = []
    for images, wanted in _loader(pictures, batch):
        logits = network(images.to(memory_format=torch.channels_last))
        ious.append(intersection_over_union(logits[:, 0] > 0, wanted[:, 0] > 0.5))
    return float(torch.cat(ious).mean())


def _loader(pictures: Dataset[Example], batch: int) -> Iterator[Sequence[torch.Tensor]]:
    # One worker keeps pace: to draw a picture takes a tenth of a training step's time.
    return iter(DataLoader(pictures, batch, num_workers=1, prefetch_factor=4))


def _optimiser(network: nn.Module, config: SegmenterConfig) -> torch.optim.Optimizer:
    encoder = list(network.get_submodule("encoder").parameters())
    of_encoder = {id(each) for each in encoder}
    rest = [each for each in network.parameters() if id(each) not in of_encoder]
    return torch.optim.AdamW(
        [
            {"params": encoder, "lr": config.encoder_rate},
            {"params": rest, "lr": config.decoder_rate},
        ],
        weight_decay=config.weight_decay,
    )


def _schedule(
    optimiser: torch.optim.Optimizer, config: SegmenterConfig
) -> torch.optim.lr_scheduler.LRScheduler:
    """One cycle (Smith 2018): a short warm-up, then a cosine to nearly nothing."""
    return torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        max_lr=[config.encoder_rate, config.decoder_rate],
        total_steps=config.epochs * config.steps_per_epoch,
        pct_start=0.1,
    )
