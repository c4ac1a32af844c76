"""Generations that take turns: when each was live, how it was checked, what it cannot find.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _create_promotion()
    _create_generation_check()
    _create_generation_gap()


def downgrade() -> None:
    for table in ("generation_gap", "generation_check", "promotion"):
        op.drop_table(table)


def _create_promotion() -> None:
    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_promotion"),
        _of_generation("promotion", "generation_id"),
    )
    op.create_index("ix_promotion_generation_id", "promotion", ["generation_id"])
    # Until now a generation was live from the moment it was added.
    op.execute(
        "INSERT INTO promotion (generation_id, at)"
        " SELECT id, created_at FROM generation WHERE state = 'live'"
    )


def _create_generation_check() -> None:
    op.create_table(
        "generation_check",
        sa.Column("generation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("live_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("golden_set", TEXT, nullable=False),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.Column("candidate", sa.JSON(), nullable=False),
        sa.Column("live", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("generation_id", name="pk_generation_check"),
        _of_generation("generation_check", "generation_id"),
        _of_generation("generation_check", "live_id"),
    )
    op.create_index("ix_generation_check_live_id", "generation_check", ["live_id"])


def _create_generation_gap() -> None:
    op.create_table(
        "generation_gap",
        sa.Column("generation_id", sa.Integer(), nullable=False),
        sa.Column("image_id", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("generation_id", "image_id", name="pk_generation_gap"),
        sa.CheckConstraint(
            "reason IN ('no_coin', 'unreadable', 'missing')", name="ck_generation_gap_reason"
        ),
        _of_generation("generation_gap", "generation_id"),
        sa.ForeignKeyConstraint(
            ["image_id"],
            ["coin_image.id"],
            name="fk_generation_gap_image_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_generation_gap_image_id", "generation_gap", ["image_id"])


def _of_generation(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["generation.id"], name=f"fk_{table}_{column}", ondelete="CASCADE"
    )
