"""The file of an OpenNumismat collection: its coins as texts, its pictures as bytes.

The schema is that of OpenNumismat's own source (`OpenNumismat/Collection/Collection.py`,
`CollectionFields.py`, `VersionUpdater.py`; collections of version 3 to 11): `coins` has a row for
each coin, whose `…img` and `photo…` columns hold ids in `photos`; `settings` says which program
wrote the file, `fields` how its user calls the columns.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

from coinvec.errors import ManifestError

Coin = Mapping[str, str]
"""The columns of a coin that are not empty, as texts."""

_TABLES = frozenset(("coins", "photos", "settings"))
_LISTS = {
    "prices": "SELECT * FROM prices ORDER BY id",
    "coins_paysales": "SELECT * FROM coins_paysales ORDER BY id",
}
"""What collections of version 11 and of some builds before it keep of purchases and sales."""
_RICH_TEXT = "<!DOCTYPE HTML"


class CollectionFile:
    """An opened collection.

    Args:
        connection: To the file, read-only.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tables = _tables(connection)

    def coins(self) -> list[Coin]:
        """Every coin with its tags and deals, by id; without the pictures."""
        tags, deals = self._tags(), self._deals()
        coins: list[Coin] = []
        for row in self._connection.execute("SELECT * FROM coins ORDER BY id"):
            tagged = {"tags": ", ".join(tags[row["id"]])} if row["id"] in tags else {}
            coins.append({**_texts(row), **tagged, **deals[row["id"]]})
        return coins

    def titles(self) -> dict[int, str]:
        """How the collection's user calls the columns, by number of the column."""
        if "fields" not in self._tables:
            return {}
        rows = self._connection.execute("SELECT id, title FROM fields")
        return {row["id"]: _text(row["title"]) for row in rows}

    def picture(self, photo: str) -> bytes:
        """The picture file of an id in `photos`; empty where there is none."""
        row = self._connection.execute("SELECT image FROM photos WHERE id = ?", (photo,)).fetchone()
        return row["image"] if row and isinstance(row["image"], bytes) else b""

    def digests(self) -> dict[str, str]:
        """SHA-256 of each picture that is not empty, by id in `photos`."""
        rows = self._connection.execute("SELECT id, image FROM photos")
        return {
            str(row["id"]): sha256(row["image"]).hexdigest()
            for row in rows
            if row["image"] and isinstance(row["image"], bytes)
        }

    def captions(self) -> dict[str, str]:
        """The titles that photos were given, by id in `photos`."""
        rows = self._connection.execute("SELECT id, title FROM photos")
        return {str(row["id"]): _text(row["title"]) for row in rows}

    def _tags(self) -> dict[int, list[str]]:
        tags: dict[int, list[str]] = defaultdict(list)
        if {"tags", "coins_tags"} <= self._tables:
            for row in self._connection.execute(
                "SELECT coin_id, tag FROM coins_tags JOIN tags ON tags.id = tag_id ORDER BY tag"
            ):
                tags[row["coin_id"]].append(_text(row["tag"]))
        return tags

    def _deals(self) -> dict[int, dict[str, str]]:
        """Purchases and sales by coin, each column as `table_number_column`."""
        deals: dict[int, dict[str, str]] = defaultdict(dict)
        counts: dict[tuple[str, int], int] = defaultdict(int)
        for table, query in _LISTS.items():
            if table not in self._tables:
                continue
            for row in self._connection.execute(query):
                coin = row["coin_id"]
                counts[table, coin] += 1
                deals[coin] |= {
                    f"{table}_{counts[table, coin]}_{name}": text
                    for name, text in _texts(row).items()
                    if name not in ("id", "coin_id")
                }
        return deals


@contextmanager
def open_collection(path: Path) -> Iterator[CollectionFile]:
    """Open a collection for reading; nothing is ever written to it.

    Raises:
        ManifestError: It cannot be read, or is not a collection of OpenNumismat.
    """
    if not path.is_file():
        raise ManifestError(f"{path} is not a file.", hint="Give the path of the collection's .db.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            _check(connection, path)
            yield CollectionFile(connection)
    except sqlite3.Error as error:
        raise ManifestError(
            f"{path} cannot be read as a collection of OpenNumismat: {error}.",
            hint="Give the .db file that OpenNumismat keeps, and close it there first.",
        ) from error


def _check(connection: sqlite3.Connection, path: Path) -> None:
    lacking = _TABLES - _tables(connection)
    if lacking:
        raise ManifestError(
            f"{path} is not a collection of OpenNumismat: it has no table {min(lacking)!r}.",
            hint="Give the .db file that OpenNumismat keeps; one from before 2013 must be opened "
            "once in a current OpenNumismat, which brings it up to date.",
        )
    row = connection.execute("SELECT value FROM settings WHERE title = 'Type'").fetchone()
    if row is None or row["value"] != "OpenNumismat":
        raise ManifestError(
            f"{path} is not a collection of OpenNumismat: its settings give the type "
            f"{row and row['value']!r}.",
            hint="Give the .db file that OpenNumismat keeps.",
        )


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return frozenset(row[0] for row in rows)


def _texts(row: sqlite3.Row) -> dict[str, str]:
    return {name: text for name in row.keys() if (text := _text(row[name]))}  # noqa: SIM118


def _text(value: object) -> str:
    """A cell as text, rich text without its markup; empty for blobs, which are no texts."""
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if not isinstance(value, int | str):
        return ""
    text = str(value).replace("\x00", "").strip()
    return _plain(text) if text.upper().startswith(_RICH_TEXT) else text


class _PlainText(HTMLParser):
    """Collects the text of the body, a line for each paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a new line where the markup does."""
        del attrs
        self._in_style = tag == "style"
        if tag in ("p", "br", "li"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        """Keep what people read."""
        if not self._in_style:
            self.parts.append(data.replace("\n", " "))


def _plain(html: str) -> str:
    parser = _PlainText()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts).strip()
