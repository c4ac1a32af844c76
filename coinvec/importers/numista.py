"""Collections exported from Numista as CSV, with the pictures in a folder beside."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from coinvec.domain.coins import Side
from coinvec.errors import ManifestError
from coinvec.importers.details import joined, number
from coinvec.plugin.protocols import ImportedRow

Line = Mapping[str, str]
"""The cells of a line that are not empty, by column."""

NUMBER = "N# number"

_PICTURE = re.compile(
    r"N?#?\s?(\d+)[-_ ](obverse|reverse)(?:[-_ ].*)?"
    r"\.(?:jpe?g|png|webp|tiff?|bmp|gif|hei[cf]|avif)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(-?\d{1,4})(?:\s*[-–—]\s*(\d{1,4}))?")
_MAPPED = {
    NUMBER: "numista_id",
    "Country": "country",
    "Currency": "currency",
    "Title": "title",
    "Composition": "composition",
    "Shape": "shape",
    "Diameter": "diameter_mm",
    "Weight": "weight_g",
    "Face value": "value",
    "Reference": "references",
    "References": "references",
}
"""The manifest column that each of these columns goes to."""
_NUMBERS = ("diameter_mm", "weight_g", "value")


class NumistaImporter:
    """Reads the CSV that Numista exports of a collection, in English.

    The lines of one Numista number become one type. Numista exports no pictures: those named
    `NUMBER-obverse….jpg` and `NUMBER-reverse….jpg` in the folder of pictures are taken.
    """

    def read(self, path: Path, pictures: Path) -> Iterator[ImportedRow]:
        """Read an export; see `coinvec.plugin.protocols.Importer.read`.

        Args:
            path: The export.
            pictures: The folder of the pictures.

        Raises:
            ManifestError: The file is not such an export, or there is no such folder.
        """
        photos = _photos(pictures)
        lines_of: dict[str, list[Line]] = defaultdict(list)
        for place, line in _lines(path):
            found = re.search(r"\d+", line.get(NUMBER, ""))
            if found:
                lines_of[found[0]].append(line)
            else:
                yield ImportedRow({"image": f"line {place}"}, problem=f"it has no {NUMBER}")
        for found_number, lines in lines_of.items():
            yield from _rows(found_number, lines, photos.get(found_number, ()), pictures)


def _rows(
    numista_id: str, lines: Sequence[Line], photos: Sequence[tuple[Side, Path]], folder: Path
) -> Iterator[ImportedRow]:
    cells = _cells(numista_id, lines)
    if not photos:
        wanted = f"{numista_id}-obverse.jpg"
        yield ImportedRow(
            {**cells, "image": wanted}, problem=f"{folder} has no picture of it, such as {wanted}"
        )
    for side, picture in photos:
        yield ImportedRow({**cells, "image": picture.name, "side": side.value}, picture)


def _cells(numista_id: str, lines: Sequence[Line]) -> dict[str, str | None]:
    """What the lines of one type say together; where they differ, the first says it."""
    cells: dict[str, str] = {}
    for line in lines:
        cells = {**_mapped(line), **cells}
    cells |= {"numista_id": numista_id, "type": f"numista-{numista_id}", **_years(lines)}
    details = joined(
        {name: text for name, text in line.items() if cells.get(_MAPPED.get(name, "")) != text}
        for line in lines
    )
    return {**details, **cells}


def _mapped(line: Line) -> dict[str, str]:
    cells = {name: line[column] for column, name in _MAPPED.items() if column in line}
    for name in _NUMBERS:
        cells[name] = number(cells.get(name, ""), zero=name == "value") or ""
    cells.setdefault("country", line.get("Issuer", ""))
    # Numista's titles begin with the denomination: "5 Milliemes - Fuad I".
    face = " ".join(filter(None, (line.get("Face value"), line.get("Currency"))))
    cells["denomination"] = line.get("Title", "").split(" - ")[0] or face
    return {name: text for name, text in cells.items() if text}


def _years(lines: Sequence[Line]) -> dict[str, str]:
    """The years of the type; where the export has no range, the years of the coins."""
    texts = [line.get("Year range") or line.get("Gregorian year") for line in lines]
    found = [match for text in texts if text and (match := _RANGE.fullmatch(text))]
    years = [int(year) for match in found for year in match.groups() if year]
    return {"year_from": str(min(years)), "year_to": str(max(years))} if years else {}


def _photos(folder: Path) -> dict[str, list[tuple[Side, Path]]]:
    """The pictures of a folder by Numista number, in order of their names."""
    if not folder.is_dir():
        raise ManifestError(
            f"{folder} is not a folder of pictures.", hint="Name the folder with --pictures."
        )
    photos: dict[str, list[tuple[Side, Path]]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if named := _PICTURE.fullmatch(path.name):
            photos[named[1]].append((Side.parse(named[2]), path))
    return photos


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            reader = csv.DictReader(file, delimiter=delimiter, restkey="", restval="")
            header = reader.fieldnames or ()
            _check_header(header, path)
            reader.fieldnames = [NUMBER if _is_number(name) else name for name in header]
            for line in reader:
                cells = {name: text.strip() for name, text in line.items() if name}
                yield reader.line_num, {name: text for name, text in cells.items() if text}
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be read: {error.strerror or error}.", hint="Give the path of the CSV."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ManifestError(
            f"{path} is not readable as CSV in UTF-8: {error}.",
            hint="Export it from Numista as CSV, not as a spreadsheet.",
        ) from error


def _check_header(header: Sequence[str], path: Path) -> None:
    if not any(map(_is_number, header)):
        raise ManifestError(
            f"{path} is not an export of Numista: it lacks the column {NUMBER!r}; its header is: "
            f"{', '.join(header) or 'empty'}.",
            hint=f"Export the collection in English, with the column {NUMBER!r} chosen.",
        )


def _is_number(column: str) -> bool:
    """Whether this is the column of Numista numbers, or that of numbers with links."""
    return column.startswith(NUMBER)
