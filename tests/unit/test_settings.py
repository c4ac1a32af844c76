"""Sources and their order, reading of values, masking of secrets."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from coinvec.errors import SettingsError
from coinvec.settings import FILE_NAME, SettingLine, Settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def load(home: Path, toml: str = "", **environ: str) -> Settings:
    if toml:
        (home / FILE_NAME).write_text(toml, encoding="utf-8")
    return Settings.load(home, {f"COINVEC_{k.upper()}": v for k, v in environ.items()})


def line_of(settings: Settings, name: str) -> SettingLine:
    (line,) = [line for line in settings.describe() if line.name == name]
    return line


def test_defaults(home):
    settings = load(home)
    assert settings.home == home
    assert settings.database_url == f"sqlite:///{home}/catalogue.db"
    assert settings.milvus_uri == f"{home}/vectors.db"
    assert settings.media_url == f"{home}/media"
    assert settings.milvus_token is None
    assert settings.index == "FLAT"
    assert (settings.preprocessor, settings.encoder, settings.ranker) == (None, None, None)
    assert settings.plugins is None
    assert settings.lock_timeout == 5.0
    assert (settings.max_pixels, settings.max_bytes) == (100_000_000, 50_000_000)
    assert settings.is_embedded
    assert {line.origin for line in settings.describe()[1:]} == {"default"}


def test_nothing_is_created(tmp_path):
    settings = Settings.load(tmp_path / "absent" / "home", {})
    assert settings.home == tmp_path / "absent" / "home"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "variable", "expected", "origin"),
    [
        ("one", "two", "one", "--home"),
        (None, "two", "two", "COINVEC_HOME"),
        ("", "two", "two", "COINVEC_HOME"),
    ],
)
def test_which_home(tmp_path, monkeypatch, given, variable, expected, origin):
    monkeypatch.chdir(tmp_path)
    settings = Settings.load(given, {"COINVEC_HOME": variable})
    assert settings.home == tmp_path / expected
    assert line_of(settings, "home") == SettingLine("home", str(tmp_path / expected), origin)


def test_a_working_directory_that_is_gone_matters_to_relative_paths_only(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert Settings.load(tmp_path, {"COINVEC_MEDIA_URL": "/m"}).media_url == "/m"
    with pytest.raises(SettingsError, match="COINVEC_HOME names 'here'"):
        Settings.load(environ={"COINVEC_HOME": "here"})


@pytest.mark.parametrize("environ", [{}, {"COINVEC_HOME": ""}])
def test_the_platform_has_the_default_home(environ):
    settings = Settings.load(environ=environ)
    assert settings.home == platformdirs.user_data_path("coinvec", appauthor=False)
    assert line_of(settings, "home").origin == "default"


def test_the_home_may_use_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert Settings.load("~/coins", {}).home == tmp_path / "coins"
    with pytest.raises(SettingsError, match="leads nowhere"):
        Settings.load("~no-such-user-here/coins", {})


def test_the_environment_wins_over_the_file(home):
    settings = load(home, 'encoder = "a"\nranker = "b"\nlock_timeout = 1', encoder="c")
    assert (settings.encoder, settings.ranker, settings.lock_timeout) == ("c", "b", 1.0)
    assert line_of(settings, "encoder").origin == "COINVEC_ENCODER"
    assert line_of(settings, "ranker").origin == "coinvec.toml"
    assert line_of(settings, "preprocessor").origin == "default"


def test_an_empty_variable_counts_as_not_given(home):
    settings = load(home, 'encoder = "a"\nindex = ""', encoder="", max_bytes="", milvus_uri="")
    assert settings.encoder == "a"
    assert settings.index == "FLAT"
    assert settings.max_bytes == 50_000_000
    assert settings.is_embedded


def test_the_process_environment_is_the_default(home, monkeypatch):
    monkeypatch.setenv("COINVEC_ENCODER", "from-here")
    assert Settings.load(home).encoder == "from-here"


@pytest.mark.parametrize(
    ("text", "plugins", "shown"),
    [("", (), "none"), (" , ", (), "none"), ("a", ("a",), "a"), (" b,a ,b", ("b", "a"), "b, a")],
)
def test_plugins(home, text, plugins, shown):
    settings = load(home, plugins=text)
    assert settings.plugins == plugins
    assert line_of(settings, "plugins").value == shown


@pytest.mark.parametrize(
    ("toml", "plugins"),
    [('plugins = ["a", "b"]', ("a", "b")), ("plugins = []", ()), ('plugins = ""', ())],
)
def test_plugins_in_the_file(home, toml, plugins):
    assert load(home, toml).plugins == plugins


def test_all_plugins_is_said_so(home):
    assert line_of(load(home), "plugins") == SettingLine("plugins", "all", "default")


def test_the_file_may_use_the_names_of_the_variables(home):
    assert load(home, 'COINVEC_ENCODER = "a"').encoder == "a"
    with pytest.raises(SettingsError, match="encoder twice"):
        load(home, 'COINVEC_ENCODER = "a"\nencoder = "b"')


def test_relative_paths(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(
        home, 'milvus_uri = "v.db"\nmedia_url = "../m"\ndatabase_url = "sqlite:///c.db?x=1"'
    )
    assert settings.milvus_uri == str(home / "v.db")
    assert settings.media_url == str(tmp_path / "m")
    assert settings.database_url == f"sqlite:///{home}/c.db?x=1"
    settings = load(home, milvus_uri="v.db", media_url="m", database_url="sqlite:///c.db")
    assert settings.milvus_uri == str(tmp_path / "v.db")
    assert settings.media_url == str(tmp_path / "m")
    assert settings.database_url == f"sqlite:///{tmp_path}/c.db"


@pytest.mark.parametrize("name", ["plain", "with blank", "100%", "a%20b", "why?", "a#b", "a@b"])
def test_sqlite_urls_lead_to_the_file_whatever_its_name(tmp_path, name):
    home = tmp_path / name
    home.mkdir()
    assert sqlalchemy.make_url(load(home).database_url).database == str(home / "catalogue.db")
    (home / FILE_NAME).write_text('database_url = "sqlite:///own.db"')
    assert sqlalchemy.make_url(load(home).database_url).database == str(home / "own.db")
    (home / FILE_NAME).write_text('database_url = "sqlite:///my%20own.db"')
    assert sqlalchemy.make_url(load(home).database_url).database == str(home / "my own.db")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg:///coins"])
def test_other_database_urls_stay_as_they_are(home, url):
    assert load(home, database_url=url).database_url == url


@pytest.mark.parametrize(
    ("uri", "embedded"),
    [
        ("http://host:19530", False),
        ("https://host", False),
        ("tcp://host:1", False),
        ("unix:/run/milvus.sock", False),
        ("/srv/vectors.db", True),
    ],
)
def test_is_embedded(home, uri, embedded):
    settings = load(home, milvus_uri=uri)
    assert settings.milvus_uri == uri
    assert settings.is_embedded is embedded


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("lock_timeout", "soon", "COINVEC_LOCK_TIMEOUT is 'soon'"),
        ("lock_timeout", "-1", "'-1'"),
        ("lock_timeout", "nan", "'nan'"),
        ("lock_timeout", "1e999", "'1e999'"),
        ("max_pixels", "0", "COINVEC_MAX_PIXELS is '0'"),
        ("max_pixels", "-5", "'-5'"),
        ("max_bytes", "50MB", "'50MB'"),
        ("max_bytes", "1.5", "'1.5'"),
        ("max_bytes", "9" * 5_000, "COINVEC_MAX_BYTES"),
        ("milvus_uri", "vectors", "COINVEC_MILVUS_URI"),
        ("milvus_uri", "ftp://host/x.db", "COINVEC_MILVUS_URI"),
        ("milvus_uri", "http://", "COINVEC_MILVUS_URI"),
        ("database_url", "catalogue.db", "COINVEC_DATABASE_URL is not a database URL"),
    ],
)
def test_bad_values_in_the_environment(home, name, text, words):
    with pytest.raises(SettingsError) as caught:
        load(home, **{name: text})
    assert words in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_status == 4


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("encoder = 5", "encoder in"),
        ("lock_timeout = true", "True"),
        ("max_pixels = 1.5", "1.5"),
        ("max_pixels = true", "True"),
        ("plugins = [1]", "list of names"),
        ("plugins = 3", "list of names"),
        ("lock_timeout = 2020-01-01", "lock_timeout in"),
        ("[index]\ntype = 'FLAT'", "index in"),
        ('media_url = "a\\u0000b"', "media_url in"),
        ("encoder = ", "not valid TOML"),
        ("encoder = polar", "line 1"),
    ],
)
def test_bad_values_in_the_file(home, toml, words):
    with pytest.raises(SettingsError) as caught:
        load(home, toml)
    assert words in caught.value.message
    assert str(home / FILE_NAME) in caught.value.message


def test_unknown_keys_with_the_nearest(home):
    with pytest.raises(SettingsError, match="'databse_url'") as caught:
        load(home, 'databse_url = "x"')
    assert caught.value.hint == "Did you mean database_url?"
    with pytest.raises(SettingsError, match="'zzz'") as caught:
        load(home, "zzz = 1")
    assert "lock_timeout" in caught.value.hint
    with pytest.raises(SettingsError, match="'home'") as caught:
        load(home, 'home = "x"')
    assert "COINVEC_HOME" in caught.value.hint


def test_files_that_cannot_be_read(home):
    (home / FILE_NAME).write_bytes(b'encoder = "\xff"')
    with pytest.raises(SettingsError, match="not valid TOML"):
        load(home)
    (home / FILE_NAME).unlink()
    (home / FILE_NAME).mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load(home)


def test_a_home_that_is_a_file_or_impossible(tmp_path):
    (tmp_path / "file").touch()
    assert Settings.load(tmp_path / "file", {}).index == "FLAT"  # the home's opener refuses it
    with pytest.raises(SettingsError, match="--home"):
        Settings.load("nul\x00byte", {})


def test_unknown_variables_are_named_without_their_values(home):
    environ = {"COINVEC_MILVUS_TOKN": "hunter2", "COINVEC_XYZZY": "hunter2", "OTHER": "x"}
    settings = Settings.load(home, environ)
    first, second = settings.warnings
    assert "COINVEC_MILVUS_TOKN" in first
    assert "did you mean COINVEC_MILVUS_TOKEN?" in first
    assert "COINVEC_XYZZY" in second
    assert "hunter2" not in repr(settings) + first + second


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("milvus_token", "root:hunter2", "***"),
        (
            "database_url",
            "postgresql+psycopg://me:hunter2@h/db",
            "postgresql+psycopg://me:***@h/db",
        ),
        ("database_url", "postgresql://me:hun@ter2/@h/db", "postgresql://me:***@h/db"),
        ("database_url", "postgresql://me@h/db", "postgresql://me@h/db"),
        (
            "database_url",
            "postgresql://h/db?user=me&password=hunter2&sslmode=require",
            "postgresql://h/db?user=me&password=***&sslmode=require",
        ),
        ("database_url", "sqlite:////srv/me:too@home/c.db", "sqlite:////srv/me:too@home/c.db"),
        ("media_url", "s3://KEY:hunter2@bucket/coins", "s3://KEY:***@bucket/coins"),
        ("media_url", "https://hunter2@host/coins", "https://***@host/coins"),
        ("media_url", "s3://bucket/coins", "s3://bucket/coins"),
        ("media_url", "az://box?sas_token=hunter2", "az://box?sas_token=***"),
        ("media_url", "/srv/me:too@home", "/srv/me:too@home"),
        ("milvus_uri", "https://me:hunter2@host:443", "https://me:***@host:443"),
        ("milvus_uri", "http://host:19530", "http://host:19530"),
    ],
)
def test_secrets_are_masked(home, name, value, shown):
    settings = load(home, **{name: value})
    assert getattr(settings, name) == value
    assert line_of(settings, name) == SettingLine(name, shown, f"COINVEC_{name.upper()}")
    assert "hunter2" not in repr(settings)


@given(
    secret=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).map(
        lambda text: f"hunter{text}2"
    )
)
def test_no_password_shows_through(secret):
    settings = Settings.load("/x", {"COINVEC_DATABASE_URL": f"postgresql://me:{secret}@h/db"})
    assert line_of(settings, "database_url").value == "postgresql://me:***@h/db"


def test_describe_has_a_line_for_every_setting(home):
    fields = {field.name for field in dataclasses.fields(Settings)}
    lines = load(home).describe()
    assert {line.name for line in lines} == fields - {"origins", "warnings"}
    assert lines[0].name == "home"


def test_settings_are_values(home):
    settings = load(home, encoder="x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.encoder = "y"
    same = load(home, 'encoder = "x"')
    assert settings == same  # where a value came from makes no difference
    assert hash(settings) == hash(same)
    assert settings != load(home, encoder="z")


def test_the_module_is_light():
    code = (
        "import sys, coinvec.settings;"
        "print(sorted({'numpy', 'pydantic', 'sqlalchemy', 'pymilvus'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
