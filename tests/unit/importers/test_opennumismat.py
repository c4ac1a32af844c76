"""Rows read out of OpenNumismat collections; the pictures are any bytes here."""

import hashlib
import sqlite3

import pytest

from coinvec.domain.coins import TEXT_MAX_LENGTH
from coinvec.errors import ManifestError
from coinvec.importers.opennumismat import OpenNumismatImporter
from tests.opennumismat import CollectionWriter

DOLLAR = {"country": "United States", "value": 1, "unit": "Dollar", "series": "Eisenhower"}


@pytest.fixture
def collection(tmp_path):
    return CollectionWriter(tmp_path / "coins.db")


def read(collection):
    return list(OpenNumismatImporter().read(collection.path, collection.path.parent))


def by_picture(rows):
    return {row.picture: row.cells for row in rows}


def test_every_column_arrives_as_a_cell_or_as_an_attribute(collection):
    """Each column holds a text of its own; all of them are found again, whatever the name."""
    texts = {name: f"the {name}" for name in collection.columns("TEXT")}
    names = (*collection.columns("NUMERIC"), *collection.columns("INTEGER"))
    numbers = {name: 10 + place + 0.5 for place, name in enumerate(names)}
    assert len(texts) + len(numbers) == 97
    collection.coin(**texts, **numbers, obverseimg=collection.photo(b"o"))
    [row] = read(collection)
    said = set("; ".join(row.cells.values()).split("; "))
    assert set(texts.values()) <= said
    assert {str(number) for number in numbers.values()} <= said


def test_columns_of_a_manifest(collection):
    collection.coin(
        **DOLLAR,
        title="1 Dollar",
        year=1978,
        material="Copper",
        material2="nickel",
        diameter=38.1,
        weight=22.68,
        shape="round",
        catalognum1="203",
        catalognum2="KM# 5",
        obversedesign="Eisenhower, left",
        obverseimg=collection.photo(b"o"),
        type="circulation",
    )
    [row] = read(collection)
    assert row.cells == {
        "image": "coin-1-obverseimg",
        "type": row.cells["type"],
        "side": "obverse",
        "country": "United States",
        "denomination": "1 Dollar",
        "currency": "Dollar",
        "value": "1",
        "title": "1 Dollar",
        "year_from": "1978",
        "year_to": "1978",
        "composition": "Copper, nickel",
        "diameter_mm": "38.1",
        "weight_g": "22.68",
        "shape": "round",
        "references": "Krause# 203; KM# 5",
        "description": "Eisenhower, left",
        # and the attributes
        "opennumismat_id": "1",
        "opennumismat_type": "circulation",
        "series": "Eisenhower",
        "year": "1978",
        "material": "Copper",
        "material2": "nickel",
        "catalognum1": "203",
        "catalognum2": "KM# 5",
    }
    assert row.cells["type"].startswith("united-states-1-dollar-")


def test_the_key_of_a_type_is_what_it_was(collection):
    """Keys are stored in catalogues: they must never change from release to release."""
    collection.coin(**DOLLAR, year=1978, obverseimg=collection.photo(b"o"))
    [row] = read(collection)
    said = "united states\x1f\x1f\x1f\x1f1\x1fdollar\x1feisenhower\x1f\x1f\x1f"
    digits = hashlib.sha256(said.encode()).hexdigest()[:8]
    assert row.cells["type"] == f"united-states-1-dollar-{digits}"


def test_coins_of_several_years_are_one_type(collection):
    for year, picture in ((1978, b"a"), (1971, b"b")):
        collection.coin(
            **DOLLAR,
            title=f"1 Dollar {year}",
            year=year,
            grade="AU",
            obverseimg=collection.photo(picture),
        )
    collection.coin(**{**DOLLAR, "series": "Morgan"}, reverseimg=collection.photo(b"c"))
    cells = by_picture(read(collection))
    assert cells[b"a"]["type"] == cells[b"b"]["type"] != cells[b"c"]["type"]
    for picture, title in ((b"a", "1 Dollar 1978"), (b"b", "1 Dollar 1971")):
        assert cells[picture]["year_from"] == "1971"
        assert cells[picture]["year_to"] == "1978"
        assert cells[picture]["title"] == "United States, 1 Dollar, Eisenhower"
        assert cells[picture]["opennumismat_title"] == title
    assert cells[b"c"]["side"] == "reverse"


def test_a_shared_picture_is_one_row_with_the_details_of_both_coins(collection):
    for year in (1978, 1971):
        collection.coin(
            **DOLLAR, year=year, storage="Album 2", obverseimg=collection.photo(b"stock")
        )
    [row] = read(collection)
    assert row.cells["year"] == "1978; 1971"
    assert row.cells["storage"] == "Album 2"
    assert row.cells["opennumismat_id"] == "1; 2"


def test_the_emission_period_widens_the_years(collection):
    collection.coin(**DOLLAR, year=1975, dateemis="1971 - 1978", obverseimg=collection.photo(b"o"))
    [row] = read(collection)
    assert (row.cells["year_from"], row.cells["year_to"]) == ("1971", "1978")


@pytest.mark.parametrize(
    "url",
    ["https://en.numista.com/1340", "https://en.numista.com/catalogue/pieces1340.html"],
)
def test_a_link_to_numista_gives_the_type(collection, url):
    collection.coin(**DOLLAR, url=url, obverseimg=collection.photo(b"o"))
    [row] = read(collection)
    assert row.cells["numista_id"] == "1340"
    assert row.cells["type"] == "numista-1340"


