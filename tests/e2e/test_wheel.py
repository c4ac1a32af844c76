"""The wheel works where there is no checkout: its migrations are inside."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

USE = """
import sys
from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
assert sys.argv[1] in schema.__file__, schema.__file__
url = "sqlite:///" + sys.argv[2]
schema.upgrade(url)
assert schema.current(url) == schema.head()
assert schema.check(url) == []
CatalogueStore.open(url).close()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(out),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_carries_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "coinvec/_migrations/env.py" in names
    assert any(name.startswith("coinvec/_migrations/versions/0001") for name in names)
    assert "coinvec/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "plugins/", "docs/"))]


def test_migrations_run_from_the_wheel(wheel, tmp_path):
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = f"import sys; sys.path.insert(0, {str(site)!r})\n{USE}"
    done = subprocess.run(
        [sys.executable, "-c", code, str(site), str(tmp_path / "c.db")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
