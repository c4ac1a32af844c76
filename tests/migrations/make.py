"""Writes today's stored databases: `python -m tests.migrations.make POSTGRES_URL`.

To be run once, before a release that has a new revision; what it writes is committed and never
made again. The URL is of an empty database on a PostgreSQL whose `pg_dump` is on the path.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.cli import main
from coinvec.domain.choices import Scope
from coinvec.services.keys import create_key
from tests.migrations import stored

_LEFT_OUT = ("--", "SET ", "\\", "SELECT pg_catalog.set_config")
"""Beginnings of lines that say for which server a dump is."""


def fill(home, url):
    """Fill a home as users do, and end before Milvus is told of the last two changes."""
    os.environ |= {
        "COINVEC_HOME": str(home),
        "COINVEC_DATABASE_URL": url,
        "COINVEC_PREPROCESSOR": stored.PREPROCESSOR,
        "COINVEC_ENCODER": stored.ENCODER,
    }
    run("init")
    run("import", stored.write_manifest(home.parent / "pictures"))
    lost = stored.image_id("syl-dollar", "reverse", 0)
    (home / "media" / lost[:2] / lost[2:]).unlink()
    run("generations", "build", "--encoder", stored.OTHER_ENCODER)
    run("generations", "check")
    with CatalogueStore.open(url) as store:
        key, title = stored.RENAMED
        coin = store.coin_types([key])[key]
        store.update_type(type(coin)(**{**_fields(coin), "title": title}))
        store.remove_images([stored.image_id(*stored.REMOVED)])
        create_key(store.keys(), "a phone's key", Scope.READ)


def run(*words):
    try:
        main([str(word) for word in words])
    except SystemExit as ended:
        if ended.code:
            raise


def _fields(coin):
    return {name: getattr(coin, name) for name in type(coin).__dataclass_fields__}


def sqlite_dump(path):
    connection = sqlite3.connect(path)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


def postgresql_dump(url):
    options = ["--inserts", "--no-owner", "--no-privileges", url.replace("+psycopg", "")]
    dump = subprocess.run(["pg_dump", *options], capture_output=True, text=True, check=True)
    kept = [line for line in dump.stdout.splitlines() if line and not line.startswith(_LEFT_OUT)]
    return "\n".join(kept)


def make(postgres_url):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        stored.install(folder / "site")
        sys.path.insert(0, str(folder / "site"))
        database = folder / "one" / "catalogue.db"
        for home, url in (("one", f"sqlite:///{database}"), ("two", postgres_url)):
            fill(folder / home, url)
        dumps = {"sqlite": sqlite_dump(database), "postgresql": postgresql_dump(postgres_url)}
    for engine, dump in dumps.items():
        path = stored.DATABASES / f"{schema.head()}.{engine}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dump + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(sys.argv[1])
