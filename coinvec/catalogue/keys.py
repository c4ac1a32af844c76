"""The table of API keys: digests, never secrets."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.tables import ApiKeyRow
from coinvec.domain.choices import Scope
from coinvec.domain.keys import ApiKey

Sessions = Callable[[], AbstractContextManager[Session]]


class ApiKeys:
    """Reads and writes keys; each method is one transaction.

    Args:
        reading: Opens a session that only reads.
        writing: Opens a session that writes.
    """

    def __init__(self, reading: Sessions, writing: Sessions) -> None:
        self._reading = reading
        self._writing = writing

    def add(self, key: ApiKey, digest: str) -> None:
        """Keep a new key under the SHA-256 of its secret."""
        with self._writing() as session:
            session.add(
                ApiKeyRow(
                    id=key.id,
                    name=key.name,
                    scope=key.scope.value,
                    digest=digest,
                    created_at=key.created_at,
                )
            )

    def all(self) -> list[ApiKey]:
        """Every key that was ever made, the revoked ones included, oldest first."""
        with self._reading() as session:
            rows = session.scalars(
                select(ApiKeyRow).order_by(col(ApiKeyRow.created_at), col(ApiKeyRow.id))
            )
            return [_key_of(row) for row in rows]

    def any(self) -> bool:
        """Whether a key was ever made: what was locked once does not open with the last key."""
        with self._reading() as session:
            return session.scalar(select(col(ApiKeyRow.id)).limit(1)) is not None

    def of_digest(self, digest: str) -> ApiKey | None:
        """The key of a secret's digest; None where there is none, or it was revoked."""
        statement = select(ApiKeyRow).where(
            col(ApiKeyRow.digest) == digest, col(ApiKeyRow.revoked_at).is_(None)
        )
        with self._reading() as session:
            row = session.scalar(statement)
            return None if row is None else _key_of(row)

    def revoke(self, key_id: str) -> bool:
        """Take a key back; whether there was one that still held."""
        statement = (
            update(ApiKeyRow)
            .where(col(ApiKeyRow.id) == key_id, col(ApiKeyRow.revoked_at).is_(None))
            .values(revoked_at=datetime.now(UTC))
            .returning(col(ApiKeyRow.id))
        )
        with self._writing() as session:
            return session.scalar(statement) is not None


def _key_of(row: ApiKeyRow) -> ApiKey:
    return ApiKey(row.id, row.name, Scope(row.scope), row.created_at, row.revoked_at)
