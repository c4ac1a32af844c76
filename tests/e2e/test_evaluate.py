"""Measuring from the command line."""

import csv

import pytest


def queries(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["image", "type", "image2", "design", "where"])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_documented_shape(coinvec, filled, minted):
    outcome = coinvec("evaluate", minted.queries, "--format", "json")
    assert outcome.status == 0, outcome.err
    result = outcome.json
    assert (result["queries"], result["known"], result["unknown"]) == (4, 4, 0)
    assert list(result["hit_rate"]) == ["1", "2", "5", "10", "20"]
    unknown = result["unknown_detection"]  # there is no unknown coin to accept
    assert (unknown["false_accept_rate"], unknown["auroc"]) == (None, None)
    assert 0 <= unknown["false_reject_rate"] <= 1
    rates = list(result["hit_rate"].values())
    assert rates == sorted(rates)
    assert result["group_by"] == "design"
    assert "hit rate at 1" in coinvec("evaluate", minted.queries).out


def test_it_agrees_with_searching_one_by_one(filled, minted):
    import coinvec as package

    with package.open(filled) as coins:
        result = coins.evaluate(minted.queries, ks=(1, 3), group_by="type")
        ranks = []
        for photo in minted.photos:
            types = [hit.type for hit in coins.search(photo.path, k=3)]
            key = photo.minted.coin.key
            ranks.append(types.index(key) + 1 if key in types else None)
    assert [outcome.rank for outcome in result.outcomes] == ranks
    for k in (1, 3):
        assert result.hit_rate[k] == sum(r is not None and r <= k for r in ranks) / len(ranks)


def test_unknown_coins_count_and_several_answers_may_be_right(coinvec, filled, minted, tmp_path):
    keys = [minted_type.coin.key for minted_type in minted.types]
    photos = [photo.path for photo in minted.photos]
    rows = [
        {"image": photos[0], "type": "|".join(keys)},
        {"image": photos[1], "type": ""},
        {"image": photos[2], "type": "no-such-type"},
    ]
    result = coinvec(
        *("evaluate", queries(tmp_path / "q.csv", rows), "--format", "json", "--ks", "1,6")
    ).json
    assert (result["known"], result["unknown"], result["group_by"]) == (2, 1, "type")
    assert result["hit_rate"] == {"1": 0.5, "6": 0.5}
    assert result["unknown_detection"]["auroc"] is not None


def test_filters_and_second_photos_of_a_query(coinvec, filled, minted, tmp_path):
    photo, coin = minted.photos[0], minted.photos[0].minted.coin
    rows = [
        {"image": photo.path, "type": coin.key, "where": f"type = '{coin.key}'"},
        {"image": photo.path, "type": coin.key, "where": f"type != '{coin.key}'"},
        {"image": photo.path, "image2": minted.photos[1].path, "type": coin.key},
    ]
    result = coinvec("evaluate", queries(tmp_path / "q.csv", rows), "--format", "json").json
    assert result["queries"] == 3
    assert 0.33 < result["hit_rate"]["1"] < 0.67


def test_a_photo_without_a_coin_is_a_miss(coinvec, filled, minted, tmp_path):
    import numpy as np
    from PIL import Image

    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(blank)
    rows = [{"image": blank, "type": minted.types[0].coin.key}]
    result = coinvec("evaluate", queries(tmp_path / "q.csv", rows), "--format", "json").json
    assert result["no_coin_found"] == 1
    assert result["hit_rate"]["20"] == 0


def test_a_query_that_is_in_the_catalogue_is_refused(coinvec, filled, minted, tmp_path):
    picture = next((minted.manifest.parent / "pictures").glob("*.jpg"))
    rows = [{"image": minted.photos[0].path, "type": "x"}, {"image": picture, "type": "x"}]
    outcome = coinvec("evaluate", queries(tmp_path / "q.csv", rows))
    assert outcome.status == 3
    assert "line 3" in outcome.err


@pytest.mark.parametrize("args", [("--ks", "0"), ("--ks", "a"), ("--group-by", "design")])
def test_usage(coinvec, filled, minted, tmp_path, args):
    rows = [{"image": minted.photos[0].path, "type": "x"}]
    assert coinvec("evaluate", queries(tmp_path / "q.csv", rows), *args).status == 2


def test_a_missing_photo_is_bad_input(coinvec, filled, tmp_path):
    path = queries(tmp_path / "q.csv", [{"image": "none.jpg", "type": "x"}])
    outcome = coinvec("evaluate", path)
    assert outcome.status == 3
    assert "none.jpg" in outcome.err
