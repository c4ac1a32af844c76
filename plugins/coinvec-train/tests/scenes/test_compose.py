import numpy as np
import pytest
from coinvec_train.scenes import SceneComposer, SceneSettings
from drawn import write_coin, write_ground

SIZE = 128


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    folder = tmp_path_factory.mktemp("material")
    coins = [write_coin(folder, seed) for seed in range(4)]
    return coins, [write_ground(folder, seed) for seed in range(3)]


def composed(material, settings, seeds):
    composer = SceneComposer(*material, size=SIZE, settings=settings)
    return [composer.compose(np.random.default_rng(seed)) for seed in seeds]


def test_a_scene_depends_on_nothing_but_its_generator(material):
    one = composed(material, SceneSettings(), range(8))
    other = composed(material, SceneSettings(), reversed(range(8)))
    for scene, again in zip(one, reversed(other), strict=True):
        assert (scene.pixels == again.pixels).all()
        assert len(scene.masks) == len(again.masks)
        assert all((a == b).all() for a, b in zip(scene.masks, again.masks, strict=True))


def test_no_pixel_is_of_two_coins_and_the_largest_comes_first(material):
    crowded = SceneSettings(companions=1, touching=1, empty=0)
    for scene in composed(material, crowded, range(12)):
        assert np.sum(scene.masks, axis=0).max() <= 1
        areas = [np.count_nonzero(mask) for mask in scene.masks]
        assert areas == sorted(areas, reverse=True)


def test_the_mask_is_where_the_coin_was_pasted(material):
    """Plain scenes differ from their ground on the coin, and nearly nowhere else."""
    settings = SceneSettings(
        augmented=False, empty=0, distractors=0, companions=0, cut=0, oblique=0, reshaped=0,
        pyramids=0, plain_ground=1,
    )  # fmt: skip
    for scene in composed(material, settings, range(12)):
        [mask] = scene.masks
        ground = np.median(scene.pixels[~mask], axis=0)
        changed = np.abs(scene.pixels.astype(int) - ground).max(axis=2) > 8
        assert np.count_nonzero(changed & ~mask) < 0.12 * np.count_nonzero(mask)
        assert np.count_nonzero(changed & mask) > 0.75 * np.count_nonzero(mask)


def test_padding_runs_from_one_to_thirty_six(material):
    settings = SceneSettings(
        empty=0, companions=0, distractors=0, cut=0, close=0, oblique=0, reshaped=0
    )
    scenes = composed(material, settings, range(60))
    ratios = np.array([SIZE**2 * np.pi / 4 / np.count_nonzero(s.masks[0]) for s in scenes])
    assert ratios.min() > 0.9
    assert ratios.max() < 44  # a small coin loses a pixel of its rim
    # Every ratio of sides is as likely: half of all lie below the middle of the logarithms.
    assert 0.3 < np.mean(np.log(ratios) < np.log(36) / 2) < 0.7


def test_empty_scenes_have_no_coin(material):
    assert all(not s.masks for s in composed(material, SceneSettings(empty=1), range(6)))


def test_plain_scenes_have_one_whole_coin(material):
    for scene in composed(material, SceneSettings.plain(), range(10)):
        [mask] = scene.masks
        frame = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        assert np.count_nonzero(frame) <= 4 * 6  # at 1:1 the rim touches the frame
