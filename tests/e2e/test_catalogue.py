"""The catalogue from the command line: init, import, add, list, show, edit, remove."""

import csv
import shutil

import numpy as np
import pytest
from PIL import Image

from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.tables import table

COUNTS = ("added", "updated", "unchanged")


def counts(outcome):
    return tuple(outcome.json[name] for name in COUNTS)


def rewrite(manifest, folder, change):
    """A copy of a manifest beside its pictures, its rows changed."""
    copy = folder / "manifest.csv"
    shutil.copytree(manifest.parent / "pictures", folder / "pictures", dirs_exist_ok=True)
    rows = table(manifest)
    rows = change(rows)
    with copy.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return copy


def test_init_is_safe_to_repeat(coinvec, tmp_path):
    for _ in range(2):
        outcome = coinvec("init")
        assert outcome.status == 0, outcome.err
        assert "unet@" in outcome.err
        assert not outcome.out
    assert (tmp_path / "home" / "catalogue.db").is_file()


def test_importing_twice_changes_nothing(coinvec, minted):
    coinvec("init")
    first = coinvec("import", minted.manifest, "--format", "json")
    assert first.status == 0, first.err
    assert counts(first) == (24, 0, 0)
    again = coinvec("import", minted.manifest, "--format", "json", "--jobs", 1)
    assert counts(again) == (0, 0, 24)
    assert again.json["rejected"] == []


def test_a_dry_run_writes_nothing(coinvec, minted, tmp_path):
    coinvec("init")
    outcome = coinvec("import", minted.manifest, "--dry-run", "--format", "json")
    assert counts(outcome) == (24, 0, 0)
    assert coinvec("list", "--format", "json").json == []
    assert not list((tmp_path / "home" / "media").rglob("*")) or not any(
        path.is_file() for path in (tmp_path / "home" / "media").rglob("*")
    )


def test_changed_metadata_is_updated_in_both_stores(coinvec, filled, minted, tmp_path):
    def change(rows):
        country = rows[0]["country"]
        return [
            {**row, "country": "Atlantis" if row["country"] == country else row["country"]}
            for row in rows
        ]

    manifest = rewrite(minted.manifest, tmp_path, change)
    changed = sum(row["country"] == "Atlantis" for row in table(manifest))
    outcome = coinvec("import", manifest, "--format", "json")
    assert counts(outcome) == (0, changed, 24 - changed)
    photo = minted.photos[0].path
    hits = coinvec(
        "search", "--image", photo, "--where", "country = 'Atlantis'", "--format", "json"
    ).json
    assert {hit["country"] for hit in hits["hits"]} == {"Atlantis"}
    assert hits["total_matching"] == len(hits["hits"]) > 0


