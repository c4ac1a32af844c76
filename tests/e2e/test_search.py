"""Searching from the command line and from Python."""

import csv
import io
import json
import sys

import numpy as np
import pytest
from PIL import Image

import coinvec as package
from tests.tables import table

HIT_KEYS = {
    "rank", "similarity", "type", "design", "side", "title", "country", "currency", "denomination",
    "year_from", "year_to", "image", "sides",
}  # fmt: skip
STAGES = {"decode", "preprocess", "encode", "retrieve", "join", "rank", "total"}


@pytest.fixture
def photo(minted):
    return minted.photos[0].path


def test_the_answer_has_the_documented_shape(coinvec, filled, photo):
    outcome = coinvec("search", "--image", photo, "-k", 3, "--format", "json")
    assert outcome.status == 0, outcome.err
    answer = outcome.json
    assert answer["verdict"] in {"match", "ambiguous", "unknown"}
    assert answer["calibrated"] is True
    assert answer["encoder"].startswith("arcface@")
    assert answer["total_matching"] == 6
    (coin,) = answer["coins_in_picture"]
    assert set(coin) == {"image", "found", "score", "box", "ellipse", "passes"}
    assert coin["found"] is True
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2, 3]
    for hit in answer["hits"]:
        assert set(hit) == HIT_KEYS
        assert set(hit["sides"]) == {"obverse", "reverse"}
        best = max(side["similarity"] for side in hit["sides"].values())
        assert hit["similarity"] == pytest.approx(best, abs=1e-5)
        with Image.open(hit["image"]) as picture:
            assert picture.size == (200, 200)
    assert set(answer["timings_ms"]) == STAGES
    assert answer["timings_ms"]["total"] > 0


def test_a_catalogue_picture_finds_itself_first(coinvec, filled, minted):
    row = table(minted.manifest)[0]
    picture = minted.manifest.parent / row["image"]
    answer = coinvec("search", "--image", picture, "--group-by", "design", "--format", "json").json
    best = answer["hits"][0]
    assert (best["type"], best["side"]) == (row["type"], row["side"])
    assert best["similarity"] == pytest.approx(1, abs=1e-4)


def test_every_hit_satisfies_the_filter(coinvec, filled, photo, minted):
    year = sorted(t.years.first for t in minted.types)[2]
    for where, kept in [
        (f"year_from <= {year}", lambda hit: hit["year_from"] <= year),
        ("side = 'obverse'", lambda hit: hit["side"] == "obverse"),
        ("denomination LIKE '1 %'", lambda hit: hit["denomination"].startswith("1 ")),
        ("title ILIKE '%A%' AND NOT side = 'reverse'", lambda hit: "a" in hit["title"].lower()),
    ]:
        answer = coinvec(
            *("search", "--image", photo, "--where", where),
            *("--group-by", "image", "-k", 100, "--format", "json"),
        ).json
        assert all(kept(hit) for hit in answer["hits"]), where
        assert len(answer["hits"]) == answer["total_matching"], where


def test_parameters_are_read_as_the_column_wants_them(coinvec, filled, photo, minted):
    coin = minted.types[0]
    answer = coinvec(
        *("search", "--image", photo, "--format", "json"),
        *("--where", "country = :c AND year >= :y"),
        *("--param", f"c={coin.coin.country}", "--param", f"y={coin.years.first}"),
    )
    assert answer.status == 0, answer.err
    assert coin.coin.key in {hit["type"] for hit in answer.json["hits"]}


def test_two_photos_in_either_order(coinvec, filled, minted):
    key = minted.types[2].coin.key
    sides = [minted.manifest.parent / "pictures" / f"{key}-{side}-1.jpg" for side in
             ("obverse", "reverse")]  # fmt: skip
    answers = [
        coinvec("search", "--image", a, "--image", b, "--format", "json").json
        for a, b in (sides, sides[::-1])
    ]
    for answer in answers:
        assert len(answer["coins_in_picture"]) == 2
        assert answer["hits"][0]["type"] == key
        assert answer["hits"][0]["similarity"] == pytest.approx(1, abs=1e-4)
    assert [hit["type"] for hit in answers[0]["hits"]] == [
        hit["type"] for hit in answers[1]["hits"]
    ]


def test_two_photos_of_one_side_and_one_without_a_coin_fall_back(coinvec, filled, minted, tmp_path):
    pictures = minted.manifest.parent / "pictures"
    key = minted.types[1].coin.key
    same = [pictures / f"{key}-obverse-{n}.jpg" for n in (1, 2)]
    outcome = coinvec("search", "--image", same[0], "--image", same[1], "--format", "json")
    assert "Both photos seem to show the obverse" in outcome.err
    assert outcome.json["hits"][0]["type"] == key
    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(blank)
    outcome = coinvec("search", "--image", blank, "--image", same[0], "--format", "json")
    assert outcome.status == 0
    assert "No coin was found in" in outcome.err
    assert [coin["found"] for coin in outcome.json["coins_in_picture"]] == [False, True]


