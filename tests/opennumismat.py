"""Writes collections with the schema of OpenNumismat, version 10."""

import sqlite3

SCHEMA = """
CREATE TABLE coins (
    id INTEGER PRIMARY KEY, title TEXT, value NUMERIC, unit TEXT, country TEXT, year INTEGER,
    period TEXT, mint TEXT, mintmark TEXT, issuedate TEXT, type TEXT, series TEXT,
    subjectshort TEXT, status TEXT, material TEXT, fineness INTEGER, shape TEXT, diameter NUMERIC,
    thickness NUMERIC, weight NUMERIC, grade TEXT, edge TEXT, edgelabel TEXT, obvrev TEXT,
    quality TEXT, mintage INTEGER, dateemis TEXT, catalognum1 TEXT, catalognum2 TEXT,
    catalognum3 TEXT, catalognum4 TEXT, rarity TEXT, price1 NUMERIC, price2 NUMERIC,
    price3 NUMERIC, price4 NUMERIC, variety TEXT, obversevar TEXT, reversevar TEXT, edgevar TEXT,
    paydate TEXT, payprice NUMERIC, totalpayprice NUMERIC, saller TEXT, payplace TEXT,
    payinfo TEXT, saledate TEXT, saleprice NUMERIC, totalsaleprice NUMERIC, buyer TEXT,
    saleplace TEXT, saleinfo TEXT, note TEXT, image INTEGER, obverseimg INTEGER,
    obversedesign TEXT, obversedesigner TEXT, reverseimg INTEGER, reversedesign TEXT,
    reversedesigner TEXT, edgeimg INTEGER, subject TEXT, photo1 INTEGER, photo2 INTEGER,
    photo3 INTEGER, photo4 INTEGER, defect TEXT, storage TEXT, features TEXT, createdat TEXT,
    updatedat TEXT, quantity INTEGER, url TEXT, barcode TEXT, ruler TEXT, region TEXT,
    obverseengraver TEXT, reverseengraver TEXT, obversecolor TEXT, reversecolor TEXT,
    varietydesc TEXT, varietyimg INTEGER, format TEXT, condition TEXT, category TEXT,
    sort_id INTEGER, emitent TEXT, signaturetype TEXT, signature TEXT, signatureimg INTEGER,
    address TEXT, latitude NUMERIC, longitude NUMERIC, photo5 INTEGER, photo6 INTEGER,
    grader TEXT, seat TEXT, native_year TEXT, composition TEXT, material2 TEXT, width NUMERIC,
    height NUMERIC, technique TEXT, modification TEXT, axis INTEGER, real_weight NUMERIC,
    real_diameter NUMERIC, rating TEXT, buying_invoice TEXT, sale_invoice TEXT
);
CREATE TABLE photos (id INTEGER PRIMARY KEY, title TEXT, image BLOB);
CREATE TABLE images (id INTEGER PRIMARY KEY, image BLOB);
CREATE TABLE settings (title CHAR NOT NULL UNIQUE, value CHAR);
CREATE TABLE fields (id INTEGER NOT NULL PRIMARY KEY, title TEXT, enabled INTEGER);
CREATE TABLE tags (
    id INTEGER NOT NULL PRIMARY KEY, tag TEXT, parent_id INTEGER, position INTEGER
);
CREATE TABLE coins_tags (coin_id INTEGER, tag_id INTEGER);
"""

PICTURES = frozenset(("image", "obverseimg", "reverseimg", "edgeimg", "varietyimg", "signatureimg",
                      *(f"photo{place}" for place in range(1, 7))))  # fmt: skip

# The catalogue columns have these numbers in `fields`, and these titles until renamed.
CATALOGUE_TITLES = {27: "Krause#", 28: "2#", 29: "3#", 30: "4#"}


class CollectionWriter:
    """A collection that is being written; `path` is its file."""

    def __init__(self, path, *, kind="OpenNumismat"):
        self.path = path
        connection = sqlite3.connect(path)
        connection.executescript(SCHEMA)
        connection.close()
        self.write("INSERT INTO settings VALUES ('Type', ?), ('Version', '10')", kind)
        for place, title in CATALOGUE_TITLES.items():
            self.write("INSERT INTO fields VALUES (?, ?, 1)", place, title)

    def write(self, statement, *values):
        connection = sqlite3.connect(self.path)
        with connection:
            row = connection.execute(statement, values).lastrowid
        connection.close()
        return row

    def columns(self, kind):
        """The columns of coins of an SQL type, those for pictures left out."""
        connection = sqlite3.connect(self.path)
        found = connection.execute("SELECT name, type FROM pragma_table_info('coins')").fetchall()
        connection.close()
        return [name for name, sql in found if sql == kind and name not in {"id", *PICTURES}]

    def photo(self, picture, title=None):
        """Add a picture; its id."""
        return self.write("INSERT INTO photos (title, image) VALUES (?, ?)", title, picture)

    def coin(self, **columns):
        """Add a coin; its id."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        return self.write(f"INSERT INTO coins ({names}) VALUES ({marks})", *columns.values())

    def tag(self, coin, text):
        self.write(
            "INSERT INTO coins_tags VALUES (?, ?)",
            coin,
            self.write("INSERT INTO tags (tag) VALUES (?)", text),
        )

    def pictures(self, *coins):
        """The pictures of both sides of coins."""
        connection = sqlite3.connect(self.path)
        found = [
            image
            for coin in coins
            for (image,) in connection.execute(
                "SELECT photos.image FROM coins, photos"
                " WHERE photos.id IN (obverseimg, reverseimg) AND coins.id = ?",
                (coin,),
            )
        ]
        connection.close()
        return found
