"""Where a home keeps its parts, and what is in force: one frozen object from four sources.

Defaults < `coinvec.toml` in the home < `COINVEC_*` in the environment < what the caller gives
(`--home`). An empty value counts as not given, save for `plugins`, where it means "none".
"""

import math
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.parse import unquote

import platformdirs

from coinvec.domain.spelling import nearest
from coinvec.errors import SettingsError

__all__ = ["FILE_NAME", "SettingLine", "Settings"]

FILE_NAME: Final = "coinvec.toml"
"""Name of the settings file in a home."""

_PREFIX: Final = "COINVEC_"
_SERVICE: Final = "COINVEC_HTTP_"
"""Begins the variables that bound the HTTP interface, and that it reads itself."""
_DEFAULT: Final = "default"
_MASK: Final = "***"
_SECRET_PARAMETER = re.compile(
    r"([?&;][^=&;]*(?:pass|pwd|secret|token|key|sig|cred|auth)[^=&;]*=)[^&;]*", re.IGNORECASE
)
_SQLITE = re.compile(r"(sqlite(?:\+\w+)?:///)([^?]+)(.*)", re.DOTALL)
_SERVER = re.compile(r"(https?|tcp)://.+|unix:.+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One line of `coinvec config show`.

    Attributes:
        name: Name of the setting, as in `coinvec.toml`.
        value: Its value for people, secrets masked; empty where there is none.
        origin: `default`, `coinvec.toml`, the name of the environment variable, or `--home`.
    """

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settings:
    """The settings in force. Build it with `Settings.load`.

    Relative paths are relative to the home in `coinvec.toml`, else to the working directory;
    all are absolute here.

    Attributes:
        home: The directory that holds whatever is not kept elsewhere.
        database_url: SQLAlchemy URL of the catalogue.
        milvus_uri: URL of a Milvus server, or path of a Milvus Lite file (`….db`).
        milvus_token: Credentials for the Milvus server; None without.
        media_url: Directory or fsspec URL of the kept photographs.
        index: Milvus index type, with parameters where it has any.
        preprocessor: Name of the preprocessor; None for the default of new homes.
        encoder: Name of the encoder; None for the default of new homes.
        ranker: Name of the ranker; None for the core's own.
        plugins: Entry points or distributions that may be loaded; None for all, () for none.
        lock_timeout: Seconds to wait for another process to give up an embedded home.
        max_pixels: Largest picture taken in, in pixels (width × height).
        max_bytes: Largest picture file taken in, in bytes.
        origins: Where each value came from, by setting; see `SettingLine`.
        warnings: What was ignored, one sentence each.
    """

    home: Path
    database_url: str
    milvus_uri: str
    milvus_token: str | None
    media_url: str
    index: str
    preprocessor: str | None
    encoder: str | None
    ranker: str | None
    plugins: tuple[str, ...] | None
    lock_timeout: float
    max_pixels: int
    max_bytes: int
    origins: Mapping[str, str] = field(compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def load(
        cls,
        home: str | os.PathLike[str] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> Self:
        """Gather the settings. Nothing is created, and the home need not exist.

        Args:
            home: The home, if the caller names one; it wins over `COINVEC_HOME`.
            environ: The environment to read.

        Raises:
            SettingsError: The file cannot be read, names an unknown setting, or a value is of
                the wrong type or out of range.
        """
        path, home_origin = _find_home(home, environ)
        sources = [*_from_environment(environ), *_from_file(path / FILE_NAME)]
        values: dict[str, Any] = {"home": path}
        origins = {"home": home_origin}
        for name, rule in _RULES.items():
            source = next((s for s in sources if s.name == name), None)
            values[name] = rule.default(path) if source is None else rule.read(source)
            origins[name] = _DEFAULT if source is None else source.origin
        return cls(
            **values, origins=MappingProxyType(origins), warnings=_unknown_variables(environ)
        )

    @property
    def is_embedded(self) -> bool:
        """Whether the vectors live in a Milvus Lite file, which one process owns at a time."""
        return _SERVER.fullmatch(self.milvus_uri) is None

    def describe(self) -> list[SettingLine]:
        """Every setting with its value and origin; secrets are masked."""
        return [
            SettingLine(name, _for_people(name, getattr(self, name)), origin)
            for name, origin in self.origins.items()
        ]

    def __repr__(self) -> str:
        shown = ", ".join(f"{line.name}={line.value!r}" for line in self.describe())
        return f"{type(self).__name__}({shown})"


@dataclass(frozen=True, slots=True)
class _Source:
    """A value as given.

    Attributes:
        name: The setting.
        value: Text from the environment, any TOML value from the file.
        origin: See `SettingLine`.
        base: What relative paths are relative to, itself relative to the working directory.
    """

    name: str
    value: object
    origin: str
    base: Path

    def refuse(self, why: str, hint: str) -> SettingsError:
        """The error for this value, without the value itself: it may be secret."""
        in_file = self.origin == FILE_NAME
        place = f"{self.name} in {self.base / FILE_NAME}" if in_file else self.origin
        return SettingsError(f"{place} {why}.", hint=hint)


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a setting is read and what it is without being given (from the home)."""

    read: Callable[[_Source], object]
    default: Callable[[Path], object]


def _find_home(
    given: str | os.PathLike[str] | None, environ: Mapping[str, str]
) -> tuple[Path, str]:
    variable = _PREFIX + "HOME"
    if given is not None and os.fspath(given):
        source = _Source("home", os.fspath(given), "--home", Path())
    elif environ.get(variable):
        source = _Source("home", environ[variable], variable, Path())
    else:
        return platformdirs.user_data_path("coinvec", appauthor=False), _DEFAULT
    return Path(_local_path(source, _text(source))), source.origin


def _from_environment(environ: Mapping[str, str]) -> list[_Source]:
    variables = {name: _PREFIX + name.upper() for name in _RULES}
    return [
        _Source(name, environ[variable], variable, Path())
        for name, variable in variables.items()
        if environ.get(variable) or (name == "plugins" and variable in environ)
    ]


def _from_file(file: Path) -> list[_Source]:
    sources: dict[str, _Source] = {}
    for key, value in _parse_file(file).items():
        name = key.lower().removeprefix(_PREFIX.lower())
        if name in sources:
            raise SettingsError(
                f"{file} gives {name} twice, the second time as {key!r}.", hint="Remove one."
            )
        if name not in _RULES:
            raise SettingsError(
                f"{file} sets {key!r}, which is not one of its settings.", hint=_key_hint(name)
            )
        sources[name] = _Source(name, value, FILE_NAME, file.parent)
    return [s for s in sources.values() if s.value != "" or s.name == "plugins"]


def _parse_file(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} is not valid TOML: {error}.",
            hint='Text stands in quotes: encoder = "polar".',
        ) from error
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{file} cannot be read: {error}.", hint="Check its permissions, or remove it."
        ) from error


