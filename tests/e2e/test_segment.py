"""Finding coins from the command line; needs no home."""

import json

import numpy as np
import pytest
from PIL import Image

from coinvec.testing import Shape


def iou(a, b):
    return (a & b).sum() / (a | b).sum()


@pytest.fixture
def photo(minted):
    return next(
        photo
        for photo in minted.photos
        if photo.minted.side(photo.side).planchet.shape is Shape.ROUND
    )


def test_masks_and_cutouts(coinvec, photo, tmp_path):
    outcome = coinvec(
        *("segment", photo.path, "--format", "json"),
        *("--mask-dir", tmp_path / "masks", "--cutout-dir", tmp_path / "cutouts"),
    )
    assert outcome.status == 0, outcome.err
    (found,) = outcome.json
    assert found["found"] is True
    assert len(found["coins"]) == 1
    assert found["coins"][0]["box"] == found["box"]
    with Image.open(tmp_path / "masks" / f"{photo.path.stem}.png") as image:
        assert image.mode == "L"
        mask = np.asarray(image)
    assert mask.shape == (found["height"], found["width"]) == (640, 480)
    assert set(np.unique(mask)) == {0, 255}
    truth = np.asarray(Image.open(photo.mask_path)) > 0
    assert iou(mask > 0, truth) > 0.8
    with Image.open(tmp_path / "cutouts" / f"{photo.path.stem}.png") as image:
        assert image.mode == "RGBA"
        assert image.width == image.height


def test_all_coins_are_numbered_from_the_largest(coinvec, photo, tmp_path):
    first = np.asarray(Image.open(photo.path))
    small = np.asarray(Image.open(photo.path).resize((240, 320)))
    canvas = np.zeros((640, 720, 3), np.uint8) + 120
    canvas[:, :480] = first
    canvas[:320, 480:] = small
    path = tmp_path / "two.png"
    Image.fromarray(canvas).save(path)
    outcome = coinvec(
        "segment", path, "--all-coins", "--format", "jsonl", "--mask-dir", tmp_path / "m"
    )
    found = json.loads(outcome.out)
    assert len(found["coins"]) >= 2
    areas = [
        (np.asarray(Image.open(tmp_path / "m" / f"two-{n}.png")) > 0).sum()
        for n in range(len(found["coins"]))
    ]
    assert areas == sorted(areas, reverse=True)


def test_exit_statuses(coinvec, photo, tmp_path):
    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(blank)
    assert coinvec("segment", blank).status == 1
    outcome = coinvec("segment", photo.path, tmp_path / "none.jpg", blank, "--format", "jsonl")
    assert outcome.status == 3
    assert [json.loads(line)["found"] for line in outcome.out.splitlines()] == [True, False]


def test_two_files_of_one_name_are_refused(coinvec, photo, tmp_path):
    copy = tmp_path / photo.path.name
    copy.write_bytes(photo.path.read_bytes())
    outcome = coinvec("segment", photo.path, copy, "--mask-dir", tmp_path / "m")
    assert outcome.status == 2
    assert not (tmp_path / "m").exists()
