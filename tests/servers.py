"""Real servers for tests: started on first need, shared by all workers of a run, gone after it.

Fixtures: `milvus_server` and `postgres_server` are one of each for the whole run; a test takes a
database of its own there, by `milvus_database` or `postgres_database`. `milvus_lite_server` is one
for the module. Where a server is not installed, the tests that need it are skipped, or fail under
`COINVEC_TEST_REQUIRE_SERVERS=1`, which the continuous integration sets.

A test that stops or kills a server starts one of its own: `MilvusLiteServer(folder)` or
`PostgresServer(folder)`, in a folder from `server_folder`.
"""

import importlib.util
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from filelock import FileLock

KEEPER = Path(__file__).with_name("keeper.py")
REQUIRE = "COINVEC_TEST_REQUIRE_SERVERS"
required = os.environ.get(REQUIRE) == "1"  # now: the tests themselves see no variables of ours
PATIENCE_S = 90.0
_numbers = itertools.count()


class ServerUnavailableError(Exception):
    """A server is not installed, or does not start; the message says which and why."""


def unique(stem):
    """A name that no other test of this run, on whatever worker, has."""
    return f"{stem}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_owner():
    """The process that lives as long as the test run: pytest, or what distributes its workers."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


class Server(ABC):
    """A server with its data in a folder of its own, on ports of its own.

    Args:
        folder: Where it keeps everything; exists.
        port: Where it listens; a free port by default.
    """

    user = ""

    def __init__(self, folder, port=None):
        self.folder = Path(folder)
        self.port = port or free_port()
        self._keeper = None

    @abstractmethod
    def command(self):
        """The program and its arguments."""

    @abstractmethod
    def answer(self):
        """Put one real request; raises while the server is not ready."""

    def environment(self):
        return {}

    def start(self):
        """Start the server, on what its folder holds, and wait until it answers."""
        log = self.folder / "server.log"
        with log.open("ab") as output:
            self._keeper = subprocess.Popen(
                [sys.executable, KEEPER, str(run_owner()), self.folder, self.user, *self.command()],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for the tests; what they need ends after them
                env=os.environ | self.environment(),
            )
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.answer()
            except Exception as error:
                if self._keeper.poll() is not None or time.monotonic() > deadline:
                    self.kill()
                    tail = log.read_text(errors="replace")[-2_000:]
                    raise ServerUnavailableError(
                        f"{type(self).__name__} does not start: {error}\n{tail}"
                    ) from error
                time.sleep(0.05)

    def stop(self):
        """Ask the server to end, and wait for it."""
        self._end(signal.SIGTERM)

    def kill(self):
        """End the server as a crash would: kill -9, without a word to its clients."""
        self._end(signal.SIGQUIT)

    def leave_running(self):
        """Leave the server to its keeper; Python would warn of a child that is forgotten."""
        self._keeper.returncode = 0

    def _end(self, number):
        if self._keeper.poll() is None:
            os.kill(self._keeper.pid, number)
        self._keeper.wait()


class MilvusServer(Server):
    """A standalone Milvus, as the PyPI package `milvus` carries it, that asks for a password."""

    @property
    def uri(self):
        return f"http://root:Milvus@127.0.0.1:{self.port}"

    def command(self):
        if importlib.util.find_spec("milvus") is None:
            raise ServerUnavailableError(
                "needs a Milvus server (pip install milvus; x86-64 Linux only)"
            )
        # By itself its etcd would take port 2380, of which there is one on a machine.
        client, peer = free_port(), free_port()
        (self.folder / "etcd.yaml").write_text(
            f"name: default\ndata-dir: {self.folder / 'etcd'}\n"
            f"listen-client-urls: http://127.0.0.1:{client}\n"
            f"advertise-client-urls: http://127.0.0.1:{client}\n"
            f"listen-peer-urls: http://127.0.0.1:{peer}\n"
            f"initial-advertise-peer-urls: http://127.0.0.1:{peer}\n"
            f"initial-cluster: default=http://127.0.0.1:{peer}\n"
        )
        options = {
            "data": self.folder,
            "proxy-port": self.port,
            "etcd-port": client,
            "authorization-enabled": True,
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        return [sys.executable, "-c", "from milvus import main; main()", *arguments]

    def environment(self):
        """Its clocks tick faster than by default, so that no test waits for the next tick."""
        return {
            "ETCD_CONFIG_PATH": str(self.folder / "etcd.yaml"),
            "PROXY_TIMETICKINTERVAL": "20",
            "INDEXCOORD_SCHEDULER_INTERVAL": "100",
            "QUERYCOORD_CHECKCHANNELINTERVAL": "100",
            "QUERYCOORD_CHECKSEGMENTINTERVAL": "100",
            "QUERYCOORD_DISTPULLINTERVAL": "50",
            "QUERYCOORD_LEADERVIEWUPDATEINTERVAL": "0.1",
        }

    def answer(self):
        with _milvus_client(self.uri) as client:
            client.list_collections(timeout=5)

    @contextmanager
    def database(self):
        """The address of a new database, which is dropped afterwards with all it holds."""
        name = unique("test")
        with _milvus_client(self.uri) as client:
            client.create_database(name)
        yield f"{self.uri}/{name}"
        with _milvus_client(f"{self.uri}/{name}") as client:
            for collection in client.list_collections():
                for alias in client.list_aliases(collection, db_name=name)["aliases"]:
                    client.drop_alias(alias)
                client.drop_collection(collection)
            client.drop_database(name)


class MilvusLiteServer(Server):
    """`milvus-lite server`: the embedded engine behind a port."""

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.port}"

    def command(self):
        data = self.folder / "vectors.db"
        options = ["--host", "127.0.0.1", "--data-dir", str(data), "--port", str(self.port)]
        return [sys.executable, "-m", "milvus_lite", "server", *options]

    def answer(self):
        with _milvus_client(self.uri) as client:
            client.list_collections(timeout=5)


class PostgresServer(Server):
    """A PostgreSQL that sorts texts as people do, not by code point, and asks for a password."""

    def __init__(self, folder, port=None):
        super().__init__(folder, port)
        self.user = "postgres" if os.geteuid() == 0 else ""  # it refuses to run as root

    def url(self, database="postgres"):
        return f"postgresql+psycopg://coinvec:secret@127.0.0.1:{self.port}/{database}"

    def command(self):
        data = self.folder / "data"
        if not data.exists():
            self._make(data)
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": self.port,
            "fsync": "off",
        }
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        return [_postgres_program("postgres"), "-D", str(data), *options]

    def start(self):
        """Start the server; after a kill, as soon as what is left of the old one has noticed."""
        while True:
            try:
                return super().start()
            except ServerUnavailableError as error:
                if "still in use" not in str(error):
                    raise
                time.sleep(0.2)

    def kill(self):
        """End the server as a crash would, with its workers, which have sessions of their own."""
        noted = self.folder / "data" / "postmaster.pid"
        workers = []
        if noted.exists():
            [first, *_] = noted.read_text().split()
            workers = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        super().kill()
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(int(worker), signal.SIGKILL)

    def _make(self, data):
        program = _postgres_program("initdb")
        password = self.folder / "password"
        password.write_text("secret")
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        linguistic = int(re.search(r"\d+", told.stdout)[0]) >= 15
        locale = ["--locale-provider=icu", "--icu-locale=en-US"] if linguistic else []
        identity = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        for path in (self.folder, password) if self.user else ():
            shutil.chown(path, self.user)
        options = ["--username=coinvec", "--auth=scram-sha-256", f"--pwfile={password}"]
        made = subprocess.run(
            [program, "-D", data, *options, "--encoding=UTF8", "--no-sync", *locale],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **identity,
        )
        if made.returncode:
            raise ServerUnavailableError(f"initdb failed: {made.stderr}")

    def answer(self):
        self.execute("SELECT 1")

    def execute(self, statement):
        psycopg = _psycopg()
        url = self.url().replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)

    def create_database(self, template="template1"):
        """Make a database as a copy of another, to which nobody is connected; gives its name."""
        name = unique("test")
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    @contextmanager
    def database(self):
        """The URL of a new database, which is dropped afterwards."""
        name = self.create_database()
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _milvus_client(uri):
    from pymilvus import MilvusClient

    client = MilvusClient(uri, timeout=5, dedicated=True)
    try:
        yield client
    finally:
        client.close()


def _psycopg():
    try:
        import psycopg
    except ImportError:
        raise ServerUnavailableError("needs psycopg (pip install 'coinvec[postgres]')") from None
    return psycopg


def _postgres_program(name):
    """A program of PostgreSQL, on the path or where Debian puts it, the newest version first."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3])
    )
    program = shutil.which(name) or (installed and str(installed[-1]))
    if not program:
        raise ServerUnavailableError(f"needs PostgreSQL ({name} is not installed)")
    return program


