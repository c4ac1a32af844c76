"""Labelling by Hough circles: proposals, sheets, rejections, and going on after an interruption."""

import json

import numpy as np
import pytest
from coinvec_train.contact_sheet import GREEN, RED
from coinvec_train.label_hough import (
    SCENE_LAYOUT,
    HoughLabeller,
    Origin,
    outline_of,
    radius_of,
)
from coinvec_train.labels import Holed, Polygon, read_labels
from coinvec_train.proposals import ProposalFile
from PIL import Image

from coinvec.domain.images import Box, Crop, Ellipse
from coinvec.errors import InputError, ManifestError
from coinvec.testing import mint_catalogue, photograph

ORIGIN = Origin("train", "drawn", "CC0")
SAME = 0.88
"""IoU above which an outline is of this coin; how well it fits is tested where it is fitted."""


def quiet(done, total):
    pass


def iou(one, other):
    return (one & other).sum() / (one | other).sum()


@pytest.fixture(scope="session")
def scenes(tmp_path_factory):
    """Three photographs of coins and their true masks: two coins, one coin, no coin."""
    folder = tmp_path_factory.mktemp("scenes")
    coins = [side for each in mint_catalogue(3, n_types=6, n_issuers=3)
             for side in (each.obverse, each.reverse)
             if side.planchet.shape == "round" and not side.planchet.hole]  # fmt: skip
    flat = {"background": "paper", "tilt_degrees": 0.0}
    photos = {
        "a.png": photograph(coins[0], coins[1], size=(480, 360), **flat, seed=1),
        "b.png": photograph(coins[2], size=(360, 360), **flat, seed=2),
        "c.png": photograph(size=(360, 300), **flat, seed=3),
    }
    for name, photo in photos.items():
        Image.fromarray(photo.pixels).save(folder / name)
    return folder, {name: photo.masks for name, photo in photos.items()}


@pytest.fixture
def labeller(tmp_path, scenes):
    def make(**changes):
        given = {"labels": tmp_path / "labels.json", "sheets": tmp_path / "sheets",
                 "root": scenes[0], "origin": ORIGIN, **changes}  # fmt: skip
        return HoughLabeller(**given)

    return make


@pytest.fixture
def pictures(scenes):
    return sorted(scenes[0].glob("*.png"))


def sheet(labeller, number=1):
    return np.asarray(Image.open(labeller.sheets / f"sheet-{number:03}.png"))


def shows(pixels, colour):
    return (np.abs(pixels.astype(int) - colour).max(axis=2) < 30).sum() > 50


def test_the_coins_are_proposed_where_they_are(labeller, pictures, scenes):
    outcome = labeller().run(pictures, quiet)
    assert outcome.empty == ["c.png"]
    assert not outcome.failed
    found = read_labels(labeller().labels, scenes[0])
    assert [each.path.name for each in found] == ["a.png", "b.png"]
    for each in found:
        assert (each.split, each.source, each.licence) == ("train", "drawn", "CC0")
        truth = scenes[1][each.path.name]
        masks = each.masks()
        assert len(masks) == len(truth)
        assert all(max(iou(mask, true) for mask in masks) > SAME for true in truth)


def test_single_proposes_the_largest_alone(labeller, pictures, scenes):
    outcome = labeller(single=True).run(pictures, quiet)
    (two, one) = outcome.labelled
    assert len(two.coins) == len(one.coins) == 1
    assert max(iou(two.masks()[0], true) for true in scenes[1]["a.png"]) > SAME


def test_rejections_take_coins_and_pictures_away_without_a_new_search(
    labeller, pictures, tmp_path, scenes
):
    first = labeller().run(pictures, quiet).labelled
    (tmp_path / "wrong.txt").write_text("1#2\n\nb.png\n")
    path = tmp_path / "sheets/proposals-all.jsonl"
    before = path.read_bytes()
    told = []
    labeller(reject=tmp_path / "wrong.txt").run(pictures, lambda *count: told.append(count))
    assert not told
    assert path.read_bytes() == before
    (left,) = read_labels(tmp_path / "labels.json", scenes[0])
    assert left.path.name == "a.png"
    assert left.coins == first[0].coins[:1]


def test_a_picture_all_of_whose_coins_are_rejected_has_none(labeller, pictures, tmp_path):
    (tmp_path / "wrong.txt").write_text("b.png#1")
    outcome = labeller(reject=tmp_path / "wrong.txt").run(pictures, quiet)
    assert outcome.labelled[1].coins == ()


def test_what_was_searched_is_not_searched_again(labeller, pictures, tmp_path):
    labeller().run(pictures[:1], quiet)
    path = tmp_path / "sheets/proposals-all.jsonl"
    line = json.loads(path.read_text())
    line["coins"], line["scores"] = [[100.0, 90.0, 30.0, 20.0, 10.0]], [0.9]
    path.write_text(json.dumps(line) + "\n")
    told = []
    outcome = labeller().run(pictures, lambda *count: told.append(count))
    assert told == [(1, 2), (2, 2)]
    assert outcome.labelled[0].coins == (Ellipse(100, 90, 30, 20, 10),)


