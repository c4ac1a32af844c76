"""`coinvec serve` and `coinvec keys`, as they are typed."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from tests.servers import free_port


@contextmanager
def serving(home, *options):
    """A running `coinvec serve`, and where it listens."""
    command = [sys.executable, "-m", "coinvec", "--home", str(home), "serve", "--port", "0"]
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True, env=environ)
    try:
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "startup complete" in line:
                break
        else:
            raise AssertionError("".join(lines))
        yield process, re.search(r"http://\S+", "".join(lines))[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def asked(url, key=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return json.load(answer)


def test_it_serves_one_home_until_it_is_interrupted(filled, coinvec):
    with serving(filled, "--threads", "1") as (process, url):
        assert asked(f"{url}/readyz")["status"] == "ready"
        assert asked(f"{url}/v1/coins?limit=1")["total_matching"] == 6
        locked = subprocess.run(
            [sys.executable, "-m", "coinvec", "--home", str(filled), "list"],
            check=False, capture_output=True, text=True,
            env={**os.environ, "COINVEC_LOCK_TIMEOUT": "0"},
        )  # fmt: skip
        assert locked.returncode == 4
        assert f"process {process.pid}" in " ".join(locked.stderr.split())

        # Keys are made while it serves, and hold from then on.
        made = coinvec("--home", filled, "keys", "create", "--name", "phone", "--format", "json")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            asked(f"{url}/v1/coins")
        assert asked(f"{url}/v1/coins", made.json["key"])["total_matching"] == 6
    assert process.returncode == 0
    assert coinvec("--home", filled, "list").status == 0  # the lock fell with it


def test_others_are_not_served_without_a_key(filled, coinvec):
    refused = coinvec("--home", filled, "serve", "--host", "0.0.0.0")
    assert refused.status == 2
    assert "coinvec keys create" in " ".join(refused.err.split())


def test_what_cannot_be_served_is_told(filled, coinvec):
    two = coinvec("--home", filled, "serve", "--processes", "2")
    assert two.status == 2
    assert "Milvus Lite has one owner" in " ".join(two.err.split())
    missing = coinvec("--home", filled.with_name("none"), "serve")
    assert missing.status == 4
    import socket

    with socket.create_server(("127.0.0.1", port := free_port())):
        taken = coinvec("--home", filled, "serve", "--port", port)
    assert taken.status == 4
    assert f"127.0.0.1:{port}" in taken.err
    assert os.environ.get("COINVEC_HTTP_THREADS") is None


def test_keys_are_made_listed_and_revoked(filled, coinvec):
    made = coinvec("keys", "create", "--name", "shop", "--scope", "write")
    assert made.status == 0
    assert re.fullmatch(r"coinvec_[\w-]{43}\n", made.out)
    [key] = coinvec("keys", "list", "--format", "json").json
    assert (key["name"], key["scope"], key["revoked_at"]) == ("shop", "write", None)
    assert made.out.strip() not in coinvec("keys", "list").out
    assert coinvec("keys", "revoke", key["id"]).status == 0
    assert coinvec("keys", "list", "--format", "json").json[0]["revoked_at"]
    again = coinvec("keys", "revoke", key["id"])
    assert again.status == 3
    assert "still holds" in again.err
