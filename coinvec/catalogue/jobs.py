"""The table of imports that run in the background, so that any process can tell how far one is."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from coinvec.catalogue.tables import ImportJobRow
from coinvec.domain.jobs import ImportJob, JobState

Sessions = Callable[[], AbstractContextManager[Session]]


class ImportJobs:
    """Reads and writes jobs; each method is one transaction.

    Args:
        reading: Opens a session that only reads.
        writing: Opens a session that writes.
    """

    def __init__(self, reading: Sessions, writing: Sessions) -> None:
        self._reading = reading
        self._writing = writing

    def add(self, job_id: str) -> None:
        """Note a job that waits."""
        now = datetime.now(UTC)
        with self._writing() as session:
            session.add(
                ImportJobRow(
                    id=job_id,
                    state=JobState.WAITING.value,
                    done=0,
                    created_at=now,
                    updated_at=now,
                )
            )

    def note_progress(self, job_id: str, done: int, total: int) -> None:
        """Note that a job runs, and how far it is."""
        self._update(job_id, state=JobState.RUNNING.value, done=done, total=total)

    def finish(self, job_id: str, state: JobState, outcome: Mapping[str, Any]) -> None:
        """Note how a job ended, and its report or the error that ended it."""
        self._update(job_id, state=state.value, outcome=dict(outcome))

    def get(self, job_id: str) -> ImportJob | None:
        """A job; None where there is none."""
        with self._reading() as session:
            row = session.scalar(select(ImportJobRow).where(col(ImportJobRow.id) == job_id))
            return None if row is None else _job_of(row)

    def _update(self, job_id: str, **values: object) -> None:
        statement = update(ImportJobRow).where(col(ImportJobRow.id) == job_id)
        with self._writing() as session:
            session.execute(statement.values(updated_at=datetime.now(UTC), **values))


def _job_of(row: ImportJobRow) -> ImportJob:
    return ImportJob(
        row.id, JobState(row.state), row.done, row.total, row.outcome, row.created_at,
        row.updated_at,
    )  # fmt: skip
