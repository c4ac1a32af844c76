"""The first tables.

Revision: 0001
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

TABLES = (
    "issuer",
    "currency",
    "denomination",
    "coin_type",
    "catalogue_reference",
    "design",
    "coin_image",
    "generation",
    "embedding",
    "outbox",
)


def upgrade() -> None:
    for table in ("issuer", "currency", "denomination"):
        _create_names(table)
    _create_coin_type()
    _create_catalogue_reference()
    _create_design()
    _create_coin_image()
    _create_generation()
    _create_embedding()
    _create_outbox()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_names(table: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("name", name=f"uq_{table}_name"),
    )


def _refers(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}", ondelete=ondelete
    )


def _create_coin_type() -> None:
    op.create_table(
        "coin_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("denomination_id", sa.Integer(), nullable=False),
        sa.Column("currency_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("composition", TEXT, nullable=True),
        sa.Column("diameter_mm", sa.Double(), nullable=True),
        sa.Column("weight_g", sa.Double(), nullable=True),
        sa.Column("shape", TEXT, nullable=True),
        sa.Column("numista_id", TEXT, nullable=True),
        sa.Column("reference_text", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_coin_type"),
        sa.UniqueConstraint("key", name="uq_coin_type_key"),
        _refers("coin_type", "issuer_id", "issuer"),
        _refers("coin_type", "denomination_id", "denomination"),
        _refers("coin_type", "currency_id", "currency"),
    )
    for column in (
        "issuer_id",
        "denomination_id",
        "currency_id",
        "value",
        "title",
        "composition",
        "shape",
        "numista_id",
    ):
        op.create_index(f"ix_coin_type_{column}", "coin_type", [column])


def _create_catalogue_reference() -> None:
    op.create_table(
        "catalogue_reference",
        sa.Column("coin_type_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("catalogue", TEXT, nullable=True),
        sa.Column("number", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("coin_type_id", "position", name="pk_catalogue_reference"),
        _refers("catalogue_reference", "coin_type_id", "coin_type", "CASCADE"),
    )
    op.create_index(
        "ix_catalogue_reference_catalogue_number", "catalogue_reference", ["catalogue", "number"]
    )


def _create_design() -> None:
    op.create_table(
        "design",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coin_type_id", sa.Integer(), nullable=False),
        sa.Column("side", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("year_from", sa.Integer(), nullable=True),
        sa.Column("year_to", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_design"),
        sa.UniqueConstraint("coin_type_id", "side", "key", name="uq_design_coin_type_id_side_key"),
        sa.CheckConstraint("side IN ('obverse', 'reverse')", name="ck_design_side"),
        sa.CheckConstraint("year_from <= year_to", name="ck_design_years"),
        _refers("design", "coin_type_id", "coin_type", "CASCADE"),
    )
    for column in ("year_from", "year_to"):
        op.create_index(f"ix_design_{column}", "design", [column])


def _create_coin_image() -> None:
    op.create_table(
        "coin_image",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("filename", TEXT, nullable=False),
        sa.Column("format", TEXT, nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("credit", TEXT, nullable=True),
        sa.Column("license", TEXT, nullable=True),
        sa.Column("media_digest", TEXT, nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coin_image"),
        _refers("coin_image", "design_id", "design", "CASCADE"),
    )
    op.create_index("ix_coin_image_design_id", "coin_image", ["design_id"])


def _create_generation() -> None:
    models = (
        "preprocessor_name",
        "preprocessor_revision",
        "encoder_name",
        "encoder_revision",
        "metric",
    )
    op.create_table(
        "generation",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in models),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("collection", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_generation"),
        sa.UniqueConstraint("collection", name="uq_generation_collection"),
        sa.UniqueConstraint(*models, "dim", name="uq_generation_models"),
        sa.CheckConstraint("state IN ('building', 'live', 'retired')", name="ck_generation_state"),
    )
    op.create_index(
        "uq_generation_live",
        "generation",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )


def _create_embedding() -> None:
    op.create_table(
        "embedding",
        sa.Column("generation_id", sa.Integer(), nullable=False),
        sa.Column("image_id", TEXT, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("generation_id", "image_id", name="pk_embedding"),
        _refers("embedding", "generation_id", "generation", "CASCADE"),
        _refers("embedding", "image_id", "coin_image", "CASCADE"),
    )
    op.create_index("ix_embedding_image_id", "embedding", ["image_id"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generation_id", sa.Integer(), nullable=False),
        sa.Column("image_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("generation_id", "image_id", name="uq_outbox_generation_id_image_id"),
        _refers("outbox", "generation_id", "generation", "CASCADE"),
        sqlite_autoincrement=True,
    )
