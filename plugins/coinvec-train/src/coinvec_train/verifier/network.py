"""The verifier's network: grids of gradients to descriptors that agree for one look alone."""

import math

import torch
from coinvec_rerank.gradients import ORIENTATIONS, RINGS, SHAPE
from coinvec_rerank.spectra import FREQUENCIES, SECTORS
from torch import nn
from torch.nn import functional

_UNIT = 128.0
"""Grids have norm 1 over 16,384 numbers; times this, these are about 1."""
_OPEN = math.log(math.e - 1)
"""Of which `softplus` is 1."""
_LEAST = 1.0
"""Of the norm, tens for any coin; less is rounding, of a picture that shows nothing."""


class VerifierNetwork(nn.Module):
    """Weighs and mends the gradients of a coin by what is around them.

    A residual network whose convolutions run around the rings, so that a turned coin gives turned
    descriptors. Before training it changes nothing but to average neighbouring sectors.

    Args:
        width: Channels of the layers between.
        layers: How many of them; each looks twice as far along the rings as the last.
    """

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.first = RingConvolution(SHAPE[0], width)
        self.between = nn.ModuleList(
            RingConvolution(width, width, dilation=2**layer) for layer in range(layers)
        )
        self.change = nn.Conv2d(width, ORIENTATIONS, 1)
        self.weight = nn.Conv2d(width, 1, 1)
        self.rings = nn.Parameter(torch.zeros(RINGS))
        for layer in (self.change, self.weight):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, grids: torch.Tensor) -> torch.Tensor:
        """N grids to N × orientations × rings × 64 sectors, of norm 1."""
        coins = functional.avg_pool2d(grids * _UNIT, (1, 2))
        seen = functional.silu(self.first(coins))
        for layer in self.between:
            seen = seen + functional.silu(layer(seen))
        weighed = (coins[:, :ORIENTATIONS] + self.change(seen)) * functional.softplus(
            self.weight(seen) + _OPEN
        )
        # What a turn does not change tells no turn.
        telling = weighed - weighed.mean(dim=3, keepdim=True)
        flat = (telling * self.rings.exp()[:, None]).flatten(1)
        return functional.normalize(flat, eps=_LEAST).view_as(telling)


class RingConvolution(nn.Module):
    """A 3 × 3 convolution of neighbouring rings and sectors; the last sector is beside the first.

    Args:
        inside: Channels in.
        outside: Channels out.
        dilation: Sectors from one to the next.
    """

    def __init__(self, inside: int, outside: int, dilation: int = 1) -> None:
        super().__init__()
        self._reach = dilation
        self.convolution = nn.Conv2d(inside, outside, 3, padding=(1, 0), dilation=(1, dilation))

    def forward(self, coins: torch.Tensor) -> torch.Tensor:
        """N × C × rings × sectors."""
        reach = self._reach
        around = torch.cat([coins[..., -reach:], coins, coins[..., :reach]], dim=3)
        convolved: torch.Tensor = self.convolution(around)
        return convolved


def agreements(some: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """The largest correlations of descriptors under any turn, N × M.

    The same as `coinvec_rerank.spectra.agreements` of descriptors, and differentiable.
    """
    ours, theirs = (
        torch.fft.rfft(each, dim=3)[..., :FREQUENCIES].flatten(1, 2) for each in (some, others)
    )
    products = torch.bmm(ours.permute(2, 0, 1).conj(), theirs.permute(2, 1, 0))
    over_turns: torch.Tensor = torch.fft.irfft(products, n=SECTORS, dim=0)
    return over_turns.amax(dim=0)
