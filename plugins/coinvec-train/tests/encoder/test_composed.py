"""Real coins on other grounds."""

import csv

import cv2
import numpy as np
import pytest
from coinvec_train.encoder.composed import SIZE, compose_coins
from coinvec_train.encoder.material import Photograph
from coinvec_train.pictures import read_rgb, write_rgb

from coinvec.errors import InvalidValueError

PHOTOGRAPHS = [Photograph(f"{look}.png", look, same_photo=look) for look in "abc"]
COLOURS = {"a": (200, 40, 40), "b": (40, 200, 40), "c": (40, 40, 200)}


def cutout(colour):
    pixels = np.zeros((256, 256, 3), np.uint8)
    cv2.circle(pixels, (128, 128), 120, colour, -1)
    pixels[128, 128] = 0  # a coin may have a black pixel
    return pixels


CUTOUTS = {each.image: cutout(COLOURS[each.look]) for each in PHOTOGRAPHS}


@pytest.fixture
def ground(tmp_path):
    path = tmp_path / "ground.png"
    write_rgb(path, np.full((64, 64, 3), 120, np.uint8))
    return path


def composed(folder, ground, seed=1):
    told = []
    looks = compose_coins(folder, PHOTOGRAPHS, CUTOUTS, [ground], seed, lambda *at: told.append(at))
    assert told == [(1, 3), (2, 3), (3, 3)]
    with looks.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_coin_has_a_picture_of_its_look_and_own_colour(tmp_path, ground):
    rows = composed(tmp_path, ground)
    assert [row["look"] for row in rows] == ["a", "b", "c"]
    for at, row in enumerate(rows):
        pixels = read_rgb(tmp_path / row["image"]).astype(int)
        others = [each for each in range(3) if each != at]
        assert pixels.shape == (SIZE, SIZE, 3)
        strongest = (pixels[..., at] > pixels[..., others].max(axis=2) + 20).sum()
        weaker = (pixels[..., others[0]] > pixels[..., at] + 60).sum()
        assert strongest > 30 * 30 > weaker


def test_the_same_seed_gives_the_same_pictures(tmp_path, ground):
    [first, *_] = composed(tmp_path / "some", ground)
    composed(tmp_path / "same", ground)
    composed(tmp_path / "others", ground, seed=2)
    some, same, others = (
        (tmp_path / name / first["image"]).read_bytes() for name in ("some", "same", "others")
    )
    assert some == same != others


def test_without_grounds_nothing_is_composed(tmp_path):
    with pytest.raises(InvalidValueError, match="no pictures of backgrounds"):
        compose_coins(tmp_path, PHOTOGRAPHS, CUTOUTS, [], 0, lambda *_: None)
