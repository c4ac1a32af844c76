"""Coins cropped out of photographs with many."""

import csv
from pathlib import Path

import numpy as np
import pytest
from coinvec_train.encoder.cropped import crop_coins
from coinvec_train.labels import LabelledPicture, read_labels, write_labels
from coinvec_train.pictures import read_rgb, write_rgb

from coinvec.domain.images import Ellipse
from coinvec.errors import ManifestError

LEFT, RIGHT = Ellipse(30, 40, 20, 10), Ellipse(100, 40, 15, 15)


@pytest.fixture
def root(tmp_path):
    """A scene of a red and a blue coin, and a photograph of a green one."""
    pixels = np.full((80, 140, 3), 200, np.uint8)
    for ellipse, colour in ((LEFT, (220, 10, 10)), (RIGHT, (10, 10, 220))):
        pixels[ellipse.mask(140, 80)] = colour
    write_rgb(tmp_path / "scene.png", pixels)
    write_rgb(tmp_path / "one.png", np.full((50, 60, 3), (10, 220, 10), np.uint8))
    scene = LabelledPicture(
        tmp_path / "scene.png", 140, 80, "train", (LEFT, RIGHT), "drawn here", "Apache-2.0"
    )
    write_labels(tmp_path / "scenes.json", [scene], tmp_path)
    return tmp_path


def cropped(root, *rows):
    listed = root / "told.csv"
    with listed.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image", "coin", "look"), *rows])
    looks = crop_coins(root / "out", listed, root / "scenes.json", root)
    with looks.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(read_rgb(looks.parent / row["image"]), row["look"]) for row in rows]


def test_each_listed_coin_is_a_picture_of_its_own_with_some_ground_around(root):
    (blue, look), (red, other) = cropped(root, ("scene.png", 1, "sea"), ("scene.png", 0, "fire"))
    assert (look, other) == ("sea", "fire")
    assert blue.shape == (43, 43, 3)  # 31 pixels and a fifth of 30 on every side
    assert tuple(blue[21, 21]) == (10, 10, 220)
    assert tuple(red[red.shape[0] // 2, red.shape[1] // 2]) == (220, 10, 10)
    assert all(tuple(pixels[0, 0]) == (200, 200, 200) for pixels in (blue, red))


def test_a_crop_ends_where_the_photograph_ends(root):
    scene = read_labels(root / "scenes.json", root)[0]
    low = Ellipse(100, 75, 15, 15)
    moved = LabelledPicture(scene.path, 140, 80, "train", (low,), "drawn here", "Apache-2.0")
    write_labels(root / "scenes.json", [moved], root)
    [(pixels, _)] = cropped(root, ("scene.png", 0, "low"))
    assert pixels.shape == (80 - (75 - 15 - 6), 43, 3)


def test_a_photograph_of_one_coin_is_taken_whole(root):
    [(pixels, look)] = cropped(root, ("one.png", "", "leaf"))
    assert pixels.shape == (50, 60, 3)
    assert look == "leaf"


@pytest.mark.parametrize("coin", ["2", "-1", "first"])
def test_a_coin_that_nobody_labelled_is_refused(root, coin):
    with pytest.raises(ManifestError, match=r"Of scene\.png, 2 coins are labelled"):
        cropped(root, ("scene.png", coin, "sea"))


def test_the_shipped_list_names_coins_of_the_training_scenes():
    labels = Path(__file__).parents[2] / "labels"
    data = Path(__file__).parents[5] / "shared" / "data"
    if not data.is_dir():
        pytest.skip("the shared photographs are not here")
    scenes = {each.path: each for each in read_labels(data / "scenes" / "scenes.json", data)}
    with (labels / "phone-looks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({(row["image"], row["coin"]) for row in rows}) == len(rows)
    for row in rows:
        path = data / row["image"]
        assert path.exists()
        if row["coin"]:
            assert scenes[path].split == "train"
            assert int(row["coin"]) < len(scenes[path].coins)
