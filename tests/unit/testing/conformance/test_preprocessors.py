"""Each check of the kit finds the fault it is there for, in a preprocessor right otherwise."""

import pytest

from coinvec.domain.images import Picture
from coinvec.testing.conformance import find_subjects, measure_preprocessor
from coinvec.testing.conformance.material import scene
from coinvec.testing.conformance.quality import iou

GOOD = """
from dataclasses import replace
import itertools, time
import numpy as np
from coinvec_classic.hough import HoughPreprocessor

calls = itertools.count()

class Model(HoughPreprocessor):
    def find(self, picture, *, all_coins=False):
        found = super().find(picture, all_coins=all_coins)
"""


@pytest.mark.parametrize(
    ("body", "check", "words"),
    [
        ("return [replace(c, mask=c.mask & (np.arange(c.mask.shape[1]) % 2 > 0)) for c in found]",
         "finds-a-coin", "studio 0.4"),
        ("return [c.mask for c in found]", "mask-and-crop", "ndarray"),
        ("return [replace(c, cutout=np.full_like(c.cutout, 9)) for c in found]", "mask-and-crop",
         "beside the coin"),
        ("return super().find(picture, all_coins=True)", "one-unless-asked", "gave 3 crops"),
        ("return found[:1]", "several-coins", "1 crops of 3"),
        ("return found[::-1]", "several-coins", "pixels"),
        ("return found or super().find(type(picture)(FALLBACK))", "no-coin", "bare studio board"),
        ("return [replace(c, score=1 / (1 + next(calls))) for c in found]", "deterministic",
         "other crops"),
        ("picture.pixels[0, 0] = 9; return found", "input-untouched", "wrote into"),
        ("self.last = found; time.sleep(.2); return self.last", "thread-safe", "other crops"),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_named(written, outcome, body, check, words):
    fallback = (
        "from coinvec.testing.conformance.material import scene\nFALLBACK = scene(1).pixels\n"
        if "FALLBACK" in body
        else ""
    )
    found = outcome(written("preprocessor", f"{fallback}{GOOD}        {body}\n"), check)
    assert not found.passed
    assert words in found.detail
    assert found.detail.count(". ") >= 1, "a finding ends with what to do"


def test_the_iou_is_that_of_the_first_crop():
    photo = scene(3, hole=0.25)
    [crop] = find_subjects("hough")[0].model.find(Picture(photo.pixels))
    true = photo.masks[0]
    assert iou([crop], true) == pytest.approx(
        (crop.picture_mask() & true).sum() / (crop.picture_mask() | true).sum()
    )
    assert iou([], true) == 0.0


def test_the_curves_fall_as_coins_get_smaller():
    *_, share = measure_preprocessor(find_subjects("hough")[0].model)
    assert share.levels == ("0.8", "0.4", "0.2", "0.1")
    assert share.values[0] > 0.9 > share.values[-1]
