"""Coins rendered to learn from."""

import csv
from collections import Counter

import pytest
from coinvec_train.encoder.rendered import render_coins

from coinvec.errors import InvalidValueError


@pytest.fixture(scope="module")
def looks(tmp_path_factory):
    return render_coins(tmp_path_factory.mktemp("rendered"), types=3, seed=4)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_side_is_pictured_in_the_studio_and_most_by_phone(looks):
    rows = read(looks)
    studio = Counter(row["look"] for row in rows if row["image"].startswith("studio/"))
    phone = Counter(row["look"] for row in rows if row["image"].startswith("phone/"))
    assert set(studio.values()) == {3}
    assert len(studio) == 6
    assert phone.total() == 18
    assert set(phone) <= set(studio)
    assert all((looks.parent / row["image"]).is_file() for row in rows)


def test_the_same_seed_gives_the_same_coins(looks, tmp_path):
    again = render_coins(tmp_path, types=3, seed=4)
    assert read(again) == read(looks)
    name = read(looks)[-1]["image"]
    assert (tmp_path / name).read_bytes() == (looks.parent / name).read_bytes()


def test_no_coins_are_refused(tmp_path):
    with pytest.raises(InvalidValueError, match="0 types"):
        render_coins(tmp_path, types=0, seed=0)