def test_a_picture_from_standard_input(coinvec, filled, photo, monkeypatch):
    class Stdin:
        buffer = io.BytesIO(photo.read_bytes())

    monkeypatch.setattr(sys, "stdin", Stdin)
    piped = coinvec("search", "--image", "-", "--format", "json").json
    named = coinvec("search", "--image", photo, "--format", "json").json
    assert piped["hits"] == named["hits"]


def test_formats_agree(coinvec, filled, photo):
    answer = coinvec("search", "--image", photo, "--format", "json").json
    line = json.loads(coinvec("search", "--image", photo, "--format", "jsonl").out)
    assert line["hits"] == answer["hits"]
    rows = list(
        csv.DictReader(io.StringIO(coinvec("search", "--image", photo, "--format", "csv").out))
    )
    assert [row["type"] for row in rows] == [hit["type"] for hit in answer["hits"]]
    table = coinvec("search", "--image", photo).out
    assert answer["hits"][0]["title"] in table.splitlines()[0]
    assert all(hit["type"] in table for hit in answer["hits"])


def test_all_coins(coinvec, filled, minted):
    pictures = minted.manifest.parent / "pictures"
    keys = [minted.types[0].coin.key, minted.types[3].coin.key]
    both = np.hstack([np.asarray(Image.open(pictures / f"{key}-reverse-1.jpg")) for key in keys])
    scene = pictures.parent / "both.png"
    Image.fromarray(both).save(scene)
    answer = coinvec("search", "--image", scene, "--all-coins", "--format", "json").json
    assert {coin["hits"][0]["type"] for coin in answer["coins"]} >= set(keys)
    assert "Coin 0 of" in coinvec("search", "--image", scene, "--all-coins").out


def test_a_value_that_occurs_nowhere_is_answered_with_the_nearest(coinvec, filled, photo, minted):
    country = minted.types[0].coin.country
    outcome = coinvec(
        *(
            "search",
            "--image",
            photo,
            "--where",
            f"country = '{country.lower()}'",
            "--format",
            "json",
        )
    )
    assert outcome.status == 0
    assert outcome.json["hits"] == []
    assert outcome.json["total_matching"] == 0
    assert outcome.json["verdict"] == "unknown"
    assert f"did you mean '{country}'?" in outcome.err


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("contry = 'x'", "country"),
        ("country = 'x' OR", "^"),
        ("country = 'x'; DROP TABLE coin_type", "^"),
        ("year = 'x'", "year"),
        ("country = :c", ":c"),
    ],
)
def test_a_mistake_in_the_filter_is_bad_input(coinvec, filled, photo, where, words):
    outcome = coinvec("search", "--image", photo, "--where", where)
    assert outcome.status == 3
    assert words in outcome.err
    assert not outcome.out


def test_bad_pictures(coinvec, filled, tmp_path):
    text = tmp_path / "a.jpg"
    text.write_text("<html>")
    assert coinvec("search", "--image", text).status == 3
    assert coinvec("search", "--image", tmp_path / "none.jpg").status == 3
    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(blank)
    outcome = coinvec("search", "--image", blank)
    assert outcome.status == 1
    assert "No coin was found" in outcome.err


def test_usage(coinvec, filled, photo):
    three = ["--image", photo] * 3
    assert coinvec("search", *three).status == 2
    assert coinvec("search", *three[:4], "--all-coins").status == 2
    assert coinvec("search", "--image", photo, "-k", 0).status == 3
    assert coinvec("search").status == 2
    assert coinvec("search", "--image", photo, "--param", "c=1").status == 2


def test_the_python_interface(filled, photo, minted):
    country = minted.types[0].coin.country
    with package.open(filled) as coins:
        result = coins.search(str(photo), where="country = :c", params={"c": country}, k=5)
        assert {hit.country for hit in result} == {country}
        assert len(result) == result.total_matching
        for hit in result:
            assert hit.title
            assert -1 <= hit.similarity <= 1
        sources = [photo, photo.read_bytes(), io.BytesIO(photo.read_bytes()), Image.open(photo)]
        sources.append(np.asarray(Image.open(photo)))
        answers = [[hit.type for hit in coins.search(each)] for each in sources]
        assert all(answer == answers[0] for answer in answers)
        report = coins.add(
            obverse=np.asarray(Image.open(photo)), country="New", denomination="1", value=0.25
        )
        assert report.added == 1
        assert coins.search(photo).hits[0].country == "New"
        assert coins.remove("new-1") == 1
        assert len(coins.list()) == 6
        assert coins.segment(photo).crops
