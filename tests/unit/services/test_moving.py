"""Backup and restore, export: counts, hashes, hostile files, interruptions."""

import csv
import hashlib
import io
import json
import tarfile
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coinvec.catalogue import schema, transfer
from coinvec.domain.coins import CoinType
from coinvec.domain.predicates import ColumnRef, Comparison, Op
from coinvec.errors import HomeError, InputError, SchemaError
from coinvec.services.archive import Header
from coinvec.services.archive_writer import BackupWriter
from coinvec.services.backup import write_backup
from coinvec.services.export import Exporter, ExportFormat
from coinvec.services.home import Home
from coinvec.services.manifest import read_coin, read_design, read_image_details, read_manifest
from coinvec.services.restore import check_backup, restore_backup
from tests.moving import DIM, FILE_SETTINGS, Moved, files_in, settings_for, sqlite_rows
from tests.strategies import matches

HEADER = {
    "format": "coinvec-backup",
    "version": 1,
    "revision": schema.head(),
    "release": "0.1.0",
    "created_at": "2026-01-01T00:00:00+00:00",
    "settings": {},
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    home = tmp_path_factory.mktemp("moved") / "home"
    home.mkdir()
    (home / "coinvec.toml").write_text(FILE_SETTINGS)
    return Moved(settings_for(home))


@pytest.fixture(scope="module")
def backup(moved, tmp_path_factory):
    file = tmp_path_factory.mktemp("backup") / "home.tar"
    with Home.open(moved.settings) as home:
        write_backup(home, file)
    return file


class StoppedError(Exception):
    pass


def stop_at(step):
    def progress(done, total):
        if done >= step * total:
            raise StoppedError

    return progress


# --- backup and restore ----------------------------------------------------------------------


def test_a_home_comes_back_whole(moved, backup, tmp_path):
    target = settings_for(tmp_path / "new")
    restore_backup(target, check_backup(backup))
    moved.check(target)
    before, after = (sqlite_rows(each.home / "catalogue.db") for each in (moved.settings, target))
    assert before == after
    assert len(after["coin_image"]) == len(moved.records) > 10
    restored = settings_for(tmp_path / "new")
    assert (restored.max_pixels, restored.plugins) == (12_345_678, ())


def test_the_manifest_counts_and_hashes_what_tar_finds(moved, backup):
    with tarfile.open(backup) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    manifest = json.loads(members.pop("manifest.json"))
    media = {name: data for name, data in members.items() if name.startswith("media/")}
    digest = hashlib.sha256()
    for name, data in media.items():
        digest.update(f"{name}\n{len(data)}\n".encode() + data)
    assert manifest["media"] == {
        "count": sum(record.image.has_media for record in moved.records),
        "size": sum(map(len, media.values())),
        "sha256": digest.hexdigest(),
    }
    assert manifest["tables"]["coin_image"]["count"] == len(moved.records)
    assert manifest["tables"]["catalogue_reference"]["count"] == sum(
        len(coin.references) for coin in {r.coin.key: r.coin for r in moved.records}.values()
    )
    assert not any(b"secret" in data or b"sqlite" in data for data in members.values())


def test_backing_up_again_gives_the_same_content(moved, backup, tmp_path):
    restore_backup(settings_for(tmp_path / "new"), check_backup(backup))
    with Home.open(settings_for(tmp_path / "new")) as home:
        again = write_backup(home, tmp_path / "again.tar").manifest
    first = check_backup(backup).manifest
    assert (again.tables, again.media, again.missing) == (first.tables, first.media, first.missing)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_any_byte_altered_is_refused(backup, tmp_path, data):
    content = bytearray(backup.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    altered = tmp_path / "altered.tar"
    altered.write_bytes(content)
    with pytest.raises((InputError, SchemaError)):
        check_backup(altered)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_torn_file_is_refused(backup, tmp_path, data):
    content = backup.read_bytes()
    # Most tears that could look whole are at the ends of blocks.
    blocks = st.integers(0, len(content) // 512 - 1).map(lambda block: block * 512)
    length = data.draw(blocks | st.integers(0, len(content) - 1))
    torn = tmp_path / "torn.tar"
    torn.write_bytes(content[:length])
    with pytest.raises(InputError, match="not a whole backup") as caught:
        check_backup(torn)
    assert "Nothing was restored" in caught.value.hint


def test_bytes_after_the_end_are_refused(backup, tmp_path):
    longer = tmp_path / "longer.tar"
    longer.write_bytes(backup.read_bytes() + bytes(10_240))
    with pytest.raises(InputError, match="end"):
        check_backup(longer)


def tar_of(path, *members):
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content, kind in members:
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, len(content)
            member.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../evil", tarfile.REGTYPE),
        ("/etc/evil", tarfile.REGTYPE),
        ("media/../../evil", tarfile.REGTYPE),
        (f"media/ab/{'c' * 61}/", tarfile.REGTYPE),
        (f"media/ab/{'c' * 62}", tarfile.SYMTYPE),
        (f"media/ab/{'c' * 62}", tarfile.LNKTYPE),
        (f"media/ab/{'c' * 62}", tarfile.DIRTYPE),
        (f"media/ab/{'c' * 62}\n", tarfile.REGTYPE),
        ("tables/../x/000001.jsonl", tarfile.REGTYPE),
        ("coinvec.toml", tarfile.REGTYPE),
    ],
)
def test_path_tricks_are_refused(tmp_path, name, kind):
    header = ("backup.json", json.dumps(HEADER).encode(), tarfile.REGTYPE)
    content = b"x" if kind == tarfile.REGTYPE else b""
    path = tar_of(tmp_path / "trick.tar", header, (name, content, kind))
    with pytest.raises(InputError, match="not a whole backup"):
        check_backup(path)
    assert [each.name for each in files_in(tmp_path)] == ["trick.tar"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00" * 10_240, b"x" * 20_480])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a whole backup"):
        check_backup(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.tar", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            check_backup(path)


@pytest.mark.parametrize(
    ("change", "told"), [({"version": 2}, "version 2"), ({"revision": "9999"}, "9999")]
)
def test_a_backup_of_a_later_release_is_refused(tmp_path, change, told):
    header = json.dumps(HEADER | change).encode()
    path = tar_of(tmp_path / "later.tar", ("backup.json", header, tarfile.REGTYPE))
    with pytest.raises(SchemaError, match=told) as caught:
        check_backup(path)
    assert "pip install --upgrade coinvec" in caught.value.hint


def test_a_home_in_use_is_left_alone(moved, backup):
    before = {path: path.read_bytes() for path in files_in(moved.settings.home / "media")}
    rows = sqlite_rows(moved.settings.home / "catalogue.db")
    with pytest.raises(HomeError, match="holds a catalogue already"):
        restore_backup(moved.settings, check_backup(backup))
    assert sqlite_rows(moved.settings.home / "catalogue.db") == rows
    assert {path: path.read_bytes() for path in files_in(moved.settings.home / "media")} == before


def test_vectors_of_another_home_are_left_alone(moved, backup, tmp_path):
    shared = settings_for(tmp_path / "new", milvus_uri=moved.settings.milvus_uri)
    with pytest.raises(HomeError, match="of another home"):
        restore_backup(shared, check_backup(backup))
    assert transfer.is_empty(shared.database_url)


def test_a_settings_file_of_the_new_home_stays(backup, tmp_path):
    home = tmp_path / "new"
    home.mkdir()
    (home / "coinvec.toml").write_text("max_pixels = 99\n")
    restore_backup(settings_for(home), check_backup(backup))
    assert (home / "coinvec.toml").read_text() == "max_pixels = 99\n"


@pytest.mark.parametrize("step", [0.0, 0.6, 1.0])
def test_an_interrupted_backup_leaves_the_file_before(moved, tmp_path, step):
    file = tmp_path / "home.tar"
    file.write_bytes(b"the one before")
    with Home.open(moved.settings) as home, pytest.raises(StoppedError):
        write_backup(home, file, progress=stop_at(step))
    assert files_in(tmp_path) == [file]
    assert file.read_bytes() == b"the one before"


@pytest.mark.parametrize("step", [0.0, 0.4, 0.9, 1.0])
def test_an_interrupted_restore_leaves_nothing_and_can_be_repeated(moved, backup, tmp_path, step):
    target = settings_for(tmp_path / "new")
    checked = check_backup(backup)
    with pytest.raises(StoppedError):
        restore_backup(target, checked, progress=stop_at(step))
    assert transfer.is_empty(target.database_url)
    assert files_in(target.home / "media") == []
    restore_backup(target, checked)
    moved.check(target)


def test_pictures_that_are_lost_or_altered_are_left_out_and_told(tmp_path):
    moved = Moved(settings_for(tmp_path / "home"), n_types=2)
    with Home.open(moved.settings) as home:
        kept = [record.image.id for record in moved.records if record.image.has_media]
        home.media.delete(kept[0])
        altered = home.media.location(kept[1])
        with Path(altered).open("ab") as stream:
            stream.write(b"!")
        report = write_backup(home, tmp_path / "home.tar")
    assert sorted(report.manifest.missing) == sorted(kept[:2])
    target = settings_for(tmp_path / "new")
    restore_backup(target, check_backup(tmp_path / "home.tar"))
    with Home.open(target) as home:
        assert list(home.media.ids()) == sorted(kept[2:])
        assert home.catalogue.image_ids(None) == sorted(r.image.id for r in moved.records)


def test_a_backup_of_an_earlier_release_is_upgraded(tmp_path):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    schema.upgrade(url, "0001")
    parts = [
        transfer.TablePart("issuer", ["id", "name"], [[7, "Utopia"]]),
        transfer.TablePart("denomination", ["id", "name"], [[3, "1 crown"]]),
        transfer.TablePart(
            "coin_type",
            ["id", "key", "issuer_id", "denomination_id", "currency_id", "value", "title",
             "composition", "diameter_mm", "weight_g", "shape", "numista_id", "reference_text"],
            [[1, "k", 7, 3, None, 500_000, "t", None, 21.5, None, None, None, None]],
        ),
        transfer.TablePart(
            "generation",
            ["id", "preprocessor_name", "preprocessor_revision", "encoder_name",
             "encoder_revision", "metric", "dim", "collection", "state", "created_at"],
            [[1, "p", "1", "e", "1", "cosine", 4, "c", "live", "2026-01-02T03:04:05+00:00"]],
        ),
    ]  # fmt: skip
    with transfer.loading(url) as loader:
        for part in parts:
            loader.add(part)
    with transfer.reading(url) as snapshot, (tmp_path / "old.tar").open("wb") as stream:
        writer = BackupWriter(stream, Header(snapshot.revision, "0.0.1", "", {}))
        for table in snapshot.counts():
            writer.add_table(table)
        for part in snapshot.parts():
            writer.add_rows(part)
        writer.close([])
    target = settings_for(tmp_path / "new")
    restore_backup(target, check_backup(tmp_path / "old.tar"))
    assert schema.current(target.database_url) == schema.head()
    with Home.open(target) as home:
        [coin] = home.catalogue.coin_types(["k"]).values()
        assert coin == CoinType(
            "k", "Utopia", "1 crown", value=Decimal("0.5"), title="t", diameter_mm=21.5
        )
        assert home.live.created_at.isoformat() == "2026-01-02T03:04:05+00:00"


# --- export ----------------------------------------------------------------------------------


def is_plain(record):
    """Whether an import, which strips cells, can say all of a record."""
    coin, image = record.coin, record.image
    texts = [coin.country, coin.denomination, coin.currency, coin.title, coin.composition]
    texts += [coin.shape, coin.numista_id, *coin.references, image.description, image.credit]
    texts += [image.license, *image.attributes, *image.attributes.values()]
    return all(text is None or text == text.strip() for text in texts)


def understood(file):
    """Coin, design and image details by image cell, as an import reads them."""
    return {
        row.image: (
            read_coin(row.cells),
            read_design(row.cells),
            read_image_details(row.cells),
        )
        for row in read_manifest(file)
        if row.image
    }


def said(record):
    image = record.image
    details = {name: getattr(image, name) for name in ("description", "credit", "license")}
    return record.coin, record.design, details | {"attributes": dict(image.attributes)}


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.JSONL])
def test_a_manifest_says_all_an_import_can_read(moved, tmp_path, form):
    file, pictures = tmp_path / f"out.{form}", tmp_path / "pictures"
    with Home.open(moved.settings) as home:
        report = Exporter(home, images=pictures).to_file(file, form)
    assert report.rows == len(moved.records)
    assert report.without_picture == [r.image.id for r in moved.records if not r.image.has_media]
    by_id = {record.image.id: record for record in moved.records}
    found = {cell.split("/")[2]: (cell, meaning) for cell, meaning in understood(file).items()}
    assert found.keys() == {each for each, record in by_id.items() if record.image.has_media}
    plain = [image_id for image_id in found if is_plain(by_id[image_id])]
    assert len(plain) > 5
    for image_id in plain:
        assert found[image_id][1] == said(by_id[image_id])
    for image_id, (cell, _) in found.items():
        digest = hashlib.sha256((tmp_path / cell).read_bytes()).hexdigest()
        assert digest == by_id[image_id].image.media_digest


