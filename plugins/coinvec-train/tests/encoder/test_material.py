import csv

import pytest
from coinvec_train.encoder.data import balanced_chances
from coinvec_train.encoder.material import read_material
from coinvec_train.splits import is_held_out

from coinvec.errors import ManifestError


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def coin(number, look, split="train", same_photo=""):
    return {"image": f"{number}.png", "look": look, "split": split, "same_photo": same_photo}


@pytest.fixture
def coins(tmp_path):
    rows = [coin(n, "a") for n in range(60)] + [coin(n, "b", "val") for n in range(60, 70)]
    rows += [coin(n, "a", same_photo=f"p{n // 2}") for n in range(100, 160)]
    rows += [coin(200, "c"), coin(201, "c")]
    return write(tmp_path / "coins.csv", rows)


def test_only_the_training_split_is_learnt_from(coins):
    material = read_material(coins, None)
    assert material.looks == ["a", "c"]
    assert len(material.images) == 122
    assert not {f"{n}.png" for n in range(60, 70)} & set(material.images)


def test_what_is_watched_is_never_trained_on_nor_nearly(coins):
    material = read_material(coins, None)
    assert 3 < len(material.watching) < 30
    assert {e.same_photo for e in material.watching}.isdisjoint(
        e.same_photo for e in material.training
    )
    assert all(is_held_out(each.same_photo, 12) for each in material.watching)
    assert {each.look for each in material.watching} == {"a"}  # "c" has too few to lend one


def test_phone_photos_have_the_look_of_the_catalogues_coins(coins, tmp_path):
    rows = [
        {"image": "p.webp", "denomination": "50 cents", "side": "reverse"},
        {"image": "k.webp", "denomination": "50 cents", "side": ""},
    ]
    material = read_material(coins, write(tmp_path / "phone.csv", rows))
    assert "spain-50-euro-cent/reverse/r1" in material.looks
    assert "k.webp" not in material.images


def test_further_pictures_are_learnt_and_never_watched(coins, tmp_path):
    folder = tmp_path / "further"
    folder.mkdir()
    rows = [{"image": f"{n}.png", "look": "a" if n % 2 else "new"} for n in range(60)]
    more = write(folder / "looks.csv", rows)
    without, with_ = read_material(coins, None), read_material(coins, None, [more])
    assert with_.looks == ["a", "c", "new"]
    assert with_.watching == without.watching
    added = set(with_.images) - set(without.images)
    assert added == {str(folder.resolve() / row["image"]) for row in rows}


def test_a_list_without_looks_is_told(tmp_path):
    path = write(tmp_path / "coins.csv", [{"image": "a.png", "split": "train"}])
    with pytest.raises(ManifestError, match="has no look or same_photo"):
        read_material(path, None)


def test_classes_are_drawn_by_the_root_of_their_size():
    chances = balanced_chances([0] * 100 + [1])
    assert chances.sum() == pytest.approx(1)
    assert chances[:100].sum() / chances[100] == pytest.approx(10)
