"""A Milvus server for benchmarks: as it comes, started anew at will, and weighed.

The tests' own server (`tests.servers`) ticks faster than a server does by default, which would
flatter the latencies; here nothing is changed. It takes port 2380 besides its own, so one such
server runs on a machine at a time.
"""

import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import milvus

from tests.servers import new_folder

START_TIMEOUT_S = 300
STOP_TIMEOUT_S = 60
MIB = 2**20


class BenchServer:
    """A standalone server on a new folder; a context manager. What it holds survives a restart."""

    def __init__(self) -> None:
        self._folder = new_folder()
        self._server: milvus.MilvusServer | None = None

    @property
    def uri(self) -> str:
        """What clients connect to."""
        return f"http://127.0.0.1:{self._running.listen_port}"

    def start(self) -> None:
        """Start, and wait until it is healthy."""
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", 2380)) == 0:
                raise SystemExit("Port 2380 is taken: another Milvus server runs on this machine.")
        config = milvus.MilvusServerConfig(data_dir=str(self._folder))
        self._server = milvus.MilvusServer(config, wait_for_started=False)
        self._server.start()
        self._server.wait_started(START_TIMEOUT_S * 1000)

    def stop(self) -> None:
        """Ask the server to end; killed at once, as its own `stop` does, it starts slowly again."""
        self._running.server_proc.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._running.server_proc.wait(STOP_TIMEOUT_S)
        self._running.stop()
        self._server = None

    def restart(self) -> None:
        """Start anew, so that its memory holds nothing of what was done before."""
        self.stop()
        self.start()

    def resident_mib(self) -> float:
        """Resident memory of the server's process in MiB (`VmRSS`; Linux)."""
        status = Path(f"/proc/{self._running.server_proc.pid}/status").read_text(encoding="ascii")
        [line] = [each for each in status.splitlines() if each.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024 / MIB

    @property
    def _running(self) -> milvus.MilvusServer:
        assert self._server is not None
        return self._server

    def __enter__(self) -> "BenchServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