def test_an_interrupted_search_goes_on_where_it_was(labeller, pictures, tmp_path):
    whole = labeller().run(pictures, quiet).labelled
    path = tmp_path / "sheets/proposals-all.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.unlink()

    def interrupt(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        labeller().run(pictures, interrupt)
    assert path.read_bytes() == b"".join(lines[:2])
    path.write_bytes(lines[0] + lines[1][:-9])  # killed while the second was written
    assert labeller().run(pictures, quiet).labelled == whole
    assert path.read_bytes() == b"".join(lines)


def test_several_at_a_time_give_the_same(labeller, pictures, tmp_path):
    one = labeller().run(pictures, quiet).labelled
    three = labeller(jobs=3, sheets=tmp_path / "other").run(pictures, quiet).labelled
    assert one == three


def test_a_picture_that_cannot_be_read_stops_no_other(labeller, pictures, scenes):
    broken = scenes[0] / "broken.jpg"
    broken.write_bytes(pictures[0].read_bytes()[:900])
    outcome = labeller().run([broken, pictures[1]], quiet)
    broken.unlink()
    assert len(outcome.failed) == 1
    assert "broken.jpg" in str(outcome.failed[0])
    assert [each.path for each in outcome.labelled] == [pictures[1]]


def test_radii_leave_out_what_is_smaller_or_larger(labeller, pictures):
    coins = labeller().run(pictures, quiet).labelled[0].coins
    small, large = sorted(radius_of(coin) for coin in coins)
    between = (small + large) / 2
    (kept,) = labeller(radii=(0, between)).run(pictures[:1], quiet).labelled[0].coins
    assert radius_of(kept) == small
    (kept,) = labeller(radii=(between, 999)).run(pictures[:1], quiet).labelled[0].coins
    assert radius_of(kept) == large


def test_the_sheets_show_each_picture_and_what_was_rejected(labeller, pictures, tmp_path):
    plain = labeller()
    plain.run(pictures, quiet)
    assert len(list(plain.sheets.glob("sheet-*.png"))) == 2  # three pictures, two a sheet
    assert shows(sheet(plain), GREEN)
    assert not shows(sheet(plain), RED)
    assert not shows(sheet(plain, 2), GREEN)
    (tmp_path / "wrong.txt").write_text("2\n")
    labeller(reject=tmp_path / "wrong.txt").run(pictures, quiet)
    x, _ = SCENE_LAYOUT.origin(1)
    assert shows(sheet(plain)[:, x:], RED)
    assert not shows(sheet(plain)[:, :x], RED)


@pytest.mark.parametrize(
    ("line", "reason", "hint"),
    [
        ("a.pgn", "no picture 'a.pgn' was searched", "'a.png'"),
        ("4", "no picture '4'", "contact sheets"),
        ("0#1", "no picture '0'", "contact sheets"),
        ("a.png#3", "has no coin '3'", "from 1 to 2"),
        ("a.png#0", "has no coin '0'", "from 1 to 2"),
        ("1#two", "has no coin 'two'", "from 1 to 2"),
        ("c.png#1", "has no coin '1'", "none"),
    ],
)
def test_a_rejection_of_nothing_is_refused(labeller, pictures, tmp_path, line, reason, hint):
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(f"b.png\n{line}\n")
    with pytest.raises(ManifestError, match=reason) as caught:
        labeller(reject=wrong).run(pictures, quiet)
    assert f"{wrong}, line 2" in caught.value.message
    assert hint in caught.value.hint


def test_rejections_that_cannot_be_read(labeller, pictures, tmp_path):
    with pytest.raises(ManifestError, match="cannot be read"):
        labeller(reject=tmp_path / "missing.txt").run(pictures, quiet)


def test_proposals_that_are_none(tmp_path):
    (tmp_path / "p.jsonl").write_text('{"image": "a.png"}\n')
    with pytest.raises(ManifestError, match="line 1 is not understood"):
        ProposalFile(tmp_path / "p.jsonl")


def test_pictures_outside_the_root_are_refused_before_any_search(labeller, pictures, tmp_path):
    with pytest.raises(InputError, match="does not lie in"):
        labeller(root=tmp_path).run(pictures, quiet)
    assert not (tmp_path / "sheets").exists()


def crop(mask, ellipse):
    """A crop of a mask in a picture of its size, as a preprocessor would cut it."""
    y, x = np.nonzero(mask)
    box = Box(int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
    blank = np.zeros((8, 8, 3), np.uint8)
    part = mask[box.y0 : box.y1, box.x0 : box.x1]
    height, width = mask.shape
    return Crop((width, height), box, ellipse, part, blank, blank[..., 0] > 0, 0.9)


def test_a_round_coin_is_its_ellipse():
    ellipse = Ellipse(61.23, 50.0, 40.0, 33.04, 20.0)
    assert outline_of(crop(ellipse.mask(120, 100), ellipse)) == Ellipse(61.2, 50, 40, 33, 20)


def test_a_square_coin_is_a_polygon_along_its_pixels():
    mask = np.zeros((100, 120), dtype=bool)
    mask[20:80, 30:90] = True
    outline = outline_of(crop(mask, Ellipse(59.5, 49.5, 34, 34)))
    assert isinstance(outline, Polygon)
    assert (outline.mask(120, 100) == mask).all()
    corners = np.array(outline.corners)
    assert corners.min(axis=0) == pytest.approx([29.5, 19.5], abs=0.2)
    assert corners.max(axis=0) == pytest.approx([89.5, 79.5], abs=0.2)


def test_the_radius_is_that_of_the_circle_of_the_same_area():
    square = Polygon(((0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0)))
    assert radius_of(square) == pytest.approx(20 / np.sqrt(np.pi))
    assert radius_of(Ellipse(0, 0, 9, 4)) == 6
    assert radius_of(Holed(Ellipse(0, 0, 9, 4), (square,))) == 6
