"""Value types refuse what they could not keep their promises with."""

from decimal import Decimal

import numpy as np
import pytest

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import Box, CoinImage, Crop, Ellipse, Picture
from coinvec.domain.models import Metric, ModelRef, Thresholds
from coinvec.domain.records import CoinRecord
from coinvec.domain.results import Hit, Query
from coinvec.domain.vectors import Embedding, Generation
from coinvec.errors import InvalidValueError

DESIGN = Design("t", Side.OBVERSE, "o1")
RGB = np.zeros((4, 4, 3), np.uint8)
MASK = np.ones((4, 4), bool)


def crop(**changes):
    fields = {
        "picture_size": (10, 8),
        "box": Box(1, 2, 5, 6),
        "ellipse": Ellipse(3, 4, 2, 2),
        "mask": MASK,
        "cutout": RGB,
        "cutout_mask": MASK,
        "score": 0.5,
    }
    return Crop(**{**fields, **changes})


@pytest.mark.parametrize(
    "make",
    [
        lambda: CoinType("", "c", "d"),
        lambda: CoinType("a/b", "c", "d"),
        lambda: CoinType("a|b", "c", "d"),
        lambda: CoinType(" a", "c", "d"),
        lambda: CoinType("a", "", "d"),
        lambda: CoinType("a", "c", "d", value=Decimal("NaN")),
        lambda: CoinType("a", "c", "d", value=Decimal(-1)),
        lambda: CoinType("a", "c", "d", value=Decimal("1e12")),
        lambda: CoinType("a", "c", "d", value=Decimal("0.0000001")),
        lambda: CoinType("a", "c", "d", weight_g=0.0),
        lambda: CoinType("a", "c", "d", diameter_mm=float("nan")),
        lambda: CoinType("a", "c", "d", references=("",)),
        lambda: Design("a", Side.OBVERSE, "x\n"),
        lambda: YearSpan(2000, 1999),
        lambda: YearSpan(12_345),
        lambda: Side.parse("edge"),
        lambda: Picture(np.zeros((4, 4), np.uint8)),
        lambda: Picture(np.zeros((4, 4, 3), np.float32)),
        lambda: Picture(np.zeros((0, 4, 3), np.uint8)),
        lambda: Box(3, 0, 3, 5),
        lambda: Box(-1, 0, 3, 5),
        lambda: Ellipse(0, 0, 0, 1),
        lambda: Ellipse(0, float("inf"), 1, 1),
        lambda: crop(box=Box(8, 2, 12, 6)),
        lambda: crop(mask=np.ones((3, 4), bool)),
        lambda: crop(mask=np.ones((4, 4), np.uint8)),
        lambda: crop(cutout=np.zeros((4, 5, 3), np.uint8), cutout_mask=np.ones((4, 5), bool)),
        lambda: crop(score=1.5),
        lambda: CoinImage("xyz", DESIGN, "a", "JPEG", 1, 1),
        lambda: CoinImage("0" * 64, DESIGN, "a", "JPEG", 0, 1),
        lambda: CoinImage("0" * 64, DESIGN, "a", "JPEG", 1, 1, media_digest="x"),
        lambda: CoinImage("0" * 64, DESIGN, "a", "JPEG", 1, 1, attributes={"k": ""}),
        lambda: Embedding(np.array([1, 0], np.float64)),
        lambda: Embedding(np.array([1, 1], np.float32)),
        lambda: Embedding(np.array([np.nan, 1], np.float32)),
        lambda: Embedding(np.zeros((1, 2), np.float32)),
        lambda: Generation(ModelRef("p", "1"), ModelRef("e", "1"), Metric.COSINE, 1),
        lambda: ModelRef("", "1"),
        lambda: Query(k=0),
        lambda: Query(k=10**6),
        lambda: Thresholds(known=0.9, match=0.5, margin=0.1),
        lambda: CoinRecord(CoinType("u", "c", "d"), DESIGN, None),
    ],
)
def test_refused(make):
    with pytest.raises(InvalidValueError):
        make()


def test_sides():
    assert Side.parse(" Reverse ") is Side.REVERSE
    assert Side.OBVERSE.other is Side.REVERSE
    assert Side.REVERSE.other is Side.OBVERSE


def test_a_title_defaults_to_country_and_denomination():
    assert CoinType("t", "Poland", "1 grosz").title == "Poland, 1 grosz"


def test_a_hit_belongs_to_groups():
    hit = Hit("i", 0.5, "t", Side.REVERSE, "r2")
    groups = [hit.group(each) for each in (GroupBy.TYPE, GroupBy.DESIGN, GroupBy.IMAGE)]
    assert groups == ["t", Design("t", Side.REVERSE, "r2").id, "i"]


def test_a_crop_places_its_mask_in_the_picture():
    full = crop().picture_mask()
    assert full.shape == (8, 10)
    assert full.sum() == crop().area == 16
    assert full[2:6, 1:5].all()


@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0])
def test_an_ellipse_mask_has_the_area_and_the_long_axis_of_the_ellipse(degrees):
    ellipse = Ellipse(100, 80, 60, 30, degrees)
    mask = ellipse.mask(200, 160)
    assert mask.sum() == pytest.approx(np.pi * 60 * 30, rel=0.01)
    y, x = np.nonzero(mask)
    along = np.radians(degrees)
    spread = (x - 100) * np.cos(along) + (y - 80) * np.sin(along)
    assert spread.max() == pytest.approx(60, abs=1)


def test_attributes_cannot_be_changed():
    image = CoinImage("0" * 64, DESIGN, "a", "JPEG", 1, 1, attributes={"k": "v"})
    with pytest.raises(TypeError):
        image.attributes["k"] = "w"
