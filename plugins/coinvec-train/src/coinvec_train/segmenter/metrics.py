"""How well masks agree."""

import torch


def intersection_over_union(predicted: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """The Jaccard index of each pair of masks.

    Args:
        predicted: N × H × W, bool.
        true: N × H × W, bool.

    Returns:
        N values from 0 to 1; 1 where both are empty.
    """
    common = (predicted & true).flatten(1).sum(1)
    either = (predicted | true).flatten(1).sum(1)
    return torch.where(either > 0, common / either.clamp(min=1), torch.ones_like(common / 1.0))
