"""Rows read out of exports of Numista."""

import csv

import pytest

from coinvec.errors import ManifestError
from coinvec.importers.numista import NumistaImporter

# The columns that Numista offers to members who export their collection.
HEADER = [
    "Country", "Issuer", "Currency", "Face value", "Title", "Type", "Year range", "Shape",
    "Composition", "Weight", "Diameter", "Year", "Gregorian year", "Mintmark", "Quantity", "Grade",
    "Collection", "N# number", "Buying price (USD)", "Storage location", "Private comment",
]  # fmt: skip
EGYPT = {
    "Country": "Egypt",
    "Issuer": "Kingdom of Egypt",
    "Currency": "Millieme",
    "Face value": "5",
    "Title": "5 Milliemes - Fuad I",
    "Type": "Standard circulation coin",
    "Year range": "1924-1935",
    "Shape": "Scalloped",
    "Composition": "Copper-nickel",
    "Weight": "5",
    "Diameter": "21.0",
    "Year": "1352",
    "Gregorian year": "1933",
    "Mintmark": "H",
    "Quantity": "2",
    "N# number": "1234",
    "Buying price (USD)": "1.40",
}


@pytest.fixture
def export(tmp_path):
    """Writes an export beside pictures that are named after their coins."""

    def write(lines, pictures=(), *, header=HEADER, delimiter=",", encoding="utf-8"):
        path = tmp_path / "numista.csv"
        with path.open("w", newline="", encoding=encoding) as file:
            writer = csv.DictWriter(file, header, delimiter=delimiter, quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(lines)
        for name in pictures:
            (tmp_path / name).write_bytes(name.encode())
        return list(NumistaImporter().read(path, tmp_path))

    return write


def test_columns_of_a_manifest(export, tmp_path):
    [row] = export([EGYPT], ["1234-reverse.jpg"])
    assert row.picture == tmp_path / "1234-reverse.jpg"
    assert row.cells == {
        "image": "1234-reverse.jpg",
        "type": "numista-1234",
        "side": "reverse",
        "country": "Egypt",
        "denomination": "5 Milliemes",
        "currency": "Millieme",
        "value": "5",
        "title": "5 Milliemes - Fuad I",
        "composition": "Copper-nickel",
        "diameter_mm": "21",
        "weight_g": "5",
        "shape": "Scalloped",
        "numista_id": "1234",
        "year_from": "1924",
        "year_to": "1935",
        # and the attributes
        "Issuer": "Kingdom of Egypt",
        "Type": "Standard circulation coin",
        "Year range": "1924-1935",
        "Year": "1352",
        "Gregorian year": "1933",
        "Mintmark": "H",
        "Quantity": "2",
        "Buying price (USD)": "1.40",
        "Diameter": "21.0",
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_delimiters_and_byte_order_marks(export, delimiter, encoding):
    [row] = export([EGYPT], ["1234-obverse.png"], delimiter=delimiter, encoding=encoding)
    assert row.cells["type"] == "numista-1234"
    assert row.cells["country"] == "Egypt"


def test_lines_of_one_number_are_one_type(export):
    lines = [
        {**EGYPT, "Year range": "", "Gregorian year": "1933"},
        {**EGYPT, "Year range": "", "Gregorian year": "1924", "Grade": "VF", "Weight": "5.1"},
    ]
    rows = export(lines, ["1234-obverse.jpg", "1234-obverse-worn.JPG", "N1234_reverse.webp"])
    assert [row.cells["side"] for row in rows] == ["obverse", "obverse", "reverse"]
    for row in rows:
        assert (row.cells["year_from"], row.cells["year_to"]) == ("1924", "1933")
        assert row.cells["Gregorian year"] == "1933; 1924"
        assert row.cells["Grade"] == "VF"
        assert row.cells["weight_g"] == "5"
        assert row.cells["Weight"] == "5.1"


def test_pictures_of_other_coins_and_sides_are_left(export):
    others = ["12345-obverse.jpg", "1234-edge.jpg", "1234-obverse.txt", "obverse.jpg"]
    [row] = export([EGYPT], others)
    assert "no picture of it, such as 1234-obverse.jpg" in row.problem
    assert row.cells["image"] == "1234-obverse.jpg"


def test_the_column_of_numbers_with_links(export):
    header = [f"{name} (with link)" if name == "N# number" else name for name in HEADER]
    line = {**EGYPT, "N# number (with link)": "https://en.numista.com/1234"}
    del line["N# number"]
    [row] = export([line], ["1234-obverse.jpg"], header=header)
    assert row.cells["numista_id"] == "1234"


def test_a_line_without_a_number_is_told(export):
    rows = export([EGYPT, {**EGYPT, "N# number": ""}], ["1234-obverse.jpg"])
    assert [(row.cells["image"], row.problem) for row in rows] == [
        ("line 3", "it has no N# number"),
        ("1234-obverse.jpg", None),
    ]


def test_an_export_without_titles_or_countries(export):
    header = ["Issuer", "Currency", "Face value", "N# number"]
    line = {name: EGYPT[name] for name in header}
    [row] = export([line], ["1234-obverse.jpg"], header=header)
    assert row.cells["country"] == "Kingdom of Egypt"
    assert row.cells["denomination"] == "5 Millieme"


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "other.csv"
    read = NumistaImporter().read
    with pytest.raises(ManifestError, match="No such file"):
        list(read(path, tmp_path))
    path.write_text("image,type\na.jpg,b\n")
    with pytest.raises(ManifestError, match="lacks the column 'N# number'; its header is: image"):
        list(read(path, tmp_path))
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(ManifestError, match="not readable as CSV"):
        list(read(path, tmp_path))
    with pytest.raises(ManifestError, match="not a folder"):
        list(read(path, tmp_path / "nowhere"))
