import pytest
import torch
from coinvec_train.segmenter.metrics import intersection_over_union


def test_it_is_common_area_over_area_of_either():
    one = torch.zeros(3, 4, 4, dtype=torch.bool)
    other = torch.zeros(3, 4, 4, dtype=torch.bool)
    one[0, :2], other[0, 1:3] = True, True  # 8 and 8 pixels, 4 in common
    one[1, :, :] = True  # 16 against none
    assert intersection_over_union(one, other).tolist() == pytest.approx([4 / 12, 0.0, 1.0])
