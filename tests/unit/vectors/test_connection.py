"""Connecting to servers that are not there."""

import logging
import socket
import time

import pytest

from coinvec.errors import SettingsError, StoreError
from coinvec.vectors.store import VectorStore


@pytest.mark.parametrize(
    "uri", ["http://user:secret@127.0.0.1:9", "http://127.0.0.1:70000", "ftp://user:secret@h"]
)
def test_an_unreachable_server(uri, capfd):
    start = time.monotonic()
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        VectorStore.open(uri, token="user:secret", timeout=0.5)
    assert time.monotonic() - start < 5
    assert "secret" not in str(caught.value)
    assert "COINVEC_MILVUS_URI" in caught.value.hint
    assert capfd.readouterr() == ("", "")


def test_a_closed_port_is_told_soon_but_not_at_once():
    """A wrong port, mostly; and now and then a server that is starting."""
    with socket.socket() as closed:  # bound, and nobody listens
        closed.bind(("127.0.0.1", 0))
        start = time.monotonic()
        with pytest.raises(StoreError, match=r"Connection refused; tried \d+ times in [0-4] s"):
            VectorStore.open(f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert time.monotonic() - start < 6


def test_an_unknown_index_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(SettingsError, match="HSNW"):
        VectorStore.open(str(tmp_path / "vectors.db"), index="HSNW")
    assert list(tmp_path.iterdir()) == []


def test_pymilvus_is_silenced_and_nobody_else():
    assert not logging.getLogger("pymilvus").isEnabledFor(logging.ERROR)
    assert logging.getLogger("tests").isEnabledFor(logging.ERROR)
