"""The starter catalogue: what its file holds, where it is taken in, and what becomes of it."""

import csv
import json
import shutil
import sys
from dataclasses import replace
from decimal import Decimal
from textwrap import dedent

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coinvec.errors import InputError, PluginError
from coinvec.services.backup import write_backup
from coinvec.services.collection import Catalogue
from coinvec.services.doctor import examine
from coinvec.services.export import Exporter, ExportFormat
from coinvec.services.home import Home
from coinvec.services.restore import check_backup, restore_backup
from coinvec.services.starter import add_starter, find_starter
from coinvec.services.starter_build import build_starter
from coinvec.services.starter_file import read_starter, write_starter
from coinvec.settings import Settings
from tests.twin import install, paint

TYPES, IMAGES = 6, 12
TILES = {"COINVEC_PLUGINS": "twin", "COINVEC_PREPROCESSOR": "whole", "COINVEC_ENCODER": "tiles"}
STRIP = TILES | {"COINVEC_ENCODER": "strip"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The tests' own models, installed."""
    folder = install(tmp_path_factory.mktemp("twin") / "site")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return paint(tmp_path_factory.mktemp("painted") / "pictures", types=TYPES, pictures=2)


@pytest.fixture(scope="module")
def starter(site, manifest):
    """The painted coins as a starter catalogue of `tiles`."""
    made, report = build_starter(Settings.load(environ=TILES), manifest)
    assert (report.added, report.rejected) == (IMAGES, [])
    return made


@pytest.fixture
def settings(site, tmp_path):
    return Settings.load(home=tmp_path / "home", environ=TILES)


@pytest.fixture
def tiles(site, monkeypatch):
    """The models of the environment."""
    for name, value in TILES.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def place(settings, starter):
    """A home with the starter catalogue and nothing else; the settings name no models."""
    with Home.create(settings) as home:
        report = add_starter(home, starter)
    assert (report.added, report.embedded, report.unchanged) == (IMAGES, 0, 0)
    return replace(settings, preprocessor=None, encoder=None)


@pytest.fixture
def started(place):
    """That home, opened."""
    with opened(place) as coins:
        yield coins


def opened(place):
    return Catalogue(Home.open(place))


def diagnosed(place):
    with Home.open(place) as home:
        return examine(home)


def pictures(manifest):
    with manifest.open(encoding="utf-8") as file:
        return [(manifest.parent / row["image"], row["type"]) for row in csv.DictReader(file)]


def file_of(starter, folder):
    path = folder / "starter.parquet"
    write_starter(path, starter)
    return path


# --- the file --------------------------------------------------------------------------------


def test_a_file_gives_back_what_was_written(starter, tmp_path):
    rich = replace(
        starter.records[0].coin,
        value=Decimal("0.10"),
        diameter_mm=21.25,
        references=("KM# 1", "Y# 2"),
    )
    records = [
        replace(each, coin=rich) if each.coin.key == rich.key else each for each in starter.records
    ]
    data = file_of(replace(starter, records=records), tmp_path).read_bytes()
    back = read_starter(data, "starter.parquet")
    assert back.generation == starter.generation
    assert [each.coin for each in back.records] == [each.coin for each in records]
    assert [each.image for each in back.records] == [each.image for each in records]
    np.testing.assert_allclose(np.linalg.norm(back.vectors, axis=1), 1, atol=1e-6)


def test_float16_hardly_moves_a_similarity(starter, tmp_path):
    """A component of 1/8 is off by 2**-15 at most, so 64 of them by some 1e-4 at the very worst."""
    vectors = np.random.default_rng(5).normal(size=(IMAGES, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    data = file_of(replace(starter, vectors=vectors), tmp_path).read_bytes()
    back = read_starter(data, "").vectors
    assert np.abs(back @ back.T - vectors @ vectors.T).max() < 2e-4


def altered(data, change):
    table = pq.read_table(pa.BufferReader(data))
    sink = pa.BufferOutputStream()
    pq.write_table(change(table), sink)
    return sink.getvalue().to_pybytes()


def with_about(table, **about):
    known = json.loads(table.schema.metadata[b"coinvec.starter"])
    return table.replace_schema_metadata({"coinvec.starter": json.dumps(known | about)})


def shrunk(table):
    place = table.column_names.index("embedding")
    halves = pa.FixedSizeListArray.from_arrays(
        pa.array(np.full(64 * len(table), 0.05, np.float16)), 64
    )
    return table.set_column(place, "embedding", halves)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.replace_schema_metadata({}),
        lambda table: table.drop_columns(["country"]),
        lambda table: table.drop_columns(["embedding"]),
        lambda table: with_about(table, version=2),
        lambda table: with_about(table, dim=32),
        lambda table: with_about(table, encoder="tiles"),
        lambda table: with_about(table, metric="hamming"),
        lambda table: table.set_column(1, "type", pa.array(["a/b"] * len(table))),
        shrunk,
    ],
)
def test_a_file_that_is_no_starter_catalogue_is_refused(starter, tmp_path, change):
    data = file_of(starter, tmp_path).read_bytes()
    with pytest.raises(InputError, match=r"odd\.parquet"):
        read_starter(altered(data, change), "odd.parquet")


@pytest.mark.parametrize("data", [b"", b"image,type\n", b"PAR1" + b"\0" * 40 + b"PAR1"])
def test_bytes_that_are_no_parquet_are_refused(data):
    with pytest.raises(InputError, match="coinvec starter build"):
        read_starter(data, "odd.parquet")


def test_a_torn_file_is_refused(starter, tmp_path):
    data = file_of(starter, tmp_path).read_bytes()
    with pytest.raises(InputError):
        read_starter(data[: len(data) // 2], "torn.parquet")


# --- taking it in ----------------------------------------------------------------------------


def test_its_coins_are_found_and_have_no_picture(started, manifest):
    for photo, key in pictures(manifest):
        result = started.search(photo, k=1)
        assert result.hits[0].type == key
        assert result.hits[0].similarity == pytest.approx(1, abs=1e-3)
        assert result.hits[0].image_location is None


def test_taking_it_in_again_changes_nothing(started, starter):
    before = started.home.catalogue.records(started.home.catalogue.image_ids(None))
    report = add_starter(started.home, starter)
    assert (report.added, report.embedded, report.unchanged) == (0, 0, IMAGES)
    after = started.home.catalogue.records(started.home.catalogue.image_ids(None))
    assert after == before


def test_what_the_home_says_of_its_coins_stays(settings, starter, manifest):
    with Catalogue(Home.create(settings)) as coins:
        coins.import_manifest(manifest)
        coins.edit("t003", title="My own", year_from="1960")
        [removed, kept] = [record.image.id for record in coins.show("t003")]
        coins.remove(images=[removed])
        report = add_starter(coins.home, starter)
        assert (report.added, report.unchanged) == (1, IMAGES - 1)
        shown = {record.image.id: record for record in coins.show("t003")}
        assert {each.coin.title for each in shown.values()} == {"My own"}
        assert {each.design.years.first for each in shown.values()} == {1960}
        assert [shown[each].image.has_media for each in (removed, kept)] == [False, True]


def test_other_models_are_refused_before_a_home_is_made(
    coinvec, tiles, starter, tmp_path, monkeypatch
):
    file = file_of(starter, tmp_path)
    monkeypatch.setenv("COINVEC_ENCODER", "strip")
    refused = coinvec("init", "--starter", file)
    assert refused.status == 4
    assert "tiles@1" in refused.err
    assert "coinvec starter build MANIFEST FILE" in refused.err
    assert not (tmp_path / "home").exists()
    assert coinvec("init").status == 0
    assert coinvec("init", "--starter", file).status == 4
    assert coinvec("list", "--format", "json").json == []


# --- the encoder's own -----------------------------------------------------------------------

CARRIER = """
    from coinvec.plugin import hookimpl
    from coinvec.plugin.specs import EncoderSpec

    COINVEC_API = 1


    @hookimpl
    def coinvec_encoders():
        return [
            EncoderSpec(
                name=name, target="twin_models:Tiles", revision="1", dim=64,
                starter="carrier_data:" + file,
            )
            for name, file in (("carrying", "coins.parquet"), ("boasting", "none.parquet"))
        ]
"""


@pytest.fixture
def carrier(site, manifest, tmp_path, monkeypatch):
    """A distribution whose encoder carries a starter catalogue."""
    folder = tmp_path / "site"
    info = folder / "carrier-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[coinvec]\ncarrier = carrier_hooks\n")
    (folder / "carrier_hooks.py").write_text(dedent(CARRIER))
    (folder / "carrier_data").mkdir()
    (folder / "carrier_data" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(folder))
    environ = TILES | {"COINVEC_PLUGINS": "twin,carrier", "COINVEC_ENCODER": "carrying"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    made, _ = build_starter(Settings.load(), manifest)
    write_starter(folder / "carrier_data" / "coins.parquet", made)
    return folder


def test_an_encoder_carries_its_own(coinvec, carrier, manifest):
    done = coinvec("init", "--starter")
    assert done.status == 0, done.err
    assert f"{IMAGES} images added" in done.err
    photo, key = pictures(manifest)[5]
    [hit] = coinvec("search", "--image", photo, "-k", 1, "--format", "json").json["hits"]
    assert (hit["type"], hit["image"]) == (key, None)
    again = coinvec("init", "--starter")
    assert (again.status, f"{IMAGES} unchanged" in again.err) == (0, True)


def test_an_encoder_without_one_says_what_to_type(coinvec, carrier, tmp_path, monkeypatch):
    monkeypatch.setenv("COINVEC_ENCODER", "tiles")
    refused = coinvec("init", "--starter")
    assert refused.status == 4
    assert "'tiles' comes without a starter catalogue" in refused.err
    assert not (tmp_path / "home").exists()


def test_a_promise_that_is_not_kept_is_told(coinvec, carrier, monkeypatch):
    monkeypatch.setenv("COINVEC_ENCODER", "boasting")
    refused = coinvec("init", "--starter")
    assert refused.status == 4
    assert "carrier_data:none.parquet cannot be read" in refused.err


def test_a_home_keeps_the_encoder_it_has(carrier, manifest, tmp_path):
    """Its starter catalogue is that of its encoder, whatever a new home would get."""
    Home.create(Settings.load(environ=TILES | {"COINVEC_HOME": str(tmp_path / "home")})).close()
    with pytest.raises(PluginError, match="'tiles' comes without"):
        find_starter(Settings.load(home=tmp_path / "home"))


def test_a_missing_file_is_bad_input(coinvec, tiles, tmp_path):
    refused = coinvec("init", "--starter", tmp_path / "none.parquet")
    assert refused.status == 3
    assert "none.parquet cannot be read" in refused.err


# --- what becomes of it ----------------------------------------------------------------------


def test_importing_the_very_picture_attaches_it(place, manifest):
    with opened(place) as coins:
        media, ids = coins.home.media, coins.home.catalogue.image_ids(None)
        dry = coins.import_manifest(manifest, dry_run=True)
        assert (dry.added, dry.updated, dry.unchanged) == (0, IMAGES, 0)
        assert not any(map(media.exists, ids))
        report = coins.import_manifest(manifest)
        assert (report.added, report.updated, report.rejected) == (0, IMAGES, [])
        for photo, key in pictures(manifest):
            [hit] = coins.search(photo, k=1).hits
            assert hit.type == key
            assert hit.image_location is not None
            assert media.read(hit.image.id) == photo.read_bytes()
        assert coins.import_manifest(manifest).unchanged == IMAGES
    diagnosis = diagnosed(place)
    assert (diagnosis.findings, diagnosis.without_media) == ((), 0)


def test_a_new_generation_passes_over_it_until_its_pictures_come(place, manifest):
    photo, key = pictures(manifest)[3]
    with opened(place) as coins:
        report = coins.generations.build(encoder="strip")
        assert report.coverage.without_media == IMAGES
        assert (report.built, report.coverage.missing) == (0, 0)
        coins.generations.promote(force=True)
        assert list(coins.search(photo)) == []
        assert coins.import_manifest(manifest).updated == IMAGES
        assert coins.search(photo, k=1).hits[0].type == key
    assert diagnosed(place).findings == ()


def test_pictures_that_come_go_into_the_generation_being_built_too(started, manifest):
    beside = started.generations.build(encoder="strip").generation
    started.import_manifest(manifest)
    coverage = started.home.catalogue.coverage(beside.id)
    assert (coverage.embedded, coverage.without_media) == (IMAGES, 0)


def test_the_starter_catalogue_of_the_new_models_gives_it_their_embeddings(started, manifest):
    started.generations.build(encoder="strip")
    started.generations.promote(force=True)
    made, _ = build_starter(Settings.load(environ=STRIP), manifest)
    report = add_starter(started.home, made)
    assert (report.added, report.embedded, report.unchanged) == (0, IMAGES, 0)
    photo, key = pictures(manifest)[3]
    assert started.search(photo, k=1).hits[0].type == key


def test_images_without_media_are_no_fault(place):
    diagnosis = diagnosed(place)
    assert (diagnosis.findings, diagnosis.without_media) == ((), IMAGES)


def test_an_export_says_that_they_have_no_picture(started, tmp_path):
    report = Exporter(started.home).to_file(tmp_path / "out.csv", ExportFormat.CSV)
    assert (report.rows, len(report.without_picture)) == (IMAGES, IMAGES)
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        assert {row["image"] for row in csv.DictReader(file)} == {""}


def test_a_backup_holds_them(place, manifest, tmp_path):
    photo, _ = pictures(manifest)[7]
    with opened(place) as coins:
        before = [(hit.image.id, hit.similarity) for hit in coins.search(photo, k=5)]
        assert write_backup(coins.home, tmp_path / "backup.tar").manifest.missing == []
    shutil.rmtree(place.home)
    restore_backup(place, check_backup(tmp_path / "backup.tar"))
    with opened(place) as back:
        assert [(hit.image.id, hit.similarity) for hit in back.search(photo, k=5)] == before
    assert diagnosed(place).findings == ()


# --- the command -----------------------------------------------------------------------------


def test_it_answers_as_a_home_that_imported_the_pictures(coinvec, tiles, manifest, tmp_path):
    file, homes = tmp_path / "starter.parquet", (tmp_path / "started", tmp_path / "imported")
    built = coinvec("starter", "build", manifest, file)
    assert built.status == 0, built.err
    assert f"{IMAGES} images of whole@1+tiles@1/cosine/64" in built.err
    assert coinvec("--home", homes[0], "init", "--starter", file).status == 0
    assert coinvec("--home", homes[1], "init").status == 0
    assert coinvec("--home", homes[1], "import", manifest).status == 0
    for photo, _ in pictures(manifest)[5:7]:
        search = ["search", "--image", photo, "--group-by", "image", "--format", "json"]
        here, there = (coinvec("--home", home, *search).json["hits"] for home in homes)
        assert [hit["type"] for hit in here] == [hit["type"] for hit in there]
        assert {hit["image"] for hit in here} == {None}
        for one, two in zip(here, there, strict=True):
            assert one["similarity"] == pytest.approx(two["similarity"], abs=1e-4)


def test_rows_that_are_rejected_are_told(coinvec, tiles, manifest, tmp_path):
    lines = manifest.read_text(encoding="utf-8").splitlines()
    odd = manifest.parent / "odd.csv"
    odd.write_text("\n".join([*lines[:3], "none.png,t9,obverse,Twinland,1 twin"]), encoding="utf-8")
    done = coinvec("starter", "build", odd, tmp_path / "starter.parquet")
    assert done.status == 1
    assert "line 4, none.png" in done.err
    assert len(read_starter((tmp_path / "starter.parquet").read_bytes(), "").records) == 2
