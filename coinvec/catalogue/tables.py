"""The tables of the catalogue: the truth that everything else is derived from.

    issuer ─┐
    currency ─┼─< coin_type ─< design ─< coin_image ─< embedding >─ generation ─< outbox
    denomination ─┘     └─< catalogue_reference                  ├─< promotion
                                                             ├─< generation_check
                                                             └─< generation_gap

    api_key, import_job: of the HTTP interface, and of nothing else

A coin type names its issuer, currency and denomination independently: the same denomination
("1 crown") occurs with many currencies and face values, so neither follows from it.

Rows never leave this package, and SQLModel does not validate them: `mapping` turns them into
domain types, which do. Every change of a table needs a revision in `migrations/versions` and the
new revision's name in `SCHEMA_REVISION`.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from coinvec.catalogue.types import CodePointText, FixedPoint, UtcDateTime

SCHEMA_REVISION = "0003"
"""The Alembic revision that these tables agree with."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a later migration can change it on any engine."""


class CatalogueTable(SQLModel):
    """Base of all tables; their metadata is coinvec's own, whatever else the process maps."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class IssuerRow(CatalogueTable, table=True):
    """An issuing authority: what `country` filters by."""

    __tablename__ = "issuer"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(sa_type=CodePointText, unique=True)


class CurrencyRow(CatalogueTable, table=True):
    """A currency by name."""

    __tablename__ = "currency"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(sa_type=CodePointText, unique=True)


class DenominationRow(CatalogueTable, table=True):
    """A denomination as written on coins, e.g. `50 cents`."""

    __tablename__ = "denomination"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(sa_type=CodePointText, unique=True)


class CoinTypeRow(CatalogueTable, table=True):
    """A coin type.

    `reference_text` is derived from its catalogue references, joined in order: filters compare it
    as one text, and no engine joins texts in order the way another does.
    """

    __tablename__ = "coin_type"

    id: int = Field(default=None, primary_key=True)
    key: str = Field(sa_type=CodePointText, unique=True)
    issuer_id: int = Field(foreign_key="issuer.id", index=True)
    denomination_id: int = Field(foreign_key="denomination.id", index=True)
    currency_id: int | None = Field(default=None, foreign_key="currency.id", index=True)
    value: Decimal | None = Field(default=None, sa_type=FixedPoint, index=True)
    title: str = Field(sa_type=CodePointText, index=True)
    composition: str | None = Field(default=None, sa_type=CodePointText, index=True)
    diameter_mm: float | None = Field(default=None, sa_type=Double)
    weight_g: float | None = Field(default=None, sa_type=Double)
    shape: str | None = Field(default=None, sa_type=CodePointText, index=True)
    numista_id: str | None = Field(default=None, sa_type=CodePointText, index=True)
    reference_text: str | None = Field(default=None, sa_type=CodePointText)


class CatalogueReferenceRow(CatalogueTable, table=True):
    """A coin type's number in a printed catalogue.

    A reference is split at its last blank (`KM# 23` is `KM#`, `23`), so that numbers of one
    catalogue can be looked up; without a blank, all of it is the number and the catalogue NULL.
    """

    __tablename__ = "catalogue_reference"
    __table_args__ = (Index(None, "catalogue", "number"),)

    coin_type_id: int = Field(primary_key=True, foreign_key="coin_type.id", ondelete="CASCADE")
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    catalogue: str | None = Field(default=None, sa_type=CodePointText)
    number: str = Field(sa_type=CodePointText)


class DesignRow(CatalogueTable, table=True):
    """What one side of a coin type shows, and the years it was struck in."""

    __tablename__ = "design"
    __table_args__ = (
        UniqueConstraint("coin_type_id", "side", "key"),
        CheckConstraint("side IN ('obverse', 'reverse')", name="side"),
        CheckConstraint("year_from <= year_to", name="years"),
    )

    id: int = Field(default=None, primary_key=True)
    coin_type_id: int = Field(foreign_key="coin_type.id", ondelete="CASCADE")
    side: str = Field(sa_type=CodePointText)
    key: str = Field(sa_type=CodePointText)
    year_from: int | None = Field(default=None, sa_type=Integer, index=True)
    year_to: int | None = Field(default=None, sa_type=Integer, index=True)


class CoinImageRow(CatalogueTable, table=True):
    """A photograph of a design; its id is the SHA-256 of its original bytes."""

    __tablename__ = "coin_image"

    id: str = Field(sa_type=CodePointText, primary_key=True)
    design_id: int = Field(foreign_key="design.id", ondelete="CASCADE", index=True)
    filename: str = Field(sa_type=CodePointText)
    format: str = Field(sa_type=CodePointText)
    width: int
    height: int
    description: str | None = Field(default=None, sa_type=CodePointText)
    credit: str | None = Field(default=None, sa_type=CodePointText)
    license: str | None = Field(default=None, sa_type=CodePointText)
    media_digest: str | None = Field(default=None, sa_type=CodePointText)
    attributes: dict[str, Any] = Field(sa_type=JSON)


class GenerationRow(CatalogueTable, table=True):
    """A pair of models, the vector space they span, and the collection that holds it."""

    __tablename__ = "generation"
    __table_args__ = (
        UniqueConstraint(
            "preprocessor_name",
            "preprocessor_revision",
            "encoder_name",
            "encoder_revision",
            "metric",
            "dim",
            name="uq_generation_models",
        ),
        CheckConstraint("state IN ('building', 'live', 'retired')", name="state"),
        Index(
            "uq_generation_live",
            "state",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    preprocessor_name: str = Field(sa_type=CodePointText)
    preprocessor_revision: str = Field(sa_type=CodePointText)
    encoder_name: str = Field(sa_type=CodePointText)
    encoder_revision: str = Field(sa_type=CodePointText)
    metric: str = Field(sa_type=CodePointText)
    dim: int
    collection: str = Field(sa_type=CodePointText, unique=True)
    state: str = Field(sa_type=CodePointText)
    created_at: datetime = Field(sa_type=UtcDateTime)


class EmbeddingRow(CatalogueTable, table=True):
    """An image's vector in a generation, as little-endian float32.

    Kept although Milvus holds it too: 256 bytes at 64 dimensions are cheap, and with them the
    vector store can be rebuilt without a picture or a model.
    """

    __tablename__ = "embedding"

    generation_id: int = Field(primary_key=True, foreign_key="generation.id", ondelete="CASCADE")
    image_id: str = Field(
        sa_type=CodePointText,
        primary_key=True,
        foreign_key="coin_image.id",
        ondelete="CASCADE",
        index=True,
    )
    vector: bytes = Field(sa_type=LargeBinary)


class OutboxRow(CatalogueTable, table=True):
    """A note that an image is owed to this generation's collection: Milvus must say what SQL says.

    No foreign key on the image, for deletions are owed too. The id is never used twice: owing
    again gives a new one, so settling an older one cannot close work that came in between.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("generation_id", "image_id"), {"sqlite_autoincrement": True})

    id: int = Field(default=None, primary_key=True)
    generation_id: int = Field(foreign_key="generation.id", ondelete="CASCADE")
    image_id: str = Field(sa_type=CodePointText)


