"""What metadata say, without importing anything."""

import importlib
import subprocess
import sys

import pytest

from coinvec.errors import PluginError
from coinvec.plugin.discovery import InstalledPlugin, check_requirement, installed_plugins


def found(*distributions: str) -> list[InstalledPlugin]:
    return [plugin for plugin in installed_plugins() if plugin.distribution in distributions]


def plugin_requiring(*requires: str) -> InstalledPlugin:
    return InstalledPlugin("t", "nowhere", "coinvec-t", "1", requires)


def test_order_and_names(site):
    site.install("T_Zeta.plug", "", entry_points="[coinvec]\nb = {module}\na = {module}\n")
    site.install("t-alpha", "", requires=("coinvec (>=0.1,<1)",))
    plugins = found("t-zeta-plug", "t-alpha")
    assert [p.key for p in plugins] == ["t-alpha:t-alpha", "t-zeta-plug:a", "t-zeta-plug:b"]
    assert plugins[0].requires == ("coinvec (>=0.1,<1)",)
    assert plugins[1].version == "1.2"
    assert plugins[1].aliases == {"a", "t-zeta-plug"}


def test_nothing_is_imported(site):
    module = site.install("t-alpha", "")
    assert found("t-alpha")
    assert module not in sys.modules


def test_other_groups_are_none_of_ours(site):
    site.install("t-alpha", "", entry_points="[coinvec.commands]\nt = {module}\n")
    assert found("t-alpha") == []


def test_broken_metadata_of_one_distribution_hides_no_other(site):
    site.install("t-broken", "", entry_points="[coinvec]\nthis is not an entry point\n")
    nameless = site.folder / "t_nameless-1.2.dist-info"
    nameless.mkdir()
    (nameless / "entry_points.txt").write_text("[coinvec]\nt = nowhere\n")
    site.install("t-alpha", "")
    assert len(found("t-alpha")) == 1


def test_what_a_failed_removal_left_behind_is_no_plugin(site):
    site.install("t-gone", "")
    (site.folder / "t_gone-1.2.dist-info").rename(site.folder / "~_gone-1.2.dist-info")
    importlib.invalidate_caches()
    assert found("t-gone") == []


def test_the_first_distribution_on_the_path_counts(site, tmp_path, monkeypatch):
    site.install("t-alpha", "")
    newer = tmp_path / "newer" / "t_alpha-2.0.dist-info"
    newer.mkdir(parents=True)
    (newer / "METADATA").write_text("Metadata-Version: 2.1\nName: t-alpha\nVersion: 2.0\n")
    monkeypatch.syspath_prepend(str(newer.parent))
    assert found("t-alpha") == []  # 2.0 has no entry points any more


@pytest.mark.parametrize(
    "requires",
    [
        (),
        ("numpy>=99",),
        ("coinvec",),
        ("Coinvec>=0.1,<1",),
        ("coinvec[classic]~=0.1",),
        ('coinvec>=99; extra == "train"',),
        ('coinvec>=99; python_version < "3"',),
        ("coinvec-classic>=99",),
    ],
)
def test_requirements_that_are_met(requires):
    check_requirement(plugin_requiring(*requires), "0.4.2")


def test_a_development_version_of_the_core_counts():
    check_requirement(plugin_requiring("coinvec>=0.1,<1"), "0.5.0.dev3")


@pytest.mark.parametrize(
    "text", ["coinvec>=0.5", "COINVEC<0.4", "coinvec==0.4.1", "coinvec!=0.4.2"]
)
def test_requirements_that_are_not_met(text):
    with pytest.raises(PluginError, match=r"requires coinvec.*this is coinvec 0\.4\.2"):
        check_requirement(plugin_requiring("numpy", text), "0.4.2")


def test_a_requirement_that_cannot_be_read():
    with pytest.raises(PluginError, match="'coinvec >>> 1'"):
        check_requirement(plugin_requiring("coinvec >>> 1"), "0.4.2")


def test_the_host_module_is_light():
    code = (
        "import sys, coinvec.plugin.host;"
        "heavy = {'cv2', 'pymilvus', 'sqlmodel', 'sqlalchemy', 'PIL', 'coinvec.pipeline.rank'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