def test_rows_come_by_type_side_and_design_and_only_those_asked_for(moved, tmp_path):
    where = Comparison(ColumnRef("side"), Op.EQ, "obverse")
    out = io.StringIO()
    with Home.open(moved.settings) as home:
        Exporter(home, where=where).to_stream(out, ExportFormat.CSV)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    keys = [(row["type"], row["side"], row["design"]) for row in rows]
    expected = [record for record in moved.records if matches(where, record)]
    assert sorted(keys) == sorted((r.coin.key, "obverse", r.design.key) for r in expected)
    designs = ["/".join(key) for key in keys]
    assert designs == sorted(designs)


def test_parquet_holds_the_embeddings(moved, tmp_path):
    file = tmp_path / "coins.parquet"
    with Home.open(moved.settings) as home:
        Exporter(home).to_file(file, ExportFormat.PARQUET)
    table = pyarrow.parquet.read_table(file)
    assert table.schema.metadata[b"coinvec.generation"] == b"p@1+e@8/cosine/8"
    rows = {row["image_id"]: row for row in table.to_pylist()}
    assert rows.keys() == {record.image.id for record in moved.records}
    for record in moved.records:
        row = rows[record.image.id]
        assert np.array_equal(np.float32(row["embedding"]), moved.vectors[DIM][record.image.id])
        assert (row["value"], row["year_from"]) == (record.coin.value, record.design.years.first)
        assert dict(row["attributes"]) == dict(record.image.attributes)


