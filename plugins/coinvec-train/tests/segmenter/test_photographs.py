import numpy as np
from coinvec_train.segmenter.photographs import LabelledPhotographs
from drawn import write_scene


def test_masks_follow_their_coins_through_every_crop(tmp_path):
    photographs = LabelledPhotographs([write_scene(tmp_path, 0)])
    for seed in range(25):
        scene = photographs.crop(np.random.default_rng(seed), 96)
        coins = np.any(scene.masks, axis=0)
        yellow = scene.pixels[..., 0] > 115  # halfway between coin and ground
        assert np.count_nonzero(yellow ^ coins) <= 0.02 * coins.size
        areas = [np.count_nonzero(mask) for mask in scene.masks]
        assert areas == sorted(areas, reverse=True)
