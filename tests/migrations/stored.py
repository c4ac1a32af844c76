"""Databases that earlier releases left behind, and the coins in them.

`databases/<revision>.<engine>.sql` is the catalogue of a home as `make` filled it under the release
of that revision: the coins below, imported by the pair of models below, and then changed by a
process that ended before Milvus was told, so that its outbox is not empty.

All is invented here and stays as it is: what a stored database holds must come out the same
from these functions in years to come.
"""

import csv
import hashlib
import sqlite3
import struct
from pathlib import Path
from textwrap import dedent

DATABASES = Path(__file__).with_name("databases")
ENGINES = ("sqlite", "postgresql")

TYPES = {
    "rur-crown": {
        "country": "Ruritania",
        "denomination": "1 crown",
        "currency": "Ruritanian crown",
        "value": "1",
        "title": "1 crown, Rudolf IV",
        "year_from": "1878",
        "year_to": "1902",
        "composition": "silver .900",
        "diameter_mm": "27.5",
        "weight_g": "11.1",
        "shape": "round",
        "numista_id": "N# 1",
        "references": "KM# 1; Hentzau 4",
        "credit": 'Somebody\'s "cabinet"',
        "license": "CC0",
        "mint": "Strelsau",
    },
    "rur-heller": {
        "country": "Ruritania",
        "denomination": "2 heller",
        "value": "0.02",
        "year_from": "1899",
        "diameter_mm": "19.05",
        "mint": "Zenda's mint",
    },
    "syl-dollar": {
        "country": "Syldavië 100%",
        "denomination": "½ khôr",
        "value": "0.5",
        "year_to": "1939",
    },
    "bor-tael": {"country": "Borduria", "denomination": "tæl", "references": "Plekszy"},
}
SHOTS = (("obverse", 0), ("obverse", 1), ("reverse", 0))

RENAMED = ("rur-crown", "1 crown, Rudolf the Fourth")
"""A change that Milvus was not told: the type and its new title."""
REMOVED = ("bor-tael", "obverse", 1)
"""A picture that was removed, and of which Milvus was not told."""

HOOKS = """
    from coinvec.plugin import hookimpl
    from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec

    COINVEC_API = 1


    @hookimpl
    def coinvec_preprocessors():
        return [PreprocessorSpec(name="all-of-it", target="stored_models:AllOfIt", revision="1")]


    @hookimpl
    def coinvec_encoders():
        names = {"sixteenths": ("stored_models:Sixteenths", 16), "rows": ("stored_models:Rows", 4)}
        return [
            EncoderSpec(name=name, target=target, revision="1", dim=dim)
            for name, (target, dim) in names.items()
        ]
"""
MODELS = """
    import numpy as np

    from coinvec.domain.images import Box, Crop, Ellipse


    class AllOfIt:
        def find(self, picture, *, all_coins=False):
            w, h = picture.width, picture.height
            mask = np.ones((h, w), bool)
            ellipse = Ellipse(w / 2, h / 2, w / 2, h / 2)
            return [Crop((w, h), Box(0, 0, w, h), ellipse, mask, picture.pixels, mask, 1.0)]


    class Sixteenths:
        def encode(self, crops):
            described = [self.describe(crop.cutout.mean(axis=2)) for crop in crops]
            return np.array(described, np.float32).reshape(len(crops), -1)

        def describe(self, grey):
            tiles = self.tiles(grey.reshape(4, 8, 4, 8).mean(axis=(1, 3)))
            tiles = tiles - tiles.mean() + 1e-3
            return tiles / np.linalg.norm(tiles)

        def tiles(self, tiles):
            return tiles.ravel()


    class Rows(Sixteenths):
        def tiles(self, tiles):
            return tiles @ np.array([1, -2, 3, -4])
"""
PREPROCESSOR, ENCODER, OTHER_ENCODER = "all-of-it", "sixteenths", "rows"


def install(folder):
    """Write the models as an installed distribution; the folder is to be put on the path."""
    info = folder / "stored_models-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stored-models\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[coinvec]\nstored = stored_hooks\n")
    (folder / "stored_hooks.py").write_text(dedent(HOOKS))
    (folder / "stored_models.py").write_text(dedent(MODELS))


def picture(key, side, shot, *, brighter=0):
    """A BMP of 32 × 32 pixels, 4 × 4 grey tiles; shots of one design differ a little."""
    design = hashlib.sha256(f"{key} {side}".encode()).digest()[:16]
    tiles = [min(value * 7 // 8 + 9 * shot + brighter, 255) for value in design]
    lines = [
        b"".join(bytes([tiles[4 * row + column]]) * 24 for column in range(4)) * 8
        for row in range(4)
    ]
    pixels = b"".join(reversed(lines))  # BMP begins with the lowest line
    header = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    return (
        header + struct.pack("<IiiHHIIiiII", 40, 32, 32, 1, 24, 0, len(pixels), 0, 0, 0, 0) + pixels
    )


def image_id(key, side, shot):
    return hashlib.sha256(picture(key, side, shot)).hexdigest()


def pictures():
    """What every stored database has pictures of: type, side, number of the shot."""
    every = [(key, side, shot) for key in TYPES for side, shot in SHOTS]
    return [each for each in every if each != REMOVED]


def write_manifest(folder, types=None):
    """Write the pictures and their manifest; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for key, fields in (types or TYPES).items():
        for side, shot in SHOTS:
            name = f"{key} {side} {shot}.bmp"
            (folder / name).write_bytes(picture(key, side, shot))
            rows.append({"image": name, "type": key, "side": side, **fields})
    return _write_csv(folder / "manifest.csv", rows)


def write_queries(folder, keys):
    """Write a slightly brighter picture of every side of types, as a queries file."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for key in keys:
        for side in ("obverse", "reverse"):
            name = f"query {key} {side}.bmp"
            (folder / name).write_bytes(picture(key, side, 0, brighter=3))
            rows.append({"image": name, "type": key})
    return _write_csv(folder / "queries.csv", rows)


def _write_csv(path, rows):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def script(revision, engine):
    """The stored database of a revision, as SQL."""
    return (DATABASES / f"{revision}.{engine}.sql").read_text(encoding="utf-8")


def execute(url, sql):
    """Run a script on an empty or filled database."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            connection.executescript(sql)
        finally:
            connection.close()
        return
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql)
