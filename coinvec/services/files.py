"""Files that are written whole or not at all."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coinvec.errors import InputError


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A passing name beside a file, which becomes the file when the block ends without an error.

    Whoever looks sees the old file, or the whole new one. After an error nothing is left; a
    process that is killed leaves the passing name, never half a file.

    Raises:
        InputError: The file cannot be written there.
    """
    passing = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a directory")
        yield passing
        with passing.open("rb+") as stream:
            os.fsync(stream.fileno())
        passing.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Name a file in a folder that exists, can be written to and has room.",
        ) from error
    finally:
        passing.unlink(missing_ok=True)
