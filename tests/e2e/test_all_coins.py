"""Every coin in a picture: one answer each, and the picture with all of them drawn in."""

import io
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import coinvec as package

COLOURS = {"match": (0, 158, 115), "ambiguous": (230, 159, 0), "unknown": (213, 94, 0)}
"""The colour of an answer that is not sure."""


@pytest.fixture(scope="module")
def keys(minted):
    return [minted.types[0].coin.key, minted.types[3].coin.key]


@pytest.fixture(scope="module")
def scene(minted, keys, tmp_path_factory):
    """Two catalogue pictures side by side, the second one smaller."""
    pictures = minted.manifest.parent / "pictures"
    canvas = np.full((240, 460, 3), 235, np.uint8)
    for key, size, left in zip(keys, (220, 180), (10, 255), strict=True):
        with Image.open(pictures / f"{key}-reverse-1.jpg") as picture:
            canvas[10 : 10 + size, left : left + size] = np.asarray(picture.resize((size, size)))
    path = tmp_path_factory.mktemp("scene") / "two.png"
    Image.fromarray(canvas).save(path)
    return path


def test_each_coin_has_the_answer_it_would_have_alone(coinvec, filled, scene, keys, tmp_path):
    answer = coinvec("search", "--image", scene, "--all-coins", "--format", "json").json
    assert set(answer) == {"coins"}
    boxes = [coin["coins_in_picture"][0]["box"] for coin in answer["coins"]]
    sizes = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes]
    assert len(boxes) >= 2
    assert sizes == sorted(sizes, reverse=True)
    best = {}
    for coin, (x0, _, x1, _) in zip(answer["coins"], boxes, strict=True):
        best.setdefault(0 if (x0 + x1) / 2 < 240 else 1, coin["hits"][0]["type"])
        assert len(coin["coins_in_picture"]) == 1
    assert [best[0], best[1]] == keys


def test_the_coins_of_a_picture_are_encoded_together(filled, scene):
    class Counting:
        def __init__(self, encoder):
            self.encoder, self.batches = encoder, []

        def encode(self, crops):
            self.batches.append(len(crops))
            return self.encoder.encode(crops)

    with package.open(filled) as coins:
        generation = coins.home.live.generation
        models = coins.home.models
        counting = Counting(models.encoder)
        coins.home._pairs[generation] = replace(models, encoder=counting)
        results = coins.search_all_coins(scene)
        assert counting.batches == [len(results)]
        assert len(results) >= 2


def test_the_coins_are_drawn_into_the_picture(coinvec, filled, scene, tmp_path):
    out = tmp_path / "new" / "drawn.png"
    outcome = coinvec(
        *("search", "--image", scene, "--all-coins", "--save-annotated", out, "--format", "json")
    )
    assert outcome.status == 0, outcome.err
    before = np.asarray(Image.open(scene).convert("RGB"))
    drawn = np.asarray(Image.open(out))
    assert drawn.shape == before.shape
    near = np.zeros(before.shape[:2], bool)
    for coin in outcome.json["coins"]:
        x0, y0, x1, y1 = coin["coins_in_picture"][0]["box"]
        near[max(0, y0 - 25) : y1, max(0, x0 - 5) :] = True
        near[:25] = True
        middle = (y0 + y1) // 2, (x0 + x1) // 2
        assert (drawn[middle] == before[middle]).all()
        for y, x in ((y1 - 1, middle[1]), (middle[0], x0), (middle[0], x1 - 1)):
            assert tuple(drawn[y, x]) == COLOURS[coin["verdict"]]
    assert (drawn[~near] == before[~near]).all()


def test_a_single_coin_is_drawn_upright(coinvec, filled, minted, tmp_path):
    picture = Image.open(minted.photos[0].path)
    lying, out = tmp_path / "lying.jpg", tmp_path / "drawn.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.rotate(90, expand=True).save(lying, exif=exif, quality=95)
    outcome = coinvec("search", "--image", lying, "--save-annotated", out, "--format", "json")
    assert outcome.status == 0, outcome.err
    with Image.open(out) as drawn:
        assert drawn.format == "JPEG"
        assert drawn.size == picture.size
        x0, y0, _, y1 = outcome.json["coins_in_picture"][0]["box"]
        colour = drawn.getpixel((x0 + 1, (y0 + y1) // 2))
    assert np.abs(np.subtract(colour, COLOURS[outcome.json["verdict"]])).max() < 60


def test_a_picture_from_standard_input_is_drawn_and_may_be_explained(
    coinvec, filled, scene, tmp_path, monkeypatch
):
    class Stdin:
        buffer = io.BytesIO(scene.read_bytes())

    monkeypatch.setattr(sys, "stdin", Stdin)
    out = tmp_path / "drawn.webp"
    outcome = coinvec("search", "--image", "-", "--explain", "--save-annotated", out)
    assert outcome.status == 0, outcome.err
    assert "Search the vectors" in outcome.out
    with Image.open(out) as drawn:
        assert drawn.size == (460, 240)


def test_nothing_is_drawn_where_no_coin_is_found(coinvec, filled, tmp_path):
    blank, out = tmp_path / "blank.png", tmp_path / "drawn.png"
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(blank)
    outcome = coinvec("search", "--image", blank, "--all-coins", "--save-annotated", out)
    assert outcome.status == 1
    assert "No coin was found" in outcome.err
    assert not out.exists()


def test_refusals(coinvec, filled, scene, tmp_path):
    image = ("search", "--image", scene)
    outcome = coinvec(*image, "--save-annotated", tmp_path / "drawn.pdf")
    assert outcome.status == 2
    assert ".png" in outcome.err
    outcome = coinvec(*image, "--image", scene, "--save-annotated", tmp_path / "drawn.png")
    assert outcome.status == 2
    assert "takes one photo" in outcome.err
    assert coinvec(*image, "--all-coins", "--explain").status == 2
    (tmp_path / "file").write_text("")
    outcome = coinvec(*image, "--save-annotated", tmp_path / "file" / "drawn.png")
    assert outcome.status == 4
    assert "cannot be written" in outcome.err
    assert outcome.out