def test_an_export_that_fails_leaves_no_file(moved, tmp_path):
    with Home.open(moved.settings) as home, pytest.raises(StoppedError):
        Exporter(home, progress=stop_at(0)).to_file(tmp_path / "out.csv", ExportFormat.CSV)
    assert files_in(tmp_path) == []
    with Home.open(moved.settings) as home, pytest.raises(InputError, match="cannot be written"):
        Exporter(home).to_file(tmp_path / "none" / "out.csv", ExportFormat.CSV)


# --- the commands ----------------------------------------------------------------------------


def test_the_commands_end_as_documented(coinvec, moved, backup, tmp_path):
    new = ["--home", tmp_path / "new"]
    assert coinvec(*new, "restore", backup).status == 0
    assert coinvec(*new, "restore", backup).status == 4
    torn = tmp_path / "torn.tar"
    torn.write_bytes(backup.read_bytes()[:5_000])
    assert coinvec("--home", tmp_path / "third", "restore", torn).status == 3
    assert not (tmp_path / "third").exists()
    done = coinvec(*new, "backup", tmp_path / "again.tar")
    assert (done.status, done.out) == (0, "")
    assert f"{len(moved.records)} images" in done.err
    assert coinvec(*new, "backup", tmp_path / "none" / "again.tar").status == 3
    listed = coinvec(*new, "export", "--where", "side = 'reverse'")
    reverses = [record for record in moved.records if record.design.side == "reverse"]
    assert len(list(csv.DictReader(io.StringIO(listed.out)))) == len(reverses)
    assert coinvec(*new, "export", "--format", "parquet").status == 2


def test_a_backup_without_all_pictures_ends_with_status_1(coinvec, tmp_path):
    moved = Moved(settings_for(tmp_path / "home"), n_types=1)
    with Home.open(moved.settings) as home:
        lost = next(record.image.id for record in moved.records if record.image.has_media)
        home.media.delete(lost)
    done = coinvec("--home", moved.settings.home, "backup", tmp_path / "home.tar")
    assert done.status == 1
    assert lost in done.err
    assert asdict(check_backup(tmp_path / "home.tar").manifest)["missing"] == [lost]
