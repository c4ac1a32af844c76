"""Work in the background: how far it is, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """What became of a job so far."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ImportJob:
    """An import in the background.

    Attributes:
        id: By which it is asked for.
        state: What became of it so far.
        done: Rows done.
        total: Rows in all; None until they are counted.
        outcome: Its report, or the error that ended it; None before the end.
        created_at: When it was asked for, in UTC.
        updated_at: When it last got further, in UTC: one that runs and has stood for long was
            killed with its process, and is asked for again.
    """

    id: str
    state: JobState
    done: int
    total: int | None
    outcome: Mapping[str, Any] | None
    created_at: datetime
    updated_at: datetime
