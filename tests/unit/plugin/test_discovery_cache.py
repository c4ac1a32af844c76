"""What is installed is remembered, and never for longer than it is true."""

import importlib.metadata
import json
import shutil

import pytest

from coinvec.plugin import discovery, discovery_cache
from coinvec.plugin.host import PluginHost


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """Where it is remembered; folders need not have settled."""
    monkeypatch.setattr(discovery_cache, "_SETTLED_NS", -(10**18))
    monkeypatch.setattr(
        "coinvec.plugin.discovery_cache.platformdirs.user_cache_path",
        lambda *_, **__: tmp_path / "remembered",
    )
    return tmp_path / "remembered" / "plugins.json"


@pytest.fixture
def reads(monkeypatch):
    """How often the metadata of everything was read."""
    calls = []
    everything = importlib.metadata.distributions

    def counted(**how):
        calls.append(1)
        return everything(**how)

    monkeypatch.setattr(importlib.metadata, "distributions", counted)
    return calls


def names():
    return {plugin.name for plugin in discovery.installed_plugins()}


def test_a_second_look_reads_no_metadata(site, reads):
    site.install("t-one", "", requires=("coinvec>=0.1,<9",), entry_points="[coinvec]\na = {module}")
    first = discovery.installed_plugins()
    again = discovery.installed_plugins()
    assert len(reads) == 1
    assert [each.key for each in again] == [each.key for each in first]
    assert [each.module for each in again] == [each.module for each in first]
    # They have been checked, and are not to be checked again.
    assert {each.requires for each in again} == {()}


def test_what_is_installed_or_removed_is_seen_at_once(site):
    site.install("t-one", "")
    assert "t-one" in names()
    site.install("t-two", "")
    assert {"t-one", "t-two"} <= names()
    shutil.rmtree(site.folder / "t_one-1.2.dist-info")
    assert "t-one" not in names()
    assert "t-two" in names()


def test_a_folder_put_before_the_others_is_seen(site, tmp_path, monkeypatch):
    site.install("t-one", "")
    assert "t-one" in names()
    monkeypatch.syspath_prepend(str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    shutil.copytree(site.folder / "t_one-1.2.dist-info", tmp_path / "elsewhere" / "t_one.dist-info")
    (tmp_path / "elsewhere" / "t_one.dist-info" / "entry_points.txt").write_text("")
    assert "t-one" not in names()


def test_while_one_is_refused_nothing_is_remembered(site, file):
    site.install("t-good", "")
    site.install("t-late", "", requires=("coinvec>=99",))
    for _ in range(2):
        failed = {each.entry_point: each.reason for each in PluginHost().failures()}
        assert "requires coinvec>=99" in failed["t-late"]
    assert not file.exists()


def test_another_release_looks_anew(site, reads, monkeypatch):
    site.install("t-one", "", requires=("coinvec",))
    names()
    monkeypatch.setattr("coinvec.__version__", "0.9.9")
    names()
    assert len(reads) == 2


def test_a_folder_changed_a_moment_ago_is_not_trusted(site, file, monkeypatch):
    monkeypatch.setattr(discovery_cache, "_SETTLED_NS", 10**18)
    site.install("t-one", "")
    assert "t-one" in names()
    assert not file.exists()


def test_few_environments_are_remembered(site, file):
    for number in range(12):
        site.install(f"t-{number}", "")
        assert f"t-{number}" in names()
    assert len(json.loads(file.read_text())) == 8


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '{"STATE": 3}', '{"STATE": [{}]}'])
def test_a_broken_file_is_not_missed(site, file, text):
    site.install("t-one", "")
    state = discovery_cache._state(discovery.core_version())
    file.parent.mkdir()
    file.write_text(text.replace("STATE", state))
    assert "t-one" in names()
    assert "t-one" in names()


def test_nowhere_to_remember_is_no_fault(site, file):
    site.install("t-one", "")
    file.parent.write_text("a file where the folder should be")
    assert "t-one" in names()
