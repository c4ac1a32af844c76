"""A warm process that forks children which run the command line, and has them killed.

Importing coinvec and its stores takes a second and a half, so this process does it once and every
child starts from there. Nothing is opened before the fork: Milvus Lite and its threads belong to
the child alone. A child is killed with SIGKILL, either by this process after some time, or by
itself right before or right after the n-th call of some function; coinvec knows nothing of it.

It reads requests from standard input, one JSON object a line, and answers each with one:

    {"runs": [[argument, …], …],      command lines, one after the other while they succeed
     "out": path,                     takes the child's standard output and error
     "chunk": 2,                      photos an import takes at a time
     "at": ["module:name.attribute", "before" | "after", n]   where it kills itself, or null
     "after_s": seconds}                                      when it is killed, or null
    -> {"signal": 9, "status": 0, "seconds": 0.4}
"""

import functools
import importlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from itertools import count
from pathlib import Path

WARM = (
    "alembic.command",
    "cv2",
    "fsspec.implementations.local",
    "milvus_lite.adapter.grpc.server",
    "milvus_lite.engine.collection",
    "milvus_lite.search.indexed_filter",
    "PIL.JpegImagePlugin",
    "pyarrow.dataset",
    "rich.progress",
    "coinvec.catalogue.schema",
    "coinvec.catalogue.upsert",
    "coinvec.cli.app",
    "coinvec.cli.browse",
    "coinvec.cli.doctor",
    "coinvec.cli.enrol",
    "coinvec.cli.setup",
    "coinvec.services.collection",
    "coinvec.services.doctor",
    "coinvec.vectors.store",
)


def main() -> None:
    """Answer requests until standard input ends."""
    for name in WARM:
        importlib.import_module(name)
    _load_models()
    for line in sys.stdin:
        answer = _answer(json.loads(line))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _load_models() -> None:
    from coinvec.plugin.host import PluginHost
    from coinvec.settings import Settings

    host = PluginHost(Settings.load().plugins)
    host.preprocessor("hough")
    host.encoder("polar")


def _answer(request: dict) -> dict:
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_child(request)
    if request.get("after_s") is not None:
        alarm = threading.Timer(request["after_s"], os.kill, (child, signal.SIGKILL))
        alarm.start()
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # its number stays taken
        alarm.cancel()
        alarm.join()
    _, ended = os.waitpid(child, 0)
    return {
        "signal": os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else 0,
        "status": os.WEXITSTATUS(ended) if os.WIFEXITED(ended) else None,
        "seconds": time.monotonic() - started,
    }


def _be_child(request: dict) -> None:
    out = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(out, stream)
    status = 99
    try:
        if request.get("chunk"):
            from coinvec.services import enrol

            enrol.CHUNK = request["chunk"]
        if request.get("at"):
            _arm(*request["at"])
        for args in request["runs"]:
            if status := _run(args):
                break
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(args: list[str]) -> int:
    from coinvec.cli.app import main as coinvec

    if args[0] == "dump":
        return _dump(*args[1:])
    try:
        coinvec(args)
    except SystemExit as stop:
        sys.stdout.flush()
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))


def _dump(home: str, path: str) -> int:
    """Write down what Milvus has: the number it counts, and every row."""
    from coinvec.vectors.store import VectorStore

    store = VectorStore.open(str(Path(home) / "vectors.db"))
    collection = store.alias_target("coins")
    pages = store.row_pages(collection, after="", upto=None)
    rows = [
        dict(row, embedding=list(map(float, row["embedding"]))) for p in pages for row in p.values()
    ]
    dump = {"count": store.count(collection), "collections": store.collections(), "rows": rows}
    Path(path).write_text(json.dumps(dump, sort_keys=True))
    store.close()
    return 0


def _arm(target: str, when: str, nth: int) -> None:
    """Make the n-th call of a function the last thing this process does."""
    module, _, path = target.partition(":")
    owner = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original, calls, lock = getattr(owner, name), count(1), threading.Lock()

    @functools.wraps(original)
    def deadly(*args, **kwargs):
        with lock:
            is_last = next(calls) == nth
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


if __name__ == "__main__":
    main()
