"""The loss: additive angular margin (ArcFace)."""

import math
import statistics
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

_SPREAD = 0.02
"""Standard deviation of imprinted centres about their mean, in each dimension."""


class ArcFace(nn.Module):
    """Class centres on the unit sphere, and the margin of ArcFace.

    J. Deng, J. Guo, N. Xue, S. Zafeiriou: ArcFace, 2019; several centres for each class as in
    J. Deng et al.: Sub-center ArcFace, 2020: worn or wrongly labelled pictures may gather at a
    centre of their own.

    Args:
        dim: Numbers of an embedding.
        margins: Of each class, in radians.
        scale: Radius of the sphere on which the softmax is taken.
        subcentres: Centres of each class.
    """

    _margins: torch.Tensor

    def __init__(
        self, dim: int, margins: Sequence[float], *, scale: float, subcentres: int = 1
    ) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.empty(len(margins), subcentres, dim))
        nn.init.xavier_uniform_(self.centres)
        self.register_buffer("_margins", torch.tensor(margins), persistent=False)
        self._scale = scale

    @torch.no_grad()
    def imprint(self, embeddings: torch.Tensor, labels: torch.Tensor) -> None:
        """Move class centres to where a trained network sees their classes.

        H. Qi, M. Brown, D. Lowe: Low-Shot Learning with Imprinted Weights, 2018. Random centres
        would at first pull apart what the network has learned.

        Args:
            embeddings: N × dim of norm 1.
            labels: Their N classes; the centres of others stay.
        """
        sums = torch.zeros_like(self.centres[:, 0]).index_add_(0, labels, embeddings)
        seen = torch.unique(labels)
        means = functional.normalize(sums[seen]).unsqueeze(1)
        # Sub-centres must differ, or one of them would gather everything.
        self.centres[seen] = means + _SPREAD * torch.randn_like(self.centres[seen])

    def cosines(self, embeddings: torch.Tensor) -> torch.Tensor:
        """N × dim of norm 1 to N × classes: the cosine to the nearest centre of each class."""
        centres = functional.normalize(self.centres, dim=2).flatten(0, 1)
        near = embeddings @ centres.T
        return near.view(len(embeddings), *self.centres.shape[:2]).amax(dim=2)

    def forward(self, embeddings: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The cross-entropy of N embeddings of norm 1 against their N classes, with the margin."""
        cosines = self.cosines(embeddings)
        own = labels.unsqueeze(1)
        margins = self._margins[own]
        target = cosines.gather(1, own)
        sines = (1 - target.square()).clamp(min=1e-6).sqrt()  # its slope has no end at 0
        with_margin = target * margins.cos() - sines * margins.sin()
        # Past this angle the sum would turn back; a straight line goes on from there.
        past = target - (math.pi - margins).sin() * margins
        with_margin = torch.where(target > (math.pi - margins).cos(), with_margin, past)
        return functional.cross_entropy(self._scale * cosines.scatter(1, own, with_margin), labels)

    def plain_loss(self, embeddings: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The cross-entropy without the margin, to watch over-fitting by."""
        return functional.cross_entropy(self._scale * self.cosines(embeddings), labels)


def class_margins(sizes: Sequence[int], margin: float, power: float) -> list[float]:
    """Wider margins for smaller classes, of which less is known.

    Q. Ha, B. Liu, F. Liu, P. Liao: Google Landmark Recognition 2020 Competition Third Place
    Solution, 2020, set margins by a power of the class's size.

    Args:
        sizes: Pictures of each class.
        margin: Of a class of median size, in radians.
        power: How fast margins fall as classes grow; 0 gives all the same.

    Returns:
        The margin of each class, at most twice the given one and at least half of it.
    """
    middle = statistics.median(sizes)
    return [margin * min(max((middle / size) ** power, 0.5), 2.0) for size in sizes]