@pytest.mark.parametrize(
    ("caption", "side"),
    [("Obverse, new light", "obverse"), ("Реверс", "reverse"), ("Avers", "obverse"),
     ("obverse and reverse", None), ("edge", None), (None, None)],
)  # fmt: skip
def test_a_further_photo_goes_in_where_its_caption_names_one_side(collection, caption, side):
    collection.coin(
        **DOLLAR,
        reverseimg=collection.photo(b"r"),
        edgeimg=collection.photo(b"edge", "obverse"),
        photo6=collection.photo(b"further", caption),
    )
    cells = by_picture(read(collection))
    assert {picture: each["side"] for picture, each in cells.items()} == (
        {b"r": "reverse"} | ({b"further": side} if side else {})
    )


def test_a_coin_without_pictures_is_told(collection):
    collection.coin(**DOLLAR, obverseimg=collection.photo(b""), reverseimg=77)
    [row] = read(collection)
    assert row.cells["image"] == "coin-1"
    assert "no picture" in row.problem


def test_what_no_coin_can_have_stays_an_attribute(collection):
    collection.coin(
        country="Elbonia",
        title="Half a mug",
        value="1/2",
        weight=0,
        diameter="big",
        year="MCM",
        obverseimg=collection.photo(b"o"),
    )
    [row] = read(collection)
    assert not row.cells.keys() & {"value", "weight_g", "diameter_mm", "year_from"}
    assert row.cells["denomination"] == "1/2"
    assert row.cells["opennumismat_value"] == "1/2"
    assert row.cells["weight"] == "0"
    assert row.cells["diameter"] == "big"
    assert row.cells["year"] == "MCM"


def test_fractions_are_rounded_to_what_the_catalogue_keeps(collection):
    collection.coin(**{**DOLLAR, "value": 1 / 3}, obverseimg=collection.photo(b"o"))
    [row] = read(collection)
    assert row.cells["value"] == "0.333333"


def test_long_notes_go_on_in_further_attributes(collection):
    note = "".join(chr(ord("a") + place % 26) for place in range(2 * TEXT_MAX_LENGTH + 5))
    collection.coin(**DOLLAR, note=note, obverseimg=collection.photo(b"o"))
    [row] = read(collection)
    assert row.cells["note"] + row.cells["note_2"] + row.cells["note_3"] == note


def test_rich_text_is_read_as_text(collection):
    html = (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0//EN"><html><head><style type="text/css">\n'
        "p, li { white-space: pre-wrap; }\n</style></head><body><p>A <b>scratch</b> &amp;</p>"
        "<p>a dent</p></body></html>"
    )
    collection.coin(**DOLLAR, note=html, obverseimg=collection.photo(b"o"))
    [row] = read(collection)
    assert row.cells["note"] == "A scratch &\na dent"


def test_tags_and_deals_are_kept(collection):
    coin = collection.coin(**DOLLAR, obverseimg=collection.photo(b"o"))
    collection.tag(coin, "type set")
    collection.tag(coin, "big")
    collection.write(
        "CREATE TABLE prices (id INTEGER PRIMARY KEY, coin_id INTEGER, action TEXT, price NUMERIC)"
    )
    for action, price in (("buy", 3.5), ("sell", 4)):
        collection.write(
            "INSERT INTO prices (coin_id, action, price) VALUES (?, ?, ?)", coin, action, price
        )
    [row] = read(collection)
    assert row.cells["tags"] == "big, type set"
    kept = {name: text for name, text in row.cells.items() if name.startswith("prices")}
    assert kept == {
        "prices_1_action": "buy",
        "prices_1_price": "3.5",
        "prices_2_action": "sell",
        "prices_2_price": "4",
    }


def test_the_collection_is_only_read(collection):
    collection.coin(**DOLLAR, obverseimg=collection.photo(b"o"))
    before = collection.path.read_bytes()
    collection.path.chmod(0o444)
    assert len(read(collection)) == 1
    assert collection.path.read_bytes() == before
    assert [each.name for each in collection.path.parent.iterdir()] == ["coins.db"]


def test_names_with_a_meaning_in_addresses_are_opened(tmp_path):
    collection = CollectionWriter(tmp_path / "my coins?mode=rwc#50%.db")
    collection.coin(**DOLLAR, obverseimg=collection.photo(b"o"))
    assert len(read(collection)) == 1


def plain_database(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE coins (id INTEGER PRIMARY KEY)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "is not a file"),
        (lambda path: path.mkdir(), "is not a file"),
        (lambda path: path.write_text("country,title\n" * 99), "not a database"),
        (lambda path: path.write_bytes(b""), "no table 'coins'"),
        (plain_database, "no table 'photos'"),
        (lambda path: CollectionWriter(path, kind="Cabinet"), "type 'Cabinet'"),
    ],
    ids=["missing", "folder", "text", "empty", "other-database", "other-program"],
)
def test_a_file_of_another_kind_is_refused(tmp_path, make, words):
    path = tmp_path / "other.db"
    make(path)
    with pytest.raises(ManifestError, match=words) as refused:
        list(OpenNumismatImporter().read(path, tmp_path))
    assert str(path) in refused.value.message
    assert refused.value.hint


def test_a_damaged_collection_is_refused(collection):
    for place in range(200):
        collection.coin(**DOLLAR, note=str(place) * 50, obverseimg=collection.photo(b"o" * 500))
    data = bytearray(collection.path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    collection.path.write_bytes(data)
    with pytest.raises(ManifestError, match="cannot be read as a collection"):
        read(collection)
