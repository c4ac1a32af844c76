"""A coin drawn for coins of which no picture is kept."""

from xml.sax.saxutils import escape

_LETTERS = 12

_DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img" aria-label="{label}">
<circle cx="100" cy="100" r="92" fill="#c9c4b8" stroke="#8d8778" stroke-width="4"/>
<circle cx="100" cy="100" r="78" fill="none" stroke="#8d8778" stroke-width="2" \
stroke-dasharray="2 5"/>
<text x="100" y="100" text-anchor="middle" dominant-baseline="central" fill="#5b5648" \
font-family="Georgia, serif" font-size="{size}">{text}</text>
</svg>
"""


def drawn_coin(denomination: str) -> str:
    """An SVG drawing of a coin that says what it is worth, 200 × 200."""
    text = denomination if len(denomination) <= _LETTERS else f"{denomination[: _LETTERS - 1]}…"
    size = min(44, 260 // max(4, len(text)))
    label = escape(denomination, {'"': "&quot;"})
    return _DRAWING.format(label=label, size=size, text=escape(text))
