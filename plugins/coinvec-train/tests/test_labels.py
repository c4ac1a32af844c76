"""Label files: what is written is read back, what is wrong is named, masks are what they say."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from coinvec_train.labels import Holed, LabelledPicture, Polygon, read_labels, write_labels
from hypothesis import given
from hypothesis import strategies as st

from coinvec.domain.images import Ellipse
from coinvec.errors import InputError, InvalidValueError, ManifestError

PLACE = st.floats(-300, 300, allow_nan=False)
LENGTH = st.floats(0.1, 300)
ELLIPSES = st.builds(Ellipse, PLACE, PLACE, LENGTH, LENGTH, st.floats(-180, 180))
POLYGONS = st.builds(Polygon, st.lists(st.tuples(PLACE, PLACE), min_size=3, max_size=8).map(tuple))
RIMS = ELLIPSES | POLYGONS
OUTLINES = RIMS | st.builds(Holed, RIMS, st.lists(RIMS, min_size=1, max_size=3).map(tuple))
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=20)
NAMES = st.from_regex(r"[a-zé]{1,8}(/[a-z#' ]{1,8}[a-z])?\.jpg", fullmatch=True)


def picture(path, coins=(), split="train", width=40, height=30):
    return LabelledPicture(path, width, height, split, coins, "a friend", "CC0")


def entry(**changes):
    return {
        "image": "a.jpg", "width": 40, "height": 30, "split": "train", "coins": [],
        "source": "", "licence": "", **changes,
    }  # fmt: skip


@given(
    named=st.dictionaries(
        NAMES, st.tuples(st.none() | st.lists(OUTLINES, max_size=4).map(tuple), TEXTS), max_size=5
    )
)
def test_what_is_written_is_read_back(tmp_path_factory, named):
    root = tmp_path_factory.mktemp("labels")
    written = [
        LabelledPicture(root / name, 40, 30, split, coins, "a friend", "CC0")
        for name, (coins, split) in named.items()
    ]
    write_labels(root / "labels.json", written)
    found = read_labels(root / "labels.json")
    assert {each.path: each for each in found} == {each.path: each for each in written}


def test_one_entry_a_line_in_the_order_of_names(tmp_path):
    names = ["b.jpg", "a/z.jpg", "c.jpg"]
    write_labels(tmp_path / "labels.json", [picture(tmp_path / name) for name in names])
    opening, *lines, closing = (tmp_path / "labels.json").read_text().splitlines()
    assert (opening, closing) == ("[", "]")
    images = [json.loads(line.rstrip(","))["image"] for line in lines]
    assert images == ["a/z.jpg", "b.jpg", "c.jpg"]


def test_an_ellipse_stays_a_list_of_five_numbers(tmp_path):
    """The format of labels made elsewhere."""
    coins = [[20.0, 15.0, 9.5, 8.0, 45.0], {"polygon": [[1.0, 1.0], [9.0, 1.0], [5.0, 8.0]]}]
    path = tmp_path / "labels.json"
    path.write_text(json.dumps([entry(coins=coins)]))
    (found,) = read_labels(path)
    assert found.coins == (
        Ellipse(20, 15, 9.5, 8, 45),
        Polygon(((1.0, 1.0), (9.0, 1.0), (5.0, 8.0))),
    )
    write_labels(path, [found])
    assert json.loads(path.read_text())[0]["coins"] == coins


def test_image_names_start_from_the_root(tmp_path):
    write_labels(tmp_path / "labels.json", [picture(tmp_path / "photos/a.jpg")], tmp_path)
    (found,) = read_labels(tmp_path / "labels.json", tmp_path / "elsewhere")
    assert found.path == tmp_path / "elsewhere/photos/a.jpg"


def test_a_picture_outside_the_root_is_refused_and_the_file_left_as_it_was(tmp_path):
    path = tmp_path / "labels.json"
    write_labels(path, [picture(tmp_path / "a.jpg")])
    before = path.read_bytes()
    with pytest.raises(InputError, match="does not lie in"):
        write_labels(path, [picture(tmp_path / "b.jpg")], tmp_path / "photos")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[", "cannot be read"),
        ("{}", "no list"),
        ('["a.jpg"]', "entry 1: an object is wanted"),
        ([entry(), entry(image=None)], r"entry 2: image must be a text, not null"),
        ([entry(width=1.5)], r"entry 1 \(a.jpg\): width must be a whole number, not 1.5"),
        ([entry(height=True)], "height must be a whole number, not true"),
        ([entry(width=0)], "size 0x30 is not positive"),
        ([{"image": "a.jpg"}], "it has no width"),
        ([{k: v for k, v in entry().items() if k != "coins"}], "it has no coins"),
        ([entry(coins={})], "coins must be null or a list"),
        ([entry(coins=[[1, 2, 3, 4, 5], [1, 2, 3, 4]])], r"coin 2: an ellipse is \[cx"),
        ([entry(coins=[[1, 2, 3, 4, "5"]])], "coin 1: an ellipse is"),
        ([entry(coins=[[1, 2, 3, True, 5]])], "coin 1: an ellipse is"),
        ([entry(coins=[[1, 2, 0, 4, 5]])], "positive axes"),
        ([entry(coins=[[1, 2, math.nan, 4, 5]])], "not finite"),
        ([entry(coins=[{"polygon": [[1, 2], [3, 4]]}])], "three corners or more, not 2"),
        ([entry(coins=[{"polygon": [[1, 2], [3, 4], [5]]}])], r"a corner is \[x, y\]"),
        ([entry(coins=[{"polygon": [[1, 2], [3, 4], [5, math.inf]]}])], "not finite"),
        ([entry(coins=[{"holes": []}])], "either ellipse or polygon"),
        ([entry(coins=[{"ellipse": [1, 2, 3, 4, 5], "hole": []}])], "either ellipse or polygon"),
        ([entry(coins=[{"ellipse": [1, 2, 3, 4, 5], "holes": [7]}])], "a hole must be a list"),
        ([entry(coins=["x" * 200])], "x{40,}…"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_entry(tmp_path, content, reason):
    path = tmp_path / "labels.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(ManifestError, match=reason) as caught:
        read_labels(path)
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ManifestError, match="No such file"):
        read_labels(tmp_path / "labels.json")


def inside(x, y, corners):
    """Even-odd rule for one point: count the edges that a ray to the right crosses."""
    crossed = False
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            crossed = not crossed
    return crossed


def distance(x, y, start, end):
    """From points to a line segment."""
    (x0, y0), (x1, y1) = start, end
    square = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-12)
    along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square, 0, 1)
    return np.hypot(x0 + along * (x1 - x0) - x, y0 + along * (y1 - y0) - y)


@given(
    corners=st.lists(
        st.tuples(st.floats(-5, 17), st.floats(-5, 14)), min_size=3, max_size=8, unique=True
    )
)
def test_a_polygons_mask_is_what_lies_within(corners):
    mask = Polygon(tuple(corners)).mask(12, 9)
    brute = np.array([[inside(x, y, corners) for x in range(12)] for y in range(9)])
    y, x = np.mgrid[:9, :12]
    edges = zip(corners, corners[1:] + corners[:1], strict=True)
    off = np.min([distance(x, y, *edge) for edge in edges], axis=0)
    # A pixel whose very centre an edge crosses may fall either way.
    assert (mask == brute)[off > 1e-6].all()


def test_masks_in_the_order_of_the_coins_with_holes_left_out():
    square = Polygon(((5.5, 5.5), (15.5, 5.5), (15.5, 15.5), (5.5, 15.5)))
    ring = Holed(Ellipse(28, 15, 8, 8), (Ellipse(28, 15, 2, 2), Ellipse(28, 20, 1, 1)))
    solid, holed = picture("a.jpg", (square, ring)).masks()
    expected = np.zeros((30, 40), dtype=bool)
    expected[6:16, 6:16] = True
    assert (solid == expected).all()
    y, x = np.mgrid[:30, :40]
    far = np.hypot(x - 28, y - 15)
    expected = (far <= 8) & ~(far <= 2) & ~(np.hypot(x - 28, y - 20) <= 1)
    assert (holed == expected).all()


def test_an_unlabelled_picture_has_no_masks():
    with pytest.raises(InvalidValueError, match="not labelled yet"):
        picture("a.jpg", None).masks()
    assert picture("a.jpg", ()).masks() == []


def test_a_holed_outline_has_holes():
    with pytest.raises(InvalidValueError, match="needs a hole"):
        Holed(Ellipse(1, 2, 3, 4), ())


SHIPPED = sorted((Path(__file__).parents[1] / "labels").glob("*.json"))
DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_labels_are_for_training_and_plausible(path):
    pictures = read_labels(path)
    assert len({each.path for each in pictures}) == len(pictures) > 30
    for each in pictures:
        assert each.split == "train"
        assert "won-" not in each.path.name
        assert each.coins
    for each in pictures[::40]:
        covered = np.sum(each.masks(), axis=0)
        assert 0.02 < (covered > 0).mean() < 0.97, each.path
        assert (covered > 1).mean() < 0.01, each.path  # coins that touch, not the same coin twice


@pytest.mark.data
def test_no_shipped_label_is_of_a_picture_kept_for_validation():
    if not DATA.is_dir():
        pytest.skip(f"needs the real coin photographs in {DATA.name}/ beside the checkout")
    with (DATA / "coins.csv").open(encoding="utf-8", newline="") as stream:
        kept = {row["image"] for row in csv.DictReader(stream) if row["split"] != "train"}
    scenes = read_labels(DATA / "scenes/scenes.json", DATA)
    kept |= {f"scenes/{each.path.name}" for each in scenes if each.split in ("val", "evaluation")}
    for path in SHIPPED:
        for each in read_labels(path, DATA):
            assert each.path.is_file()
            assert each.path.relative_to(DATA).as_posix() not in kept
