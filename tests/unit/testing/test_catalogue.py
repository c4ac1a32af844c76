import csv
import hashlib
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import Ellipse
from coinvec.testing.catalogue import PHONE_GROUNDS, write_catalogue, write_phone_photos
from coinvec.testing.minting import mint_catalogue

TYPES = mint_catalogue(2, n_types=3, n_issuers=2)


def _rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _digests(directory):
    return {
        path.relative_to(directory): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    directory = tmp_path_factory.mktemp("minted")
    return write_catalogue(directory, TYPES, size=96)


def test_the_manifest_lists_every_picture_once(catalogue):
    rows = _rows(catalogue)
    assert len(rows) == 3 * 2 * 2
    listed = [catalogue.parent / row["image"] for row in rows]
    assert sorted(listed) == sorted((catalogue.parent / "pictures").iterdir())
    assert len(set(_digests(catalogue.parent / "pictures").values())) == len(rows)
    for path in listed:
        with Image.open(path) as picture:
            assert picture.size == (96, 96)


def test_manifest_rows_read_back_as_the_minted_types(catalogue):
    by_key = {minted.coin.key: minted for minted in TYPES}
    for row in _rows(catalogue):
        minted = by_key[row["type"]]
        assert minted.coin == CoinType(
            key=row["type"],
            country=row["country"],
            denomination=row["denomination"],
            currency=row["currency"],
            value=Decimal(row["value"]),
            title=row["title"],
            composition=row["composition"],
            diameter_mm=float(row["diameter_mm"]),
            weight_g=float(row["weight_g"]),
            shape=row["shape"],
        )
        years = YearSpan(int(row["year_from"]), int(row["year_to"]))
        side = Side.parse(row["side"])
        assert minted.design(side) == Design(row["type"], side, row["design"], years)


def test_catalogues_are_written_alike_every_time(catalogue, tmp_path):
    again = write_catalogue(tmp_path / "again", TYPES, size=96)
    assert _digests(again.parent) == _digests(catalogue.parent)


@pytest.fixture(scope="module")
def phone(tmp_path_factory):
    directory = tmp_path_factory.mktemp("phone")
    return directory, write_phone_photos(directory, TYPES, count=6, size=(180, 240), seed=1)


def test_phone_photos_show_every_ground_and_every_type(phone):
    _, photos = phone
    assert len(photos) == 6 > len(PHONE_GROUNDS)
    assert {photo.minted.coin.key for photo in photos} == {m.coin.key for m in TYPES}
    assert len({photo.path.read_bytes() for photo in photos}) == 6


def test_queries_name_the_right_answer(phone):
    directory, photos = phone
    for row, photo in zip(_rows(directory / "queries.csv"), photos, strict=True):
        assert directory / row["image"] == photo.path
        assert row["type"] == photo.minted.coin.key
        assert row["design"] == photo.minted.design(photo.side).id


def test_the_truth_file_agrees_with_the_masks(phone):
    directory, photos = phone
    for row, photo in zip(_rows(directory / "truth.csv"), photos, strict=True):
        with Image.open(directory / row["mask"]) as stored:
            mask = np.asarray(stored)
        assert mask.shape == (240, 180)
        assert set(np.unique(mask)) == {0, 255}
        ellipse = Ellipse(*(float(row[name]) for name in ("cx", "cy", "rx", "ry", "degrees")))
        inside = (mask > 0) & ellipse.mask(180, 240)
        assert inside.sum() > 0.97 * (mask > 0).sum()
        assert (directory / row["mask"], row["side"]) == (photo.mask_path, photo.side.value)
