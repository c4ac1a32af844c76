"""Words people type: the nearest right one for a wrong one, and ids made of a text."""

import re
import unicodedata
from collections.abc import Iterable

_LIKENESS = 0.6
"""Least `difflib` ratio of a suggestion: one or two slips in a word of five letters."""


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant.

    A choice that differs in case alone wins; then the one most alike, case and accents
    disregarded, of equals the first given.

    Args:
        value: What was written.
        choices: What could have been written.

    Returns:
        One of the choices; None where none is near.
    """
    import difflib  # a tenth of a start's time, for what goes wrong

    named = list(choices)
    folded = value.casefold()
    for choice in named:
        if choice.casefold() == folded:
            return choice
    by_letters: dict[str, str] = {}
    for choice in named:
        by_letters.setdefault(_letters(choice), choice)
    close = difflib.get_close_matches(_letters(value), by_letters, n=1, cutoff=_LIKENESS)
    return by_letters[close[0]] if close else None


def slug(text: str) -> str:
    """Lower-case words joined by `-`, without accents: an id that people can type."""
    return "-".join(re.findall(r"[^\W_]+", _letters(text)))


def _letters(text: str) -> str:
    """The text casefolded and without its accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
