"""What a verifier is to learn: pictures of one look agree more than those of any two."""

import torch
from torch import nn
from torch.nn import functional

from coinvec_train.verifier.data import Batch

_FIRST_SCALE, _FIRST_BIAS = 25.0, -6.0
"""Such that an agreement of 0.24 says nothing either way, as before training."""
_NEVER = -1e9


class PairLoss(nn.Module):
    """Tells every picture's own look from the other looks of its batch.

    The sum of two losses over the same logits, agreements times a learned scale. The supervised
    contrastive one (P. Khosla et al. 2020; each own picture against all others) orders the
    pictures as seen from one. The logistic one with a learned bias (as X. Zhai et al. 2023 for
    pairs of pictures and texts), over all own pictures and the hardest others, puts the limit
    between same and other at one agreement for all coins: a verdict has no other to go by.

    Args:
        hardest: Others of each picture that the logistic loss looks at.
    """

    def __init__(self, hardest: int) -> None:
        super().__init__()
        self._hardest = hardest
        self.scale = nn.Parameter(torch.tensor(_FIRST_SCALE).log())
        self.bias = nn.Parameter(torch.tensor(_FIRST_BIAS))

    def forward(self, agreed: torch.Tensor, batch: Batch) -> torch.Tensor:
        """The loss of the agreements of all pictures of a batch, N × N."""
        alike = batch.looks[:, None] == batch.looks
        own = alike & (batch.photographs[:, None] != batch.photographs)
        logits = agreed * self.scale.exp()
        of_others = logits.masked_fill(alike, _NEVER)
        against = functional.softplus(of_others.logsumexp(dim=1, keepdim=True) - logits)
        count = min(self._hardest, int((~alike).sum(dim=1).min()))
        hardest = functional.softplus(of_others.topk(count, dim=1).values + self.bias)
        missed = functional.softplus(-logits - self.bias)
        paired = own.any(dim=1)
        per_picture = ((against + missed) * own).sum(dim=1) / own.sum(dim=1).clamp(min=1)
        return per_picture[paired].mean() + hardest.mean()
