"""Milvus Lite inside this process: opened on a directory, spoken to over a local port.

pymilvus can start Milvus Lite itself, but then a locked or damaged store is only told to its log,
and closing the client does not give the lock back. So it is started here.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coinvec.errors import HomeLockedError, StoreError

if TYPE_CHECKING:
    import grpc  # type: ignore[import-untyped]
    from milvus_lite.db import MilvusLite

_STOP_GRACE = 2.0
"""Seconds that requests under way have to end when the engine is closed."""
_OPEN = "coinvec-open"
"""File that lies in the directory while it is open. Found there on opening, it tells that the last
owner was killed."""


class EmbeddedMilvus:
    """A running Milvus Lite that owns its directory until it is closed.

    Args:
        path: Directory of the store; made where it is missing.

    Raises:
        HomeLockedError: Another process, or another store of this one, owns the directory.
        StoreError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # It logs each refused request with a traceback; every one reaches the caller anyway.
        logging.getLogger("milvus_lite").addHandler(logging.NullHandler())
        self._server, self._engine, port = _start(path)
        _sweep(path / "collections")
        self._open = path / _OPEN
        if self._open.exists():
            _forget_indexes(path / "collections")
        self._open.touch()
        self.uri = f"http://127.0.0.1:{port}"

    def flush(self, collection: str) -> None:
        """Write the buffered rows of a collection (or alias) out to a segment.

        Not by pymilvus, which first asks for a time stamp: the engine has none, and gRPC logs it.
        """
        self._engine.get_collection(collection).flush()

    def close(self) -> None:
        """Write everything out and give the directory free."""
        self._server.stop(grace=_STOP_GRACE).wait()
        with suppress(RuntimeError):  # at interpreter exit: its background worker is gone
            self._engine.close()
            self._open.unlink(missing_ok=True)


def _start(path: Path) -> tuple[grpc.Server, MilvusLite, int]:
    from milvus_lite.adapter.grpc.server import start_server_in_thread
    from milvus_lite.exceptions import DataDirLockedError, MilvusLiteError

    if path.is_file():
        raise StoreError(
            f"{path} is a file; Milvus Lite 3 keeps a directory there (version 2 kept a file).",
            hint="Move it away: the vectors are made again from the catalogue.",
        )
    try:
        server, engine, port = start_server_in_thread(str(path), host="127.0.0.1", port=0)
    except DataDirLockedError:
        raise HomeLockedError(
            f"The vectors in {path} are in use: Milvus Lite allows one owner at a time.",
            hint="Stop the other process, or let both use a server (`milvus-lite server --host "
            "127.0.0.1 --data-dir DIR --port 19530` and "
            "COINVEC_MILVUS_URI=http://127.0.0.1:19530).",
        ) from None
    except (MilvusLiteError, OSError, RuntimeError, ValueError) as error:
        raise StoreError(
            f"The vectors in {path} cannot be opened: {error}.",
            hint="Check that the directory can be written to.",
        ) from error
    return server, engine, port


def _sweep(collections: Path) -> None:
    """Remove what is left of collections in whose making or dropping the process was killed.

    The engine does not list a collection without its schema, and yet refuses to make it again.
    """
    for folder in collections.iterdir():
        if folder.is_dir() and not (folder / "schema.json").exists():
            shutil.rmtree(folder)


def _forget_indexes(collections: Path) -> None:
    """Remove the indexes beside the segments: each is built anew from its segment where missing.

    The engine writes them in place. One that is half written makes every search of its collection
    fail, for good.
    """
    for folder in collections.glob("*/partitions/*/indexes"):
        shutil.rmtree(folder)
