"""CSV and JSON Lines files row by row."""

import json

import pytest

from coinvec.errors import ManifestError
from coinvec.services.rows import count_rows, read_rows

HEADER = ("image", "type")


def rows(path, required=HEADER):
    return list(read_rows(path, required=required))


def test_csv_cells_are_trimmed_and_empty_ones_are_none(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("image,type,title\n a.jpg ,x,\n\nb.jpg,y,Ü\n", encoding="utf-8")
    first, second = rows(path)
    assert dict(first.cells) == {"image": "a.jpg", "type": "x", "title": None}
    assert (first.line, second.line) == (2, 4)
    assert second.cells["title"] == "Ü"
    assert count_rows(path, required=HEADER) == 2


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    path = tmp_path / "m.csv"
    path.write_bytes(b"\xef\xbb\xbfimage,type\na,b\n")
    assert rows(path)[0].image == "a"


def test_a_row_with_too_many_or_too_few_cells_has_a_problem(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("image,type\na,b,c\nd\n")
    assert [bool(row.problem) for row in rows(path)] == [True, True]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "lacks the column 'image'"),
        (b"img,type\na,b\n", "lacks the column 'image'"),
        (b"image,type,type\n", "more than once"),
        (b"image,type\n\xff\xfe,b\n", "UTF-8"),
    ],
)
def test_an_unusable_file_is_refused_as_a_whole(tmp_path, content, words):
    path = tmp_path / "m.csv"
    path.write_bytes(content)
    with pytest.raises(ManifestError, match=words):
        rows(path)


def test_a_misspelt_column_is_named(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("imagee,type\na,b\n")
    with pytest.raises(ManifestError, match="Rename 'imagee' to 'image'"):
        rows(path)


def test_a_missing_file_and_a_directory_are_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ManifestError, match="cannot be read"):
            rows(path)


def test_json_lines(tmp_path):
    path = tmp_path / "m.jsonl"
    lines = [
        json.dumps({"image": "a", "type": "t", "value": 0.5, "year_from": 1990, "note": None}),
        "not json",
        "[1]",
        "",
        json.dumps({"image": "b", "references": ["KM# 1", "Y# 2"]}),
    ]
    path.write_text("\n".join(lines))
    first, bad, array, last = rows(path)
    assert dict(first.cells) == {
        "image": "a",
        "type": "t",
        "value": "0.5",
        "year_from": "1990",
        "note": None,
    }
    assert "not JSON" in bad.problem
    assert "not a JSON object" in array.problem
    assert (last.line, last.cells["references"]) == (5, "KM# 1; Y# 2")


def test_numbers_of_json_lines_keep_their_digits(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text('{"image": "a", "value": 0.1000000000000000055}')
    assert rows(path)[0].cells["value"] == "0.1000000000000000055"
