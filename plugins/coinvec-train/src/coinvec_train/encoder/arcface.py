"""The loss: additive angular margin (ArcFace)."""

import math

import torch
from torch import nn
from torch.nn import functional


class ArcFace(nn.Module):
    """Class centres on the unit sphere, and the margin of ArcFace.

    J. Deng, J. Guo, N. Xue, S. Zafeiriou: ArcFace, 2019; several centres for each class as in
    J. Deng et al.: Sub-center ArcFace, 2020: worn or wrongly labelled pictures may gather at a
    centre of their own.

    Args:
        dim: Numbers of an embedding.
        classes: How many classes there are.
        margin: In radians.
        scale: Radius of the sphere on which the softmax is taken.
        subcentres: Centres of each class.
    """

    def __init__(
        self, dim: int, classes: int, *, margin: float, scale: float, subcentres: int = 1
    ) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.empty(classes, subcentres, dim))
        nn.init.xavier_uniform_(self.centres)
        self._margin, self._scale = margin, scale

    def cosines(self, embeddings: torch.Tensor) -> torch.Tensor:
        """N × dim of norm 1 to N × classes: the cosine to the nearest centre of each class."""
        centres = functional.normalize(self.centres, dim=2).flatten(0, 1)
        near = embeddings @ centres.T
        return near.view(len(embeddings), *self.centres.shape[:2]).amax(dim=2)

    def forward(self, embeddings: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The cross-entropy of N embeddings of norm 1 against their N classes, with the margin."""
        cosines = self.cosines(embeddings)
        own = labels.unsqueeze(1)
        target = cosines.gather(1, own)
        sines = (1 - target.square()).clamp(min=1e-6).sqrt()  # its slope has no end at 0
        with_margin = target * math.cos(self._margin) - sines * math.sin(self._margin)
        # Past this angle the sum would turn back; a straight line goes on from there.
        turning = math.cos(math.pi - self._margin)
        past = target - math.sin(math.pi - self._margin) * self._margin
        with_margin = torch.where(target > turning, with_margin, past)
        return functional.cross_entropy(self._scale * cosines.scatter(1, own, with_margin), labels)

    def plain_loss(self, embeddings: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The cross-entropy without the margin, to watch over-fitting by."""
        return functional.cross_entropy(self._scale * self.cosines(embeddings), labels)
