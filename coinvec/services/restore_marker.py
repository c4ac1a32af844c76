"""What an interrupted restore leaves behind: a note in the home, so that nobody takes it for empty.

The note is there from before the first change until the home is whole. A process that is killed in
between leaves it, and every command that opens the home says so; only the same restore goes on.
"""

import json
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from coinvec.errors import HomeError
from coinvec.services.files import written_whole

NAME = "restore.json"


@dataclass(frozen=True, slots=True)
class RestoreMarker:
    """A restore that has begun.

    Attributes:
        file: The backup, as it was named.
        sha256: Of the backup's header, which says when it was written to the microsecond.
    """

    file: str
    sha256: str

    @classmethod
    def read(cls, home: Path) -> Self | None:
        """The restore that was interrupted in a home; None where none was."""
        try:
            return cls(**json.loads((home / NAME).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def write(self, home: Path) -> None:
        """Note that this restore begins.

        Raises:
            InputError: The home cannot be written to.
        """
        with written_whole(home / NAME) as passing:
            passing.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def remove(self, home: Path) -> None:
        """Note that it has ended."""
        (home / NAME).unlink()

    def is_same(self, other: Self | None) -> bool:
        """Whether another restore is of the same backup, wherever its file was."""
        return other is not None and other.sha256 == self.sha256


def refuse_unfinished(home: Path) -> None:
    """Refuse to use a home in which a restore was interrupted.

    Raises:
        HomeError: One was.
    """
    if (begun := RestoreMarker.read(home)) is not None:
        command = shlex.join(["coinvec", "--home", str(home), "restore", begun.file])
        raise HomeError(
            f"A restore of {begun.file} into the home {home} was interrupted: it is not whole.",
            hint=f"Repeat it: {command}",
        )
