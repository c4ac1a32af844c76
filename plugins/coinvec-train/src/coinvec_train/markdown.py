"""Markdown as reports are written in."""

from collections.abc import Sequence
from pathlib import Path

_MARK = "<!-- measured -->\n"


def introduction(out: Path) -> str:
    """What a person wrote above the measurements of an earlier report; it stays."""
    before = out.read_text(encoding="utf-8") if out.exists() else ""
    return before.split(_MARK)[0] + _MARK + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the columns after the first are aligned to the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def percent(share: float | None) -> str:
    """A share as per cent."""
    return "–" if share is None else f"{share * 100:.1f} %"
