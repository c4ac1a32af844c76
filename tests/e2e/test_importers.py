"""Collections of other programs, from the command line into a home."""

import csv
import shutil
from hashlib import sha256
from textwrap import dedent

import pytest

from coinvec.services.collection import init_catalogue, open_catalogue
from tests.opennumismat import CollectionWriter

COUNTS = ("added", "updated", "unchanged")


def counts(outcome):
    return (*(outcome.json[name] for name in COUNTS), len(outcome.json["rejected"]))


def pictures(minted, minted_type, side):
    folder = minted.manifest.parent / "pictures"
    return sorted(folder.glob(f"{minted_type.coin.key}-{side}-*.jpg"))


@pytest.fixture(scope="module")
def _empty(tmp_path_factory):
    home = tmp_path_factory.mktemp("empty") / "home"
    init_catalogue(home).close()
    return home


@pytest.fixture
def home(_empty, tmp_path):
    """An empty home; it is the default home."""
    return shutil.copytree(_empty, tmp_path / "home")


@pytest.fixture
def collection(minted, tmp_path):
    """Two types of coins, one with coins of two years, and a coin without pictures."""
    writer = CollectionWriter(tmp_path / "coins.db")
    for place, minted_type in enumerate(minted.types[:2]):
        obverses = pictures(minted, minted_type, "obverse")
        reverses = pictures(minted, minted_type, "reverse")
        for shot in range(2 - place):
            writer.coin(
                title=f"{minted_type.coin.title} {1970 + shot}",
                country=minted_type.coin.country,
                value=float(minted_type.coin.value),
                unit="Crown",
                year=1970 + shot,
                material=minted_type.coin.composition,
                weight=minted_type.coin.weight_g,
                grade="VF",
                obverseimg=writer.photo(obverses[shot].read_bytes()),
                reverseimg=writer.photo(reverses[shot].read_bytes()),
            )
    writer.coin(title="Wanted", country="Elbonia", value=5, unit="Crown", status="wish")
    return writer


def test_an_opennumismat_collection_twice(coinvec, minted, collection, home):
    first = coinvec("import-opennumismat", collection.path, "--format", "json")
    assert first.status == 1
    assert counts(first) == (6, 0, 0, 1)
    [rejected] = first.json["rejected"]
    assert rejected["image"] == "coin-4"
    assert "no picture" in rejected["error"]
    again = coinvec("import", collection.path, "--from", "opennumismat", "--format", "json")
    assert counts(again) == (0, 0, 6, 1)

    listed = coinvec("list", "--format", "json").json
    assert len(listed) == 2
    both = next(each for each in listed if each["images"] == 4)
    assert both["country"] == minted.types[0].coin.country
    assert (both["year_from"], both["year_to"]) == (1970, 1971)
    with open_catalogue() as catalogue:
        records = catalogue.show(both["type"])
    assert {record.image.attributes["grade"] for record in records} == {"VF"}
    assert {record.coin.composition for record in records} == {minted.types[0].coin.composition}
    assert sorted(record.design.side for record in records) == ["obverse"] * 2 + ["reverse"] * 2
    stored = {record.image.id for record in records}
    assert stored == {sha256(each).hexdigest() for each in collection.pictures(1, 2)}

    photo = pictures(minted, minted.types[1], "reverse")[1]
    found = coinvec("search", "--image", photo, "--where", "attr['grade'] = 'VF'", "--format=json")
    assert found.json["hits"][0]["country"] == minted.types[1].coin.country
    assert found.json["hits"][0]["side"] == "reverse"

    collection.write("UPDATE coins SET grade = 'XF' WHERE id = 3")
    outcome = coinvec("import-opennumismat", collection.path, "--format", "json")
    assert counts(outcome) == (0, 2, 4, 1)


def test_a_dry_run_writes_nothing(coinvec, collection, home):
    outcome = coinvec("import-opennumismat", collection.path, "--dry-run", "--format", "json")
    assert counts(outcome) == (6, 0, 0, 1)
    assert coinvec("list", "--format", "json").json == []


def test_a_manifest_is_no_collection(coinvec, minted, home):
    outcome = coinvec("import-opennumismat", minted.manifest)
    assert outcome.status == 3
    assert "not a database" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_numista_export_with_pictures_elsewhere(coinvec, minted, home, tmp_path):
    export, folder = tmp_path / "export.csv", tmp_path / "photos"
    folder.mkdir()
    with export.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Country", "Face value", "Currency", "Title", "N# number", "Grade"])
        for place, minted_type in enumerate(minted.types[:2]):
            country = minted_type.coin.country
            writer.writerow([country, 5, "Crown", "5 Crowns - Rose", 100 + place, "VF"])
            for side in ("obverse", "reverse"):
                picture = pictures(minted, minted_type, side)[0]
                shutil.copy(picture, folder / f"{100 + place}-{side}.jpg")
    for expected in ((4, 0, 0, 0), (0, 0, 4, 0)):
        outcome = coinvec(
            "import", export, "--from", "numista", "--pictures", folder, "--format", "json"
        )
        assert outcome.status == 0, outcome.err
        assert counts(outcome) == expected
    listed = coinvec("list", "--where", "numista_id = '101'", "--format", "json").json
    assert [each["type"] for each in listed] == ["numista-101"]
    assert [each["denomination"] for each in listed] == ["5 Crowns"]


def test_an_importer_nobody_has(coinvec, minted, home):
    outcome = coinvec("import", minted.manifest, "--from", "numsta")
    assert outcome.status == 4
    assert "Did you mean 'numista'?" in outcome.err


def test_pictures_belong_to_an_importer(coinvec, minted):
    outcome = coinvec("import", minted.manifest, "--pictures", minted.manifest.parent)
    assert outcome.status == 2
    assert "--pictures goes with --from" in outcome.err


BROKEN = """
    from coinvec.plugin import hookimpl
    from coinvec.plugin.specs import ImporterSpec

    COINVEC_API = 1


    @hookimpl
    def coinvec_importers():
        return [
            ImporterSpec(name=name, target=f"broken_importers:{name.title()}", revision="1")
            for name in ("raising", "wrong", "unreadable")
        ]


    class Raising:
        def read(self, path, pictures):
            raise KeyError("country")


    class Wrong:
        def read(self, path, pictures):
            return [{"country": "Elbonia"}]


    class Unreadable:
        pass
"""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raising", "The importer 'raising' failed"),
        ("wrong", "gave a dict instead of an ImportedRow"),
        ("unreadable", "the method read(self, path"),
    ],
)
def test_a_broken_importer_is_told(coinvec, minted, home, tmp_path, monkeypatch, name, words):
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[coinvec]\nbroken = broken_importers\n")
    (tmp_path / "broken_importers.py").write_text(dedent(BROKEN))
    monkeypatch.syspath_prepend(tmp_path)
    outcome = coinvec("import", minted.manifest, "--from", name)
    assert outcome.status == 4
    assert words in outcome.err