def missing(error):
    """Skip the test for want of a server, or fail it where servers are required."""
    if required:
        pytest.fail(f"{REQUIRE}=1, and a server is missing: {error}")
    pytest.skip(str(error))


def new_folder():
    """A folder that a server under another user can reach, unlike those of `tmp_path`."""
    return Path(tempfile.mkdtemp(prefix="coinvec-server-"))


def of_this_run(kind, tmp_path_factory):
    """The one server of a kind that all workers share, started by whoever needs it first."""
    base = tmp_path_factory.getbasetemp()
    note = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"{kind.__name__}.json"
    with FileLock(f"{note}.lock"):
        if not note.exists():
            server = kind(new_folder())
            try:
                server.start()
                server.leave_running()
                noted = {"folder": str(server.folder), "port": server.port}
            except ServerUnavailableError as error:  # let the others know without trying again
                shutil.rmtree(server.folder, ignore_errors=True)
                noted = {"error": str(error)}
            note.write_text(json.dumps(noted))
        noted = json.loads(note.read_text())
    if "error" in noted:
        missing(noted["error"])
    return kind(noted["folder"], noted["port"])


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory):
    """The Milvus server of this run."""
    return of_this_run(MilvusServer, tmp_path_factory)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """The PostgreSQL server of this run."""
    return of_this_run(PostgresServer, tmp_path_factory)


@pytest.fixture(scope="module")
def milvus_lite_server(tmp_path_factory):
    """A `milvus-lite server` for the tests of a module."""
    server = MilvusLiteServer(tmp_path_factory.mktemp("milvus-lite-server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server_folder():
    """A folder for a server that a test starts itself."""
    folder = new_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def milvus_database(milvus_server):
    """The address of an empty database of the Milvus server."""
    with milvus_server.database() as uri:
        yield uri


@pytest.fixture
def postgres_database(postgres_server):
    """The URL of an empty database of the PostgreSQL server."""
    with postgres_server.database() as url:
        yield url
