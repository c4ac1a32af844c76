"""What may be a key: of a coin type, of a design, of a model."""

import re

from coinvec.errors import InvalidValueError

KEY_MAX_LENGTH = 200

_FORBIDDEN = re.compile(r"[/|\x00-\x1f\x7f]|^\s|\s$")


def check_key(what: str, key: str) -> None:
    """Refuse a type or design key that could not stand in `type/side/design` or a `|` list.

    Raises:
        InvalidValueError: The key is empty, too long, or holds `/`, `|`, control characters
            or blanks at an end.
    """
    if not key or len(key) > KEY_MAX_LENGTH or _FORBIDDEN.search(key):
        raise InvalidValueError(
            f"{what} {key!r} is not a usable id: 1 to {KEY_MAX_LENGTH} characters, without '/', "
            "'|', control characters or blanks at its ends."
        )