def test_bad_rows_are_reported_and_the_others_go_in(coinvec, minted, tmp_path):
    def change(rows):
        rows[1]["side"] = "edge"
        rows[2]["image"] = "pictures/none.jpg"
        rows[3]["value"] = "many"
        rows[4]["image"] = "pictures/torn.jpg"
        rows[5]["image"] = "pictures/blank.png"
        rows[7]["country"] = "Elsewhere"
        return rows

    manifest = rewrite(minted.manifest, tmp_path, change)
    pictures = tmp_path / "pictures"
    whole = next(pictures.glob("*.jpg")).read_bytes()
    (pictures / "torn.jpg").write_bytes(whole[: len(whole) // 2])
    Image.fromarray(np.full((200, 200, 3), 128, np.uint8)).save(pictures / "blank.png")
    coinvec("init")
    outcome = coinvec("import", manifest, "--format", "json")
    assert outcome.status == 1
    rejected = outcome.json["rejected"]
    assert [row["line"] for row in rejected] == [3, 4, 5, 6, 7, 9]
    reasons = ["edge", "none.jpg", "many", "torn.jpg", "No coin", "must agree"]
    for row, reason in zip(rejected, reasons, strict=True):
        assert reason in row["error"]
    assert counts(outcome) == (18, 0, 0)
    assert "6 rows were rejected" in outcome.err


def test_the_same_picture_under_another_design_is_rejected(coinvec, filled, minted, tmp_path):
    def change(rows):
        return [{**rows[0], "design": "other"}, rows[1], {**rows[2], "image": rows[1]["image"]}]

    outcome = coinvec("import", rewrite(minted.manifest, tmp_path, change), "--format", "json")
    assert counts(outcome) == (0, 0, 1)
    errors = [row["error"] for row in outcome.json["rejected"]]
    assert "very picture" in errors[0]
    assert "Line 3" in errors[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("image;type\n", "lacks the column"),
        ("\x00\x01", "lacks the column"),
        (None, "cannot be read"),
    ],
)
def test_an_unreadable_manifest_is_bad_input(coinvec, tmp_path, content, words):
    manifest = tmp_path / "m.csv"
    if content is not None:
        manifest.write_text(content)
    coinvec("init")
    outcome = coinvec("import", manifest)
    assert outcome.status == 3
    assert words in outcome.err


def test_add_show_edit_remove(coinvec, minted):
    coinvec("init")
    pictures = sorted((minted.manifest.parent / "pictures").glob("*-obverse-*.jpg"))
    reverse = sorted((minted.manifest.parent / "pictures").glob("*-reverse-*.jpg"))
    outcome = coinvec(
        *("add", "--obverse", pictures[0], "--obverse", pictures[1], "--reverse", reverse[0]),
        *("--country", "Café", "--denomination", "½ Crown", "--value", "0.5"),
        *("--year-from", 1964, "--references", "KM# 1; Y# 2", "--format", "json"),
    )
    assert outcome.status == 0, outcome.err
    assert counts(outcome) == (3, 0, 0)
    shown = coinvec("show", "cafe-1-2-crown", "--format", "json").json
    assert (shown["country"], shown["value"], shown["references"]) == ("Café", 0.5, "KM# 1; Y# 2")
    assert [image["side"] for image in shown["images"]] == ["obverse", "obverse", "reverse"]
    assert {image["design"] for image in shown["images"]} == {"o1", "r1"}

    edited = coinvec(
        *("edit", "cafe-1-2-crown", "--title", "Half a crown", "--clear", "references"),
        *("--design", "obverse/o1", "--year-to", 1970),
    )
    assert edited.status == 0, edited.err
    shown = coinvec("show", "cafe-1-2-crown", "--format", "json").json
    assert (shown["title"], shown["references"]) == ("Half a crown", None)
    assert [image["year_to"] for image in shown["images"]] == [1970, 1970, None]
    assert "Half a crown" in coinvec("show", "cafe-1-2-crown").out

    first = shown["images"][0]["id"]
    assert coinvec("remove", "--image", first).status == 0
    assert len(coinvec("show", "cafe-1-2-crown", "--format", "json").json["images"]) == 2
    assert coinvec("remove", "cafe-1-2-crown").status == 0
    assert coinvec("list", "--format", "json").json == []
    gone = coinvec("show", "cafe-1-2-crown")
    assert gone.status == 3
    assert "no type 'cafe-1-2-crown'" in gone.err


def test_removing_deletes_picture_and_vector(coinvec, filled, minted):
    key = minted.types[0].coin.key
    before = coinvec("show", key, "--format", "json").json["images"]
    assert coinvec("remove", key).status == 0
    with Home.open(Settings.load(home=filled, environ={})) as home:
        assert home.vectors.count(home.live.collection) == 24 - len(before)
        assert not any(home.media.exists(image["id"]) for image in before)


def test_add_refuses_a_coin_without_photo_or_country(coinvec):
    coinvec("init")
    assert coinvec("add", "--country", "X", "--denomination", "1").status == 2
    assert coinvec("add", "--obverse", "a.jpg", "--denomination", "1").status == 2


def test_edit_and_remove_refuse_what_is_not_there(coinvec, filled, minted):
    key = minted.types[0].coin.key
    for args in (
        ("edit", "nothing", "--title", "x"),
        ("edit", key, "--design", "obverse/none", "--year-to", "1999"),
        ("edit", key, "--value", "much"),
        ("remove", "nothing"),
        ("remove", "--image", "0" * 64),
    ):
        assert coinvec(*args).status == 3, args
    assert coinvec("edit", key).status == 2
    assert coinvec("edit", key, "--clear", "colour").status == 2
    assert coinvec("remove").status == 2


def test_list_filters_pages_and_formats(coinvec, filled, minted):
    everything = coinvec("list", "--format", "json").json
    assert [row["type"] for row in everything] == sorted(t.coin.key for t in minted.types)
    assert sum(row["images"] for row in everything) == 24
    country = minted.types[0].coin.country
    some = coinvec("list", "--where", "country = :c", "--param", f"c={country}", "--format", "json")
    assert {row["country"] for row in some.json} == {country}
    page = coinvec("list", "--limit", 2, "--offset", 1, "--format", "csv").out
    assert [row["type"] for row in csv.DictReader(page.splitlines())] == [
        row["type"] for row in everything[1:3]
    ]
    assert country in coinvec("list").out
