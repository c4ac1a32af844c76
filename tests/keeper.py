"""Runs a server for as long as the test run lives: `python keeper.py OWNER FOLDER USER COMMAND…`.

A server started by a worker of pytest must outlive that worker, and must not outlive the run,
however the run ends. So each has a keeper, which waits for the process `OWNER` to be gone; it then
ends the server with all it started, and removes FOLDER. SIGTERM ends the server in its own way,
SIGQUIT as a crash would; the folder stays.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

POLL_S = 0.2
GRACE_S = 5.0
"""How long a server may take to end by itself before it is killed."""


def keep(owner: int, folder: str, user: str, command: list[str]) -> None:
    signalled: list[int] = []
    for number in (signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, lambda number, _: signalled.append(number))
    identity = {"user": user, "group": user, "extra_groups": []} if user else {}
    server = subprocess.Popen(command, cwd=folder, process_group=0, **identity)
    while server.poll() is None and not signalled and is_alive(owner):
        time.sleep(POLL_S)
    end(server, gently=signal.SIGQUIT not in signalled)
    if not is_alive(owner):
        shutil.rmtree(folder, ignore_errors=True)


def end(server: subprocess.Popen, *, gently: bool) -> None:
    with suppress(ProcessLookupError):
        if gently:
            os.killpg(server.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                server.wait(GRACE_S)
        os.killpg(server.pid, signal.SIGKILL)  # with what the server has started
    server.wait()


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
