"""`coinvec serve`."""

import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from coinvec.cli.session import Session, pass_session, say
from coinvec.errors import SettingsError, UnavailableError, UsageError

if TYPE_CHECKING:
    from coinvec.settings import Settings

APP = "coinvec.http.app:app_from_environment"
"""Made by each process of the service from its environment; see `coinvec.http.options`."""

_LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "coinvec.http.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {
        name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
        for name in ("uvicorn", "coinvec")
    },
}
_COUNTERS = "PROMETHEUS_MULTIPROC_DIR"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, help="Port to listen on.")
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes; more than one where the vectors are on a server.",
)
@click.option("--threads", type=click.IntRange(min=0), help="Searches at once in each process.")
@click.option("--queue", type=click.IntRange(min=0), help="Searches that wait in each process.")
@click.option("--timeout", type=click.FloatRange(min=1), help="Seconds a request may take.")
@click.option("--rate", type=click.IntRange(min=0), help="Requests a minute of a key; 0: any.")
@click.option("--cors-origins", metavar="URLS", help="Web origins, by comma, that may call it.")
@pass_session
def serve(session: Session, /, host: str, port: int, processes: int, **bounds: object) -> None:
    """Serve the HTTP interface and the web page.

    Without keys only this machine is served; `coinvec keys create` makes one. The options that
    bound it are also COINVEC_HTTP_THREADS, …_QUEUE, …_TIMEOUT, …_RATE, …_CORS_ORIGINS.
    """
    from coinvec.services.keys import is_loopback

    settings = session.settings()
    _require_extra()
    _check(settings, host, processes)
    given = {name: value for name, value in bounds.items() if value is not None}
    if not is_loopback(host):
        given["require_key"] = True
    variables = {f"COINVEC_HTTP_{name.upper()}": str(value) for name, value in given.items()}
    variables["COINVEC_HOME"] = str(settings.home)
    with _listening(host, port) as listener, _environment(variables, processes):
        shown = f"[{host}]" if ":" in host else host
        say(f"Serving {settings.home} at http://{shown}:{listener.getsockname()[1]}")
        _run(listener, processes)


def _require_extra() -> None:
    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise SettingsError(
            f"The HTTP interface needs {error.name}, which is not installed.",
            hint="Type: pip install 'coinvec[serve]'",
        ) from error


def _check(settings: "Settings", host: str, processes: int) -> None:
    """Refuse what would not be safe, or could not work, before anything is opened.

    Raises:
        UsageError: Others could reach the service and no key was made, or several processes were
            asked for where one owns the vectors.
    """
    from coinvec.catalogue.store import CatalogueStore
    from coinvec.services.home import require_home
    from coinvec.services.keys import is_loopback

    if processes > 1 and settings.is_embedded:
        raise UsageError(
            f"{processes} processes cannot share {settings.milvus_uri}: Milvus Lite has one owner.",
            hint="Leave --processes out, or set COINVEC_MILVUS_URI to a server.",
        )
    require_home(settings)
    with CatalogueStore.open(settings.database_url) as catalogue:
        if not is_loopback(host) and not catalogue.keys().any():
            raise UsageError(
                f"At {host} others could search and change this catalogue, and it has no keys.",
                hint="Make one first: coinvec keys create --scope admin",
            )


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; bound here, so that a taken port is told before models are loaded."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnavailableError(
            f"{host}:{port} cannot be listened on: {reason}.",
            hint="Name another --port; --port 0 takes any that is free.",
        ) from None
    with listener:
        yield listener


@contextmanager
def _environment(variables: Mapping[str, str], processes: int) -> Iterator[None]:
    """Hand the options to the processes; where they are many, they count together."""
    with tempfile.TemporaryDirectory(prefix="coinvec-counters-") as counters:
        shared = {_COUNTERS: counters} if processes > 1 else {}
        before = dict(os.environ)
        os.environ |= {**shared, **variables}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ |= before


def _run(listener: socket.socket, processes: int) -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        APP,
        factory=True,
        workers=processes,
        access_log=False,
        log_config=_LOGS,
        server_header=False,
        timeout_graceful_shutdown=30,
    )
    if processes > 1:
        Multiprocess(config, sockets=[listener]).run()
        return
    config.load()  # here, so that a home that cannot be opened is told as by every command
    with suppress(KeyboardInterrupt):  # the way to end it
        uvicorn.Server(config).run(sockets=[listener])
