"""The service that the page of a test comes from, and the screens it is looked at on."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from tests.servers import free_port

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 860}
PATIENCE_S = 120


@contextmanager
def serving(home):
    """`coinvec serve` on a home, at a port of its own; gives the address of the page."""
    port = free_port()
    command = [sys.executable, "-m", "coinvec", "--home", str(home), "serve", "--port", str(port)]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("COINVEC_")}
    log = home.with_suffix(".log")
    with (
        log.open("w", encoding="utf-8") as stderr,
        subprocess.Popen(command, env=environ, stderr=stderr) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz", process, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


def _wait_for(address, process, log):
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"coinvec serve did not start: {log.read_text('utf-8')}")
            time.sleep(0.2)
