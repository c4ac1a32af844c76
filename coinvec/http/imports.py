"""Imports in the background: one after another, their progress kept in the catalogue."""

import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from coinvec.domain.jobs import JobState
from coinvec.errors import CoinvecError, UnavailableError
from coinvec.services.archive_import import import_archive
from coinvec.services.home import Home

LOGGER = logging.getLogger("coinvec.http")


class Imports:
    """Takes archives in, on a thread of its own.

    Args:
        home: The opened home.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._jobs = home.catalogue.import_jobs()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="coinvec-import")
        self._ending = threading.Event()

    def begin(self, archive: Path) -> str:
        """Take an archive in as soon as those before it are done; it is removed then.

        Returns:
            The id of the job.
        """
        job_id = uuid.uuid4().hex
        self._jobs.add(job_id)
        self._thread.submit(self._run, job_id, archive)
        return job_id

    def close(self) -> None:
        """End the import that runs, between two photos, and fail those that wait."""
        self._ending.set()
        self._thread.shutdown()

    def _run(self, job_id: str, archive: Path) -> None:
        def progress(done: int, total: int) -> None:
            self._refuse_when_ending()
            self._jobs.note_progress(job_id, done, total)

        try:
            self._refuse_when_ending()
            report = import_archive(self._home, archive, progress=progress)
            self._jobs.finish(job_id, JobState.DONE, asdict(report))
        except CoinvecError as error:
            outcome = {"error": error.message, "hint": error.hint}
            self._jobs.finish(job_id, JobState.FAILED, outcome)
        except Exception:
            LOGGER.exception("import %s broke", job_id)
            self._jobs.finish(job_id, JobState.FAILED, {"error": "The import broke; see the log."})
        finally:
            archive.unlink(missing_ok=True)

    def _refuse_when_ending(self) -> None:
        if self._ending.is_set():
            raise UnavailableError(
                "The service was stopped.",
                hint="Send the archive again; what is in already stays.",
            )
