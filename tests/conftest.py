"""Shared fixtures: rendered coins, filled homes, the command line, the real photographs."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from coinvec.cli import main
from coinvec.services.home import Home
from coinvec.settings import Settings
from coinvec.testing import mint_catalogue, write_catalogue, write_phone_photos

pytest_plugins = ["tests.plugin_site", "tests.servers"]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEED = 11


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch, tmp_path):
    """No test sees the settings, or the home, of the machine it runs on."""
    import os

    for name in [each for each in os.environ if each.startswith("COINVEC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COINVEC_HOME", str(tmp_path / "home"))


@pytest.fixture
def data():
    """The real photographs; they are not part of the project."""
    if not DATA.is_dir():
        pytest.skip(f"needs the real coin photographs in {DATA.name}/ beside the checkout")
    return DATA


@dataclass(frozen=True)
class Minted:
    """A rendered collection on disk."""

    types: list
    manifest: Path
    photos: list

    @property
    def queries(self) -> Path:
        return self.photos[0].path.parent / "queries.csv"


@pytest.fixture(scope="session")
def minted(tmp_path_factory):
    """Six rendered coin types, two pictures a side, and four phone photos of them."""
    folder = tmp_path_factory.mktemp("minted")
    types = mint_catalogue(SEED, n_types=6, n_issuers=3)
    manifest = write_catalogue(folder / "catalogue", types, size=200, seed=SEED)
    photos = write_phone_photos(folder / "photos", types, count=4, size=(480, 640), seed=SEED)
    return Minted(types, manifest, photos)


@pytest.fixture(scope="session")
def _filled(tmp_path_factory, minted):
    from coinvec.services.collection import Catalogue

    home = tmp_path_factory.mktemp("filled") / "home"
    with Catalogue(Home.create(Settings.load(home=home, environ={}))) as catalogue:
        report = catalogue.import_manifest(minted.manifest)
    assert report.added == 24
    assert not report.rejected
    return home


@pytest.fixture
def filled(_filled, tmp_path):
    """A home of its own, filled with the rendered collection; it is the default home."""
    home = tmp_path / "home"
    shutil.copytree(_filled, home)
    return home


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line did."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def coinvec(capsys):
    """Runs the command line in this process."""

    def run(*args) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return Outcome(stopped.value.code or 0, out, err)

    return run
