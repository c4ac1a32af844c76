"""Both passes on painted scenes, where the network is as good as can be and the truth is exact."""

import numpy as np
import pytest
from coinvec_unet.network import Network
from coinvec_unet.unet import ACCEPT, UnetPreprocessor
from hypothesis import given, settings
from hypothesis import strategies as st
from painted import Scene, iou, regular, write_network

from coinvec.domain.images import Ellipse, Picture


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return Network(write_network(tmp_path_factory.mktemp("weights") / "painted.onnx"))


@pytest.fixture(scope="module")
def finder(network):
    return UnetPreprocessor(network)


def find_one(finder, scene):
    (crop,) = finder.find(scene.picture)
    return crop


@settings(deadline=None, max_examples=20)
@given(
    st.floats(150, 350), st.floats(120, 240), st.floats(30, 110), st.floats(0.55, 1),
    st.floats(0, 180),
)  # fmt: skip
def test_mask_and_ellipse_of_an_oblique_coin(finder, cx, cy, rx, share, degrees):
    coin = Ellipse(cx, cy, rx, rx * share, degrees)
    scene = Scene(500, 360).add(coin)
    crop = find_one(finder, scene)
    assert iou(crop.picture_mask(), scene.masks[0]) > 0.96
    assert (crop.ellipse.cx, crop.ellipse.cy) == pytest.approx((cx, cy), abs=0.02 * rx)
    found = sorted([crop.ellipse.rx, crop.ellipse.ry])
    assert found == pytest.approx(sorted([coin.rx, coin.ry]), rel=0.03)
    assert crop.passes == 2
    assert 0.95 < crop.score <= 1


def test_the_second_pass_sees_a_small_coin_better(finder, network):
    scene = Scene(1600, 1200).add(Ellipse(1123.3, 410.7, 52.4, 47.2, 15))
    once = find_one(UnetPreprocessor(network, passes=1), scene)
    twice = find_one(finder, scene)
    assert once.passes == 1
    assert iou(twice.picture_mask(), scene.masks[0]) > 0.97
    assert iou(twice.picture_mask(), scene.masks[0]) > iou(once.picture_mask(), scene.masks[0])


def test_a_coin_too_small_for_the_first_look_is_found_at_the_second_size(finder):
    # A 64th of the picture's sides: 4 pixels of the first view, and its core 2.
    scene = Scene(1920, 1440).add(Ellipse(700, 900, 15, 15))
    assert iou(find_one(finder, scene).picture_mask(), scene.masks[0]) > 0.93


def test_touching_coins_are_parted(finder):
    coins = [Ellipse(200, 200, 90, 90), Ellipse(352, 200, 62, 62), Ellipse(276, 315, 50, 50)]
    scene = Scene(520, 420)
    for coin in coins:
        scene.add(coin)
    crops = finder.find(scene.picture, all_coins=True)
    assert len(crops) == 3
    for crop, mask in zip(crops, scene.masks, strict=True):
        assert iou(crop.picture_mask(), mask) > 0.95


def test_holes_stay_holes(finder):
    scene = Scene(400, 400).add(Ellipse(190, 210, 120, 100, 30), hole=Ellipse(190, 210, 24, 20, 30))
    crop = find_one(finder, scene)
    assert iou(crop.picture_mask(), scene.masks[0]) > 0.97
    assert not crop.picture_mask()[210, 190]
    assert not crop.cutout_mask[128, 128]
    assert not crop.cutout[128, 128].any()
    assert crop.cutout_mask[128, 128 + 60]


@pytest.mark.parametrize("sides", [4, 7, 12])
def test_polygons_keep_their_corners(finder, sides):
    corners = regular(200, 190, 120, sides, degrees=20)
    scene = Scene(400, 400).add(corners)
    assert iou(find_one(finder, scene).picture_mask(), scene.masks[0]) > 0.96


@pytest.mark.parametrize("cx", [40, 390])
def test_a_coin_cut_by_the_frame_keeps_its_whole_ellipse(finder, cx):
    coin = Ellipse(cx, 180, 95, 95)
    scene = Scene(430, 360).add(coin)
    crop = find_one(finder, scene)
    assert iou(crop.picture_mask(), scene.masks[0]) > 0.96
    assert crop.ellipse.as_tuple()[:4] == pytest.approx((cx, 180, 95, 95), abs=3)
    beyond = slice(None, 20) if cx < 200 else slice(-20, None)
    assert not crop.cutout_mask[:, beyond].any()


def test_a_coin_that_fills_a_catalogue_picture(finder):
    scene = Scene(262, 260).add(Ellipse(130.5, 129.5, 130, 129))
    assert iou(find_one(finder, scene).picture_mask(), scene.masks[0]) > 0.97


def test_all_coins_of_very_different_sizes_largest_first(finder):
    scene = Scene(1500, 1100)
    coins = [Ellipse(420, 480, 400, 380, 10), Ellipse(1080, 300, 150, 130, 60)]
    coins += [Ellipse(950 + 130 * k, 640, 45 - 4 * k, 42 - 4 * k) for k in range(4)]
    for coin in coins:
        scene.add(coin)
    crops = finder.find(scene.picture, all_coins=True)
    assert len(crops) == len(coins)
    for crop, mask in zip(crops, scene.masks, strict=True):
        assert iou(crop.picture_mask(), mask) > 0.96
    assert find_one(finder, scene).ellipse.as_tuple() == pytest.approx(
        crops[0].ellipse.as_tuple(), abs=0.5
    )


def test_the_same_picture_gives_the_same_crop(finder):
    scene = Scene(300, 300).add(Ellipse(150, 150, 90, 70, 40))
    one, other = find_one(finder, scene), find_one(finder, scene)
    assert one.ellipse == other.ellipse
    assert np.array_equal(one.cutout, other.cutout)


def test_an_unsure_network_scores_less(finder):
    scene = Scene(300, 300).add(Ellipse(150, 150, 90, 90))
    paler = Picture((scene.picture.pixels * 0.65).astype(np.uint8))
    unsure = finder.find(paler)
    assert all(ACCEPT <= crop.score < find_one(finder, scene).score - 0.02 for crop in unsure)
    hardly = Picture((scene.picture.pixels * 0.52).astype(np.uint8))
    assert list(finder.find(hardly)) == []


def test_what_is_no_ellipse_by_far_is_no_coin(finder):
    bar = np.array([[20, 140], [280, 140], [280, 160], [20, 160]], float)
    assert list(finder.find(Scene(300, 300).add(bar).picture, all_coins=True)) == []


@pytest.mark.parametrize("shape", [(300, 400), (1, 1), (3, 4000), (2000, 30)])
def test_no_coin(finder, shape):
    picture = Picture(np.zeros((*shape, 3), np.uint8))
    assert list(finder.find(picture)) == []
    assert list(finder.find(picture, all_coins=True)) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 4000), (2000, 30), (40, 40)])
def test_a_picture_of_nothing_but_coin_is_answered_somehow(finder, shape):
    picture = Picture(np.full((*shape, 3), 255, np.uint8))
    for crop in (*finder.find(picture), *finder.find(picture, all_coins=True)):
        assert crop.picture_size == (shape[1], shape[0])


def test_the_picture_is_left_as_it_was(finder):
    scene = Scene(300, 300).add(Ellipse(150, 150, 90, 90))
    before = scene.picture.pixels.copy()
    find_one(finder, scene)
    assert np.array_equal(scene.picture.pixels, before)