class PromotionRow(CatalogueTable, table=True):
    """That a generation was made live, and when; `rollback` goes back to the one before."""

    __tablename__ = "promotion"

    id: int = Field(default=None, primary_key=True)
    generation_id: int = Field(foreign_key="generation.id", ondelete="CASCADE", index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class GenerationCheckRow(CatalogueTable, table=True):
    """The last comparison of a generation with the live one; the rates are by k, as JSON keys."""

    __tablename__ = "generation_check"

    generation_id: int = Field(primary_key=True, foreign_key="generation.id", ondelete="CASCADE")
    live_id: int = Field(foreign_key="generation.id", ondelete="CASCADE", index=True)
    checked_at: datetime = Field(sa_type=UtcDateTime)
    golden_set: str = Field(sa_type=CodePointText)
    queries: int
    candidate: dict[str, Any] = Field(sa_type=JSON)
    live: dict[str, Any] = Field(sa_type=JSON)


class GenerationGapRow(CatalogueTable, table=True):
    """An image that a generation was to have a vector of and cannot, and why."""

    __tablename__ = "generation_gap"
    __table_args__ = (
        CheckConstraint("reason IN ('no_coin', 'unreadable', 'missing')", name="reason"),
    )

    generation_id: int = Field(primary_key=True, foreign_key="generation.id", ondelete="CASCADE")
    image_id: str = Field(
        sa_type=CodePointText,
        primary_key=True,
        foreign_key="coin_image.id",
        ondelete="CASCADE",
        index=True,
    )
    reason: str = Field(sa_type=CodePointText)


class ApiKeyRow(CatalogueTable, table=True):
    """A key of the HTTP interface, by the SHA-256 of its secret; revoked ones stay."""

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint("scope IN ('read', 'write', 'admin')", name="scope"),)

    id: str = Field(sa_type=CodePointText, primary_key=True)
    name: str = Field(sa_type=CodePointText)
    scope: str = Field(sa_type=CodePointText)
    digest: str = Field(sa_type=CodePointText, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ImportJobRow(CatalogueTable, table=True):
    """An import in the background; `outcome` is its report, or the error that ended it."""

    __tablename__ = "import_job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
    )

    id: str = Field(sa_type=CodePointText, primary_key=True)
    state: str = Field(sa_type=CodePointText)
    done: int
    total: int | None = None
    outcome: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
