"""One good plugin among every kind of bad one: it works, and each bad one is listed with why.

The plugins are what an installer leaves behind: `.dist-info` folders and modules on the path.
"""

import pytest

GOOD = "t-good"
TARGET = """
import numpy as np
from coinvec_classic.polar import PolarEncoder

class Good(PolarEncoder):
    pass

class Wide(PolarEncoder):
    def encode(self, crops):
        return np.pad(super().encode(crops), ((0, 0), (0, 1)))

class Long(PolarEncoder):
    def encode(self, crops):
        return super().encode(crops) * np.float32(3)
"""
DECLARES = """
@hookimpl
def coinvec_encoders():
    return [EncoderSpec(name={name!r}, target="t_targets:{target}", revision="1", dim=64)]
"""
MISSPELT = "@hookimpl\ndef coinvec_encodrs(): return []"
RAISING = "@hookimpl\ndef coinvec_encoders(): raise ZeroDivisionError('half way')"

NOT_LOADED = {
    "t-absent": ("ModuleNotFoundError", "pip install --force-reinstall t-absent"),
    "t-ancient": ("COINVEC_API = 0", "Upgrade both"),
    "t-future": ("requires coinvec>=99", "Upgrade both"),
    "t-misspelt": ("perhaps coinvec_encoders", "tell its authors"),
    "t-raising": ("half way", "tell its authors"),
    "t-rival": ("'t-good', which plugin t-good", "Uninstall one of the two"),
}
LOADED_BUT_WRONG = {
    "t-long": ("unit-norm", "e.g. 3", "Divide each row"),
    "t-wide": ("shape", "(5, 65)", "declare dim=65"),
}


@pytest.fixture
def crowd(site):
    site.module("t_targets", TARGET)
    site.install("t-absent", "import no_such_library_of_ours")
    site.install("t-ancient", DECLARES.format(name="t-ancient", target="Good"), api="0")
    site.install(
        "t-future", DECLARES.format(name="t-future", target="Good"), requires=("coinvec>=99",)
    )
    site.install("t-misspelt", MISSPELT)
    site.install("t-raising", RAISING)
    site.install("t-rival", DECLARES.format(name=GOOD, target="Good"))
    for name, target in ((GOOD, "Good"), ("t-wide", "Wide"), ("t-long", "Long")):
        site.install(name, DECLARES.format(name=name, target=target))


def test_each_that_cannot_be_loaded_is_listed_with_reason_and_remedy(crowd, coinvec):
    listed = {each["plugin"]: each for each in coinvec("plugins", "list", "--format", "json").json}
    for name, (reason, remedy) in NOT_LOADED.items():
        assert listed[name]["status"] == "failed"
        assert reason in listed[name]["reason"]
        assert remedy in listed[name]["remedy"]
    assert {name for name, each in listed.items() if each["status"] == "failed"} == set(NOT_LOADED)
    table = coinvec("plugins", "list").out
    for name, (reason, remedy) in NOT_LOADED.items():
        [line] = [each for each in table.splitlines() if each.startswith(f"{name}: ")]
        assert reason in line
        assert remedy in line


def test_the_check_finds_those_that_load_and_break_their_promise(crowd, coinvec):
    names = (GOOD, *LOADED_BUT_WRONG, "t-raising")
    outcome = coinvec("plugins", "check", *names, "--format", "json")
    reports = {each["name"]: each for each in outcome.json}
    assert outcome.status == 1
    assert reports[GOOD]["passed"]
    assert "3 of 4" in outcome.err
    for name, (check, reason, remedy) in LOADED_BUT_WRONG.items():
        found = {each["check"]: each["detail"] for each in reports[name]["outcomes"]
                 if not each["passed"]}  # fmt: skip
        assert reason in found[check]
        assert remedy in found[check]
    [loading] = reports["t-raising"]["outcomes"]
    assert not loading["passed"]
    assert "half way" in loading["detail"]


def test_the_good_one_makes_a_home_and_the_bad_ones_are_refused_on_use(
    crowd, coinvec, minted, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    for name, words in (("t-wide", "declares 64"), ("t-long", "not of norm 1")):
        monkeypatch.setenv("COINVEC_ENCODER", name)
        home = ("--home", f"home-of-{name}")
        assert coinvec(*home, "init").status == 0
        refused = coinvec(*home, "import", minted.manifest)
        assert refused.status == 4
        assert words in refused.err
    monkeypatch.setenv("COINVEC_ENCODER", GOOD)
    assert coinvec("--home", "home-of-good", "init").status == 0
    assert coinvec("--home", "home-of-good", "import", minted.manifest).status == 0
    found = coinvec(
        "--home", "home-of-good", "search", "--image", minted.photos[0].path, "--format", "json"
    )
    assert found.json["encoder"] == f"{GOOD}@1"
    assert found.json["hits"]
