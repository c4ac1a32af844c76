"""Every revision can be reached, left, and upgraded from with data in it."""

import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

import coinvec
from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.catalogue.tables import SCHEMA_REVISION, CatalogueTable
from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.domain.predicates import ColumnRef, Comparison, Op
from coinvec.domain.records import CoinRecord
from coinvec.errors import SchemaError, StoreError

SCRIPTS = schema.scripts_folder()
REVISIONS = [each.revision for each in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]
IMAGE_ID = "5e" * 32


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'catalogue.db'}"


def tables(url):
    engine = sa.create_engine(url)
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def execute(url, *statements):
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def test_the_tables_agree_with_the_newest_revision(url):
    assert schema.current(url) is None
    assert not Path(url.removeprefix("sqlite:///")).exists()
    schema.upgrade(url)
    assert schema.current(url) == schema.head() == SCHEMA_REVISION == REVISIONS[-1]
    assert schema.check(url) == []
    assert tables(url) == {*CatalogueTable.metadata.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(url):
    schema.upgrade(url)
    schema.upgrade(url)
    assert schema.current(url) == schema.head()


def test_every_revision_can_be_left_again(url):
    schema.upgrade(url)
    schema.downgrade(url, "base")
    assert tables(url) == {"alembic_version"}
    assert schema.current(url) is None
    schema.upgrade(url)
    assert schema.check(url) == []


def test_differences_are_told_one_by_one(url):
    schema.upgrade(url)
    execute(
        url,
        "DROP INDEX ix_coin_type_title",
        "ALTER TABLE issuer ADD COLUMN continent TEXT",
        "ALTER TABLE coin_image DROP COLUMN credit",
        "ALTER TABLE coin_image ADD COLUMN credit BLOB",
        "CREATE TABLE stamp (id INTEGER PRIMARY KEY)",
    )
    assert sorted(schema.check(url)) == [
        "add index: ix_coin_type_title",
        "modify type: coin_image, credit, BLOB, TEXT",
        "remove column: issuer, issuer.continent",
        "remove table: stamp",
    ]


def test_revisions_do_not_import_todays_tables():
    for script in (SCRIPTS / "versions").glob("*.py"):
        assert "coinvec" not in script.read_text(encoding="utf-8"), script.name


# --- databases of every revision, upgraded and then used -------------------------------------


def _fill_0001(vector):
    return (
        "INSERT INTO issuer (id, name) VALUES (1, 'Prussia')",
        "INSERT INTO currency (id, name) VALUES (1, 'Thaler')",
        "INSERT INTO denomination (id, name) VALUES (1, '1 Thaler')",
        (
            "INSERT INTO coin_type (id, key, issuer_id, currency_id, denomination_id, value, title,"
            " reference_text) VALUES (1, 'thaler', 1, 1, 1, 1500000, 'Thaler', 'KM# 409; Olding')"
        ),
        "INSERT INTO catalogue_reference VALUES (1, 0, 'KM#', '409'), (1, 1, NULL, 'Olding')",
        (
            "INSERT INTO design (id, coin_type_id, side, key, year_from, year_to)"
            " VALUES (1, 1, 'obverse', 'o1', 1750, 1786)"
        ),
        (
            "INSERT INTO coin_image (id, design_id, filename, format, width, height, media_digest,"
            f" attributes) VALUES ('{IMAGE_ID}', 1, 'a.jpg', 'JPEG', 640, 480, '{IMAGE_ID}',"
            ' \'{"look": "l1"}\')'
        ),
        (
            "INSERT INTO generation VALUES (1, 'hough', '1', 'polar', '1', 'cosine', 2, 'g1',"
            " 'live', '2024-05-01 12:00:00.000000')"
        ),
        f"INSERT INTO embedding VALUES (1, '{IMAGE_ID}', x'{vector.hex()}')",
        f"INSERT INTO outbox (generation_id, image_id) VALUES (1, '{IMAGE_ID}')",
    )


FILLED = {"0001": _fill_0001, "0002": _fill_0001}
"""Statements that fill a database of a revision with one coin; a new revision adds its own."""

COIN = CoinType(
    key="thaler",
    country="Prussia",
    denomination="1 Thaler",
    currency="Thaler",
    value=Decimal("1.5"),
    title="Thaler",
    references=("KM# 409", "Olding"),
)
DESIGN = Design("thaler", Side.OBVERSE, "o1", YearSpan(1750, 1786))
IMAGE = CoinImage(
    IMAGE_ID, DESIGN, "a.jpg", "JPEG", 640, 480, attributes={"look": "l1"}, media_digest=IMAGE_ID
)
VECTOR = np.array([0.6, 0.8], dtype="<f4")


def fill(url, revision="0001"):
    schema.upgrade(url, revision)
    execute(url, *FILLED[revision](VECTOR.tobytes()))


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_stored_database_is_upgraded_and_works(url, revision):
    fill(url, revision)
    schema.upgrade(url)
    with CatalogueStore.open(url) as store:
        assert store.records([IMAGE_ID]) == {IMAGE_ID: CoinRecord(COIN, DESIGN, IMAGE)}
        where = Comparison(ColumnRef("year"), Op.EQ, 1763)
        assert store.image_ids(where) == [IMAGE_ID]
        live = store.live_generation()
        assert (live.collection, live.created_at.year) == ("g1", 2024)
        owed = store.owed(live.id, 10)
        [vector] = store.vector_records(live.id, owed).values()
        np.testing.assert_array_equal(vector.vector, VECTOR)
        store.settle(live.id, owed)
        assert store.coverage(live.id).embedded == 1
        assert store.remove_type("thaler") == 1
        assert store.count(None, GroupBy.TYPE) == 0


# --- the runner ------------------------------------------------------------------------------

SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "0002"

def upgrade():
    {body}

def downgrade():
    pass
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installed package with its own scripts, in a folder with a trying name."""
    package = tmp_path / "100% site-packages" / "coinvec"
    shutil.copytree(SCRIPTS, package / "_migrations", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(coinvec, "__file__", str(package / "__init__.py"))

    def add_revision(body):
        script = package / "_migrations" / "versions" / "9999_second.py"
        script.write_text(SECOND.format(body=body), encoding="utf-8")

    return add_revision


def test_an_installed_package_carries_its_scripts(url, installed, tmp_path):
    assert schema.scripts_folder().is_relative_to(tmp_path)
    installed('op.create_table("stamp", sa.Column("id", sa.Integer()))')
    schema.upgrade(url)
    assert schema.current(url) == schema.head() == "9999"
    assert "stamp" in tables(url)


def test_missing_scripts_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(coinvec, "__file__", str(tmp_path / "coinvec" / "__init__.py"))
    with pytest.raises(SchemaError, match="migration scripts are missing"):
        schema.head()


def test_a_failing_upgrade_leaves_the_database_as_it_was(url, installed):
    fill(url)
    installed(
        'op.create_table("stamp", sa.Column("id", sa.Integer()))\n'
        '    op.execute("INSERT INTO nowhere VALUES (1)")'
    )
    with pytest.raises(StoreError, match="nowhere"):
        schema.upgrade(url)
    assert schema.current(url) == "0001"
    assert "stamp" not in tables(url)


def test_rebuilding_a_table_keeps_what_depends_on_it(url, installed):
    """SQLite alters a table by dropping the old one, which must not cascade to designs."""
    fill(url)
    installed(
        'batch = op.batch_alter_table("coin_type", recreate="always")\n'
        "    with batch as table:\n"
        '        table.alter_column("title", nullable=True)'
    )
    schema.upgrade(url)
    assert schema.current(url) == "9999"
    schema_free = sa.create_engine(url)
    with schema_free.connect() as connection:
        counts = [
            connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))
            for table in ("coin_type", "design", "coin_image", "catalogue_reference", "embedding")
        ]
    schema_free.dispose()
    assert counts == [1, 1, 1, 2, 1]
