"""What bounds the service: from `coinvec serve`, or the environment of any ASGI server."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from coinvec.errors import SettingsError

PREFIX = "COINVEC_HTTP_"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """How much one process of the service takes on. Each is also `COINVEC_HTTP_<NAME>`.

    Attributes:
        threads: Searches worked on at once; 0 for the number of processors.
        queue: Searches that wait for one of these threads; the next is told to come back.
        timeout: Seconds after which a request is given up.
        rate: Requests a minute of one key, or of one address without keys; 0 for no limit.
        max_import_bytes: Largest archive that an import takes.
        require_key: Ask for a key even where none was ever made.
        cors_origins: Web origins, by comma, whose pages may call the API; none by default.
    """

    threads: int = 0
    queue: int = 32
    timeout: float = 60.0
    rate: int = 600
    max_import_bytes: int = 1_000_000_000
    require_key: bool = False
    cors_origins: str = ""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, int | float) and value < 0:
                raise SettingsError(
                    f"{PREFIX}{each.name.upper()} is {value}.", hint="Give a number from 0 on."
                )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The options that the environment names; defaults for the others.

        Raises:
            SettingsError: A value is of the wrong type.
        """
        values: dict[str, Any] = {}
        for each in fields(cls):
            if text := environ.get(PREFIX + each.name.upper()):
                values[each.name] = _read(each.name, text, type(each.default))
        return cls(**values)

    def to_environment(self) -> dict[str, str]:
        """The variables that say the same."""
        return {f"{PREFIX}{name.upper()}": str(value) for name, value in asdict(self).items()}

    @property
    def workers(self) -> int:
        """Threads, counted."""
        return self.threads or os.cpu_count() or 1

    @property
    def origins(self) -> list[str]:
        """The web origins as a list."""
        return [each.strip() for each in self.cors_origins.split(",") if each.strip()]


def _read(name: str, text: str, kind: type) -> object:
    try:
        if kind is bool:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        return kind(text)
    except (KeyError, ValueError):
        raise SettingsError(
            f"{PREFIX}{name.upper()} is {text!r}, which is no {kind.__name__}.",
            hint="Leave it out for the default.",
        ) from None
