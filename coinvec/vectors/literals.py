"""Constants in Milvus expression text: the only place where data becomes expression.

Milvus takes filters as text; its templates (`filter_params`) are unknown to Milvus Lite and to
older servers, so constants are escaped here, in the form that both parsers read alike.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal

from coinvec.errors import StoreError

_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
_INT64_LIMIT = 2**63
_INT64_DIGITS = 19
_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"},
)


class NotExpressible(StoreError):  # noqa: N818 — says what the filter is; nothing went wrong
    """A filter that Milvus cannot decide in coinvec's meaning; SQL must decide it."""


def text_literal(text: str) -> str:
    r"""A text in double quotes.

    Only the five escapes are used that Milvus Lite and the servers (Go's `strconv.Unquote`) read
    alike: `\\ \" \n \r \t`. Everything else stands for itself.

    Raises:
        NotExpressible: The text holds a NUL character or half a surrogate pair, which no stored
            text can.
    """
    if _IMPOSSIBLE.search(text):
        raise NotExpressible(f"{text!r} holds a character that no stored text has.")
    return f'"{text.translate(_ESCAPES)}"'


def text_list(texts: Iterable[str]) -> str:
    """Texts as the list after `in`, in a stable order."""
    return "[" + ", ".join(text_literal(text) for text in sorted(texts)) + "]"


def floor_literal(number: Decimal) -> int:
    """The greatest whole number not above a finite number.

    Raises:
        NotExpressible: It is out of the range of INT64.
    """
    if number and number.adjusted() > _INT64_DIGITS:
        raise NotExpressible(f"{number} is out of the range of a 64-bit integer.")
    whole = int(number.to_integral_value(ROUND_FLOOR))
    if abs(whole) >= _INT64_LIMIT:
        raise NotExpressible(f"{number} is out of the range of a 64-bit integer.")
    return whole