def _key_hint(name: str) -> str:
    if name == "home":
        return f"The file lies in the home; use --home or {_PREFIX}HOME."
    match = nearest(name, _RULES)
    return f"Did you mean {match}?" if match else f"There are: {', '.join(_RULES)}."


def _unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence on each variable that looks like ours; its value, perhaps secret, stays out."""
    known = {name.upper(): _PREFIX + name.upper() for name in ("home", *_RULES)}
    ours = sorted(
        variable
        for variable in environ
        if variable.startswith(_PREFIX) and not variable.startswith(_SERVICE)
    )
    sentences = []
    for variable in (each for each in ours if each not in known.values()):
        match = nearest(variable.removeprefix(_PREFIX), known)
        advice = f"; did you mean {known[match]}?" if match else "."
        sentences.append(f"{variable} is no setting of the core and is ignored{advice}")
    return tuple(sentences)


def _text(source: _Source) -> str:
    if not isinstance(source.value, str) or "\x00" in source.value:
        raise source.refuse("is not text without NUL characters", f'Write {source.name} = "…".')
    return source.value


def _local_path(source: _Source, text: str) -> str:
    try:
        # Not resolve(): a home behind a symbolic link keeps the name its owner gave it.
        return os.path.abspath(source.base / Path(text).expanduser())  # noqa: PTH100
    except (RuntimeError, OSError) as error:  # no such user; no such working directory
        raise source.refuse(
            f"names {text!r}, which leads nowhere: {str(error).rstrip('.')}",
            "Write the path in full.",
        ) from error


def _media(source: _Source) -> str:
    text = _text(source)
    return text if "://" in text else _local_path(source, text)


def _milvus(source: _Source) -> str:
    text = _text(source)
    if _SERVER.fullmatch(text):
        return text
    if "://" in text or not text.endswith(".db"):
        raise source.refuse(
            "is neither the URL of a Milvus server nor a Milvus Lite file",
            "Write http://host:19530, or a path that ends in .db.",
        )
    return _local_path(source, text)


def _database(source: _Source) -> str:
    text = _text(source)
    if "://" not in text:
        raise source.refuse(
            "is not a database URL",
            "Write postgresql+psycopg://user@host/name or sqlite:///catalogue.db.",
        )
    parts = _SQLITE.fullmatch(text)
    if parts is None or parts[2] == ":memory:" or parts[2].startswith("file:"):
        return text
    return parts[1] + _quoted(_local_path(source, unquote(parts[2]))) + parts[3]


def _quoted(path: str) -> str:
    """A path as it must stand in an SQLAlchemy URL: "?" would end it, "%" starts an escape."""
    return path.replace("%", "%25").replace("?", "%3F")


def _names(source: _Source) -> tuple[str, ...]:
    value = source.value
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise source.refuse("is not a list of names", 'Write plugins = ["classic"].')
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _seconds(source: _Source) -> float:
    hint = "Write a number of seconds from 0 on, such as 5."
    if isinstance(source.value, str | int | float) and not isinstance(source.value, bool):
        try:
            seconds = float(source.value)
        except (ValueError, OverflowError):
            seconds = math.nan
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    raise source.refuse(f"is {source.value!r}, which is no usable time", hint)


def _count(source: _Source) -> int:
    if isinstance(source.value, str | int) and not isinstance(source.value, bool):
        try:
            count = int(source.value)
        except ValueError:
            count = 0
        if count >= 1:
            return count
    raise source.refuse(
        f"is {source.value!r}, which is no whole number from 1 on", "Write digits, such as 50_000."
    )


def _catalogue_in(home: Path) -> str:
    return "sqlite:///" + _quoted(str(home / "catalogue.db"))


_RULES: Final[Mapping[str, _Rule]] = MappingProxyType(
    {
        "database_url": _Rule(_database, _catalogue_in),
        "milvus_uri": _Rule(_milvus, lambda home: str(home / "vectors.db")),
        "milvus_token": _Rule(_text, lambda _: None),
        "media_url": _Rule(_media, lambda home: str(home / "media")),
        "index": _Rule(_text, lambda _: "FLAT"),
        "preprocessor": _Rule(_text, lambda _: None),
        "encoder": _Rule(_text, lambda _: None),
        "ranker": _Rule(_text, lambda _: None),
        "plugins": _Rule(_names, lambda _: None),
        "lock_timeout": _Rule(_seconds, lambda _: 5.0),
        "max_pixels": _Rule(_count, lambda _: 100_000_000),
        "max_bytes": _Rule(_count, lambda _: 50_000_000),
    }
)


def _for_people(name: str, value: object) -> str:
    match name, value:
        case "plugins", None:
            return "all"
        case "plugins", tuple():
            return ", ".join(value) or "none"
        case _, None:
            return ""
        case "milvus_token", _:
            return _MASK
        case _:
            return _mask_url(str(value))


def _mask_url(text: str) -> str:
    """Hide credentials in a URL: a user's password, a lone token, secret parameters."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    # The last "@": a password may hold one unescaped, and masking too much is the safe side.
    credentials, at, place = rest.rpartition("@")
    if at and not rest.startswith("/"):
        rest = f"{_mask_credentials(credentials, scheme)}@{place}"
    return f"{scheme}://" + _SECRET_PARAMETER.sub(rf"\1{_MASK}", rest)


def _mask_credentials(credentials: str, scheme: str) -> str:
    user, colon, _ = credentials.partition(":")
    if colon:
        return f"{user}:{_MASK}"
    # A lone name is a user to a database, and may be a token elsewhere.
    return user if scheme.startswith("postgresql") else _MASK
