"""Every revision can be reached and left, and an upgrade is all or nothing."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

import coinvec
from coinvec.catalogue import schema
from coinvec.catalogue.tables import SCHEMA_REVISION, CatalogueTable
from coinvec.errors import SchemaError, StoreError
from tests.migrations import stored

SCRIPTS = schema.scripts_folder()
REVISIONS = [each.revision for each in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]


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


# --- the runner ------------------------------------------------------------------------------


def fill(url):
    stored.execute(url, stored.script("0001", "sqlite"))


SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "0003"

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
    assert counts == [4, 8, 11, 3, 11]
