import numpy as np
from coinvec_train.scenes.shapes import reshaped
from coinvec_train.scenes.sprites import Sprite

from coinvec.domain.images import Ellipse


def test_reshaped_coins_lose_some_and_gain_nothing():
    alpha = Ellipse(63.5, 63.5, 60, 60).mask(128, 128).astype(np.uint8) * 255
    sprite = Sprite(np.full((128, 128, 3), 128, np.uint8), alpha)
    holed = 0
    for seed in range(40):
        cut = reshaped(sprite, np.random.default_rng(seed))
        on, before = cut.alpha > 127, alpha > 127
        assert np.count_nonzero(on & ~before) < 0.02 * np.count_nonzero(before)
        assert 0.55 < np.count_nonzero(on) / np.count_nonzero(before) < 0.999
        holed += not on[63, 63]
    assert 3 <= holed <= 20
