"""The host with real distributions. Beside each broken plugin stands a good one that works."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from coinvec import __version__
from coinvec.errors import PluginError
from coinvec.pipeline.rank import SimilarityRanker
from coinvec.plugin import hookspecs
from coinvec.plugin.host import PluginHost
from coinvec.plugin.records import PluginRecord, PluginStatus
from coinvec.plugin.specs import EncoderSpec

GOOD = "t-good"
BAD = "t-bad"


def record_of(host: PluginHost, entry_point: str) -> PluginRecord:
    (record,) = [r for r in host.records() if r.entry_point == entry_point]
    return record


@pytest.fixture
def good(site):
    """A working plugin, sorted after `t-bad`, declaring the encoder `t-fine`."""
    site.module(
        "fine_target",
        """
        import numpy as np

        class Encoder:
            def encode(self, crops):
                return np.tile(np.float32([0.6, 0.8]), (len(crops), 1))
        """,
    )
    site.install_encoder(GOOD, "t-fine", "fine_target:Encoder")


def check_failed(host: PluginHost, *words: str) -> PluginRecord:
    """The bad plugin is recorded as failed, in so many words, and the good one works."""
    record = record_of(host, BAD)
    assert record.status is PluginStatus.FAILED
    assert record in host.failures()
    for word in words:
        assert word in record.reason
    assert record.remedy
    assert "\n" not in record.reason
    assert record_of(host, GOOD).status is PluginStatus.OK
    assert host.encoder("t-fine").encode([None, None]).shape == (2, 2)
    return record


def test_a_good_plugin_is_recorded_and_declared(site, good):
    host = PluginHost()
    expected = EncoderSpec(name="t-fine", target="fine_target:Encoder", revision="1", dim=2)
    record = record_of(host, GOOD)
    assert (record.distribution, record.version) == (GOOD, "1.2")
    assert record.specs == (expected,)
    assert record.reason == record.remedy == ""
    assert host.spec("encoder", "t-fine") == expected
    assert "t-fine" in host.names("encoder")
    assert "t-fine" not in host.names("ranker")
    assert host.failures() == []


def test_the_core_declares_the_default_ranker_even_with_nothing_allowed(site, good):
    host = PluginHost(allow=())
    core = host.records()[0]
    assert (core.entry_point, core.version, core.status) == ("core", __version__, PluginStatus.OK)
    assert host.names("ranker") == ["similarity"]
    assert isinstance(host.ranker(), SimilarityRanker)
    assert host.names("encoder") == []


def test_the_target_is_imported_when_asked_for_and_once(site, good):
    host = PluginHost()
    host.spec("encoder", "t-fine")
    assert "fine_target" not in sys.modules
    encoder = host.encoder("t-fine")
    assert type(encoder) is sys.modules["fine_target"].Encoder
    assert host.encoder("t-fine") is encoder


def test_threads_share_one_instance(site):
    site.module(
        "slow_target",
        """
        import time
        made = []

        class Encoder:
            def __init__(self):
                made.append(self)
                time.sleep(0.05)

            def encode(self, crops):
                return None
        """,
    )
    site.install_encoder(GOOD, "t-slow", "slow_target:Encoder")
    host = PluginHost()
    with ThreadPoolExecutor(8) as pool:
        instances = set(pool.map(host.encoder, ["t-slow"] * 8))
    assert len(instances) == 1
    assert instances == set(sys.modules["slow_target"].made)


def test_import_error(site, good):
    site.install(BAD, "import no_such_library_of_ours")
    record = check_failed(PluginHost(), "no_such_library_of_ours", "ModuleNotFoundError")
    assert isinstance(record.cause, ModuleNotFoundError)
    assert f"pip install --force-reinstall {BAD}" in record.remedy


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("raise SystemExit(3)", SystemExit),
        ("raise RuntimeError('first line\\nsecond line')", RuntimeError),
        ("x = (", SyntaxError),
    ],
)
def test_a_module_that_raises_on_import(site, good, body, cause):
    site.install(BAD, body)
    assert isinstance(check_failed(PluginHost()).cause, cause)


@pytest.mark.parametrize("value", ["not a module", "no_such_module_of_ours", "json:loads"])
def test_an_entry_point_that_leads_nowhere(site, good, value):
    site.install(BAD, "", entry_points=f"[coinvec]\n{{distribution}} = {value}\n")
    check_failed(PluginHost(), value)


@pytest.mark.parametrize("api", ["2", "None", "'1'"])
def test_wrong_api_version(site, good, api):
    site.install_encoder(BAD, "t-other", api=api)
    check_failed(PluginHost(), f"COINVEC_API = {api}", "needs 1")


def test_incompatible_core_version_is_refused_before_import(site, good):
    module = site.install_encoder(BAD, "t-other", requires=("coinvec>=99",))
    check_failed(PluginHost(), "coinvec>=99", f"this is coinvec {__version__}")
    assert module not in sys.modules


def test_raising_hook_keeps_what_was_declared_before(site, good):
    site.install("t-another", "raise OSError('unrelated')")
    site.install(
        BAD,
        """
        @hookimpl
        def coinvec_preprocessors():
            return [PreprocessorSpec(name="t-cut", target="a:B", revision="1")]

        @hookimpl
        def coinvec_encoders():
            yield EncoderSpec(name="t-one", target="a:B", revision="1", dim=2)
            raise ZeroDivisionError("half way")
        """,
    )
    host = PluginHost()
    record = check_failed(host, "coinvec_encoders", "half way")
    assert isinstance(record.cause, ZeroDivisionError)
    assert [spec.name for spec in record.specs] == ["t-cut"]
    assert "t-cut" not in host.names("preprocessor")
    with pytest.raises(PluginError, match=r"'t-cut' is not available.*half way") as caught:
        host.preprocessor("t-cut")
    assert caught.value.__cause__ is record.cause


def test_hooks_are_called_once_each_whoever_else_has_them(site, good):
    module = site.install(
        "t-counting",
        """
        calls = []

        @hookimpl
        def coinvec_encoders():
            calls.append(1)
            return ()
        """,
    )
    host = PluginHost()
    assert record_of(host, "t-counting").status is PluginStatus.OK
    assert record_of(host, GOOD).status is PluginStatus.OK  # called later
    assert sys.modules[module].calls == [1]


def test_duplicate_name_refuses_the_later_and_names_both(site, good):
    site.install_encoder("t-rival", "t-fine")
    host = PluginHost()
    rival = record_of(host, "t-rival")
    assert rival.status is PluginStatus.FAILED
    for words in ("t-rival (t-rival 1.2)", f"{GOOD} ({GOOD} 1.2)", "encoder 't-fine'"):
        assert words in rival.reason
    assert host.encoder("t-fine").encode([]).shape == (0, 2)


def test_one_name_for_two_kinds_is_no_duplicate(site, good):
    site.install(
        "t-rival",
        """
        @hookimpl
        def coinvec_rankers():
            return [RankerSpec(name="t-fine", target="a:B", revision="1")]
        """,
    )
    assert PluginHost().spec("ranker", "t-fine").target == "a:B"


def test_nobody_replaces_the_core_ranker(site, good):
    site.install(
        BAD,
        """
        @hookimpl
        def coinvec_rankers():
            return [RankerSpec(name="similarity", target="a:B", revision="1")]
        """,
    )
    host = PluginHost()
    check_failed(host, "similarity", "core (coinvec")
    assert isinstance(host.ranker("similarity"), SimilarityRanker)


def test_a_hook_that_will_change_is_told_of_and_works_on(site, good, monkeypatch):
    words = "coinvec_encoders will ask for a device in coinvec 0.3; see docs/plugins/versioning.md."
    changing = hookspecs.coinvec_encoders.coinvec_spec
    monkeypatch.setitem(changing, "warn_on_impl", FutureWarning(words))
    site.install("t-ranker", "@hookimpl\ndef coinvec_rankers(): return []")
    host = PluginHost()
    assert record_of(host, GOOD).warnings == (words,)
    assert record_of(host, GOOD).status is PluginStatus.OK
    assert record_of(host, "t-ranker").warnings == ()
    assert host.encoder("t-fine").encode([]).shape == (0, 2)


def test_misspelt_hook_is_named(site, good):
    site.install(BAD, "@hookimpl\ndef coinvec_encodrs(): return []")
    check_failed(PluginHost(), "coinvec_encodrs", "perhaps coinvec_encoders")


def test_hook_with_unknown_arguments(site, good):
    site.install(BAD, "@hookimpl\ndef coinvec_encoders(settings): return []")
    check_failed(PluginHost(), "coinvec_encoders", "settings")


def test_no_hook_at_all(site, good):
    site.install(BAD, "def coinvec_encoders(): return []")
    check_failed(PluginHost(), "no function", "hookimpl")


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("None", "NoneType"),
        ("7", "int instead of an iterable"),
        ("['polar']", "str instead of EncoderSpec"),
        ("{'polar': 1}", "str instead of EncoderSpec"),
        ("[RankerSpec(name='x', target='a:B', revision='1')]", "RankerSpec"),
        ("[EncoderSpec(name='Not A Name', target='a:B', revision='1', dim=2)]", "'Not A Name'"),
    ],
)
def test_hook_returning_rubbish(site, good, returned, words):
    site.install(BAD, f"@hookimpl\ndef coinvec_encoders(): return {returned}")
    check_failed(PluginHost(), "coinvec_encoders", words)


def test_two_entry_points_to_one_module(site, good):
    site.install_encoder(
        "t-twin", "t-twin", entry_points="[coinvec]\nt-a = {module}\nt-b = {module}\n"
    )
    host = PluginHost()
    assert record_of(host, "t-a").status is PluginStatus.OK
    assert "another entry point" in record_of(host, "t-b").reason
    assert host.spec("encoder", "t-twin").dim == 2


def test_allow_list_skips_without_import(site, good):
    module = site.install_encoder(BAD, "t-other")
    host = PluginHost(allow=(GOOD,))
    record = record_of(host, BAD)
    assert record.status is PluginStatus.SKIPPED
    assert module not in sys.modules
    assert host.failures() == []
    assert host.encoder("t-fine").encode([]).shape == (0, 2)
    with pytest.raises(PluginError, match="leaves out") as caught:
        host.encoder("unrelated")
    assert BAD in caught.value.hint


def test_allow_list_takes_distributions_in_any_spelling(site):
    site.install_encoder("coinvec-t-dist", "t-dist", entry_points="[coinvec]\nshort = {module}\n")
    assert "t-dist" in PluginHost(allow=("Coinvec_T.Dist",)).names("encoder")
    assert "t-dist" in PluginHost(allow=("short",)).names("encoder")
    assert "t-dist" not in PluginHost(allow=("t-dist",)).names("encoder")


def test_an_allow_listed_plugin_that_is_not_installed_is_a_failure(site, good):
    record = record_of(PluginHost(allow=("t-goood", GOOD)), "t-goood")
    assert record.status is PluginStatus.FAILED
    assert "not installed" in str(record)
    assert repr(GOOD) in record.remedy


def test_unknown_name_with_the_nearest_and_what_is_installed(site, good):
    with pytest.raises(PluginError) as caught:
        PluginHost().encoder("t-fin")
    assert "no encoder 't-fin'" in caught.value.message
    assert "t-fine" in caught.value.message
    assert caught.value.hint == "Did you mean 't-fine'?"
    assert caught.value.__cause__ is None
    assert caught.value.exit_status == 4


def test_a_plugin_that_failed_to_import_is_suspected(site, good):
    site.install(BAD, "import no_such_library_of_ours")
    with pytest.raises(PluginError, match="no_such_library_of_ours") as caught:
        PluginHost().encoder("something")
    assert BAD in caught.value.message
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_a_failed_plugin_asked_for_by_its_own_name(site, good):
    site.install(BAD, "raise OSError('out of luck')")
    with pytest.raises(PluginError, match=r"not available.*out of luck") as caught:
        PluginHost().encoder(BAD)
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize(
    ("source", "words", "cause"),
    [
        ("import no_such_library_of_ours", "no_such_library_of_ours", ModuleNotFoundError),
        ("raise SystemExit", "exit", SystemExit),
        ("Encoder = 5", "not callable", TypeError),
        ("encoder = None", "'Encoder'", AttributeError),
        ("def Encoder(): raise MemoryError('no room')", "no room", MemoryError),
        ("class Encoder:\n    def __init__(self, path): pass", "path", TypeError),
    ],
)
def test_broken_target(site, good, source, words, cause):
    site.module("broken_target", source)
    site.install_encoder(BAD, "t-broken", "broken_target:Encoder")
    host = PluginHost()
    assert host.failures() == []
    with pytest.raises(PluginError, match="t-broken") as caught:
        host.encoder("t-broken")
    assert words in caught.value.message
    assert BAD in caught.value.message
    assert caught.value.hint
    assert isinstance(caught.value.__cause__, cause)
    assert host.encoder("t-fine").encode([]).shape == (0, 2)
    sys.modules.pop("broken_target", None)


@pytest.mark.parametrize(
    "method",
    ["def find(self, picture): ...", "encode = None", "def encode(self): ...",
     "def encode(self, crops, size): ...", "def encode(self, *, crops): ..."],
)  # fmt: skip
def test_wrong_protocol(site, good, method):
    site.module("wrong_target", f"class Encoder:\n    {method}\n")
    site.install_encoder(BAD, "t-wrong", "wrong_target:Encoder")
    with pytest.raises(PluginError, match=r"t-wrong.*promise.*encode\("):
        PluginHost().encoder("t-wrong")


@pytest.mark.parametrize(
    "method",
    ["def find(self, picture, *, all_coins=False): ...", "def find(self, image, **options): ...",
     "def find(self, *args, all_coins): ...", "find = staticmethod(lambda p, all_coins: ())"],
)  # fmt: skip
def test_methods_that_can_be_called_like_the_protocol(site, method):
    site.module("right_target", f"class Finder:\n    {method}\n")
    site.install(
        GOOD,
        """
        @hookimpl
        def coinvec_preprocessors():
            return (PreprocessorSpec(name="t-find", target="right_target:Finder", revision="1"),)
        """,
    )
    assert PluginHost().preprocessor("t-find") is not None


def test_a_broken_target_is_tried_again(site):
    """As after `pip install` in a running notebook."""
    site.install_encoder(GOOD, "t-late", "late_target:Encoder")
    host = PluginHost()
    with pytest.raises(PluginError, match="late_target"):
        host.encoder("t-late")
    time.sleep(0.01)
    site.module("late_target", "class Encoder:\n    def encode(self, crops): ...\n")
    sys.path_importer_cache.clear()
    assert host.encoder("t-late") is not None
