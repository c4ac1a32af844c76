"""Importing again what the catalogue has: lost pictures are put back."""

import hashlib
import sqlite3
from contextlib import closing

import pytest

from coinvec.services.collection import Catalogue
from coinvec.services.doctor import examine
from coinvec.services.home import Home
from coinvec.settings import Settings
from tests.tables import table


@pytest.fixture
def lost(filled):
    """Two kept pictures of the home, which are gone."""
    kept = sorted(path for path in (filled / "media").rglob("*") if path.is_file())[:2]
    for path in kept:
        path.unlink()
    return kept


def imported(home, manifest, **options):
    with Catalogue(Home.open(Settings.load(home=home, environ={}))) as coins:
        return coins.import_manifest(manifest, **options)


def findings(home):
    with Home.open(Settings.load(home=home, environ={})) as opened:
        return [(each.kind, each.count) for each in examine(opened).findings]


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_repeated_import_puts_lost_pictures_back(filled, minted, lost):
    assert findings(filled) == [("media_missing", 2)]
    assert imported(filled, minted.manifest, dry_run=True).unchanged == 24
    assert not any(path.exists() for path in lost)
    report = imported(filled, minted.manifest)
    assert (report.added, report.updated, report.unchanged, report.rejected) == (0, 0, 24, [])
    for path in lost:  # rendered: there was no location to be removed
        assert digest_of(path) == path.parent.name + path.name
    assert findings(filled) == []


def test_what_is_kept_may_be_other_bytes_than_those_that_were_lost(filled, minted, lost):
    """As where another release removed the location."""
    with closing(sqlite3.connect(filled / "catalogue.db")) as sql, sql:
        sql.execute("UPDATE coin_image SET media_digest = ?", ("0" * 64,))
    report = imported(filled, minted.manifest)
    assert (report.updated, report.unchanged) == (2, 22)
    assert findings(filled) == [("media_altered", 22)]


def test_a_rejected_row_puts_nothing_back(filled, minted, lost, tmp_path):
    rows = table(minted.manifest)
    other = tmp_path / "other.csv"
    columns = ["image", "type", "side", "country", "denomination"]
    lines = [",".join(columns)]
    for row in rows:
        row |= {"image": str(minted.manifest.parent / row["image"]), "type": "another"}
        lines.append(",".join(f'"{row[name]}"' for name in columns))
    other.write_text("\n".join(lines), encoding="utf-8")
    assert len(imported(filled, other).rejected) == 24
    assert not any(path.exists() for path in lost)
