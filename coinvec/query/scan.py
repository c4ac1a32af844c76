"""Query text to tokens, and everything that is refused before a parser sees it.

sqlglot reads far more SQL than a filter may hold, skips comments, and parses by recursion. So a
text is refused here, with the place, for a word outside the language, for a gap between tokens
that is not blank, and for a nest too deep.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlglot import Dialect, Token, TokenType
from sqlglot.errors import TokenError

from coinvec.errors import ExpressionError
from coinvec.query.dialect import SIGNS, WORDS, CoinvecFilter

TEXT_LIMIT = 1_000_000
"""Longest filter, in characters."""
WORDS_LIMIT = 250_000
"""Most tokens in a filter: some 100,000 values after IN, which take sqlglot about three seconds."""
DEPTH_LIMIT = 30
"""Deepest nest of parentheses and prefix operators; sqlglot takes about 22 stack frames each."""

GRAMMAR_HINT = (
    "A filter is made of comparisons of a column with a constant (=, !=, <, <=, >, >=, IN, "
    "BETWEEN, LIKE, ILIKE, IS NULL), joined by AND, OR, NOT and parentheses."
)
CONSTANT_HINT = "Compare a column with a constant."

_CALCULATION = ("a filter does not calculate.", CONSTANT_HINT)
_COMMENT = ("comments are not part of a filter.", "Leave the comment out.")
_TYPOGRAPHY = ("this is a typographic quote.", "Texts stand in straight quotes: 'Poland'.")
_PARAMETER = ("this is not a parameter.", "Parameters are written :name.")
_REFUSALS = {
    "--": _COMMENT,
    "/*": _COMMENT,
    ";": ("';' ends a statement, and a filter is one condition.", "Join with AND or OR."),
    "==": ("equality is written with one sign.", "Write = instead of ==."),
    "::": ("a filter does not convert types.", CONSTANT_HINT),
    "+": _CALCULATION,
    "*": _CALCULATION,
    "/": _CALCULATION,
    "%": _CALCULATION,
    "||": _CALCULATION,
    "?": _PARAMETER,
    "@": _PARAMETER,
    "$": _PARAMETER,
    ":": _PARAMETER,
    "->": ("attributes are not read with arrows.", "Write attr['key']."),
    "[": ("a bracket stands here without attr before it.", "Attributes are written attr['key']."),
    "!": ("'!' alone is no operator.", "Write NOT, or != for 'not equal'."),
    "`": ("names are not written in backticks.", 'Write the bare name, or "name".'),
    "‘": _TYPOGRAPHY,
    "’": _TYPOGRAPHY,
    "“": _TYPOGRAPHY,
    "”": _TYPOGRAPHY,
    "„": _TYPOGRAPHY,
    "SELECT": ("queries are not part of a filter.", GRAMMAR_HINT),
}
"""Message and hint for words that people do write; others get a general refusal."""

_NAMES = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
_VOCABULARY = (
    _NAMES
    | {TokenType.STRING, TokenType.NUMBER, TokenType.PLACEHOLDER, *WORDS.values(), *SIGNS.values()}
) - {TokenType.COLON}
_COMPARISONS = frozenset(SIGNS[sign] for sign in ("=", "!=", "<", "<=", ">", ">="))
_AFTER_NAMES = frozenset({TokenType.L_BRACKET, TokenType.DOT})
_RANGES = frozenset(WORDS[word] for word in ("IN", "BETWEEN", "LIKE", "ILIKE"))
_NEEDS_RIGHT = _COMPARISONS | {*(TokenType.COMMA, TokenType.DOT, TokenType.AND, TokenType.OR)}
_NEEDS_LEFT = _NEEDS_RIGHT | _RANGES | {TokenType.IS, TokenType.ESCAPE}
_VALUES = _NAMES | {
    *(TokenType.STRING, TokenType.NUMBER, TokenType.PLACEHOLDER),
    *(TokenType.NULL, TokenType.TRUE, TokenType.FALSE),
}
_PARTNERS = {TokenType.R_PAREN: TokenType.L_PAREN, TokenType.R_BRACKET: TokenType.L_BRACKET}
_OPENING = frozenset(_PARTNERS.values())
_CLOSING = frozenset(_PARTNERS)
_PREFIXES = frozenset({TokenType.NOT, TokenType.DASH})

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_QUOTE = re.compile("['\"]")
_QUOTED = re.compile("'(?:[^']++|'')*+'|\"(?:[^\"]++|\"\")*+\"")


def scan(text: str) -> list[Token]:
    """Cut a filter into tokens, each with its place; `:name` becomes one PLACEHOLDER token.

    Args:
        text: A filter expression.

    Returns:
        At least one token.

    Raises:
        ExpressionError: The text is empty, too long or too deeply nested, or holds characters
            that no text of the catalogue can hold, or words that are not part of the language.
    """
    words = cut(text, CoinvecFilter(), "filter", "country = 'Poland'")
    _check_words(text, words)
    check_nesting(text, words)
    return words


def cut(text: str, dialect: Dialect, what: str, example: str) -> list[Token]:
    """Cut a text into tokens that together are all of it.

    Args:
        text: What was written.
        dialect: Its language.
        what: What such a text is called in messages.
        example: One.

    Raises:
        ExpressionError: It is empty or too long, holds characters that no text of the catalogue
            can hold, a quote that is not closed, or a comment.
    """
    _check_characters(text, what, example)
    tokens = _tokenize(text, dialect)
    if len(tokens) > WORDS_LIMIT:
        raise _too_long(what, f"{len(tokens):,} words and signs", WORDS_LIMIT)
    _check_gaps(text, tokens)
    return list(_with_compounds(text, tokens))


def unstorable(text: str) -> int | None:
    """Index of the first character no store can hold (NUL, half a surrogate pair), if any."""
    found = _UNSTORABLE.search(text)
    return found.start() if found else None


def unfit(text: str, place: int, word: str) -> ExpressionError:
    """The refusal of a word of the language at a place where it has no meaning."""
    message = f"{word!r} does not fit here."
    return ExpressionError(message, text=text, position=place, hint=GRAMMAR_HINT)


def too_deep(text: str, place: int | None) -> ExpressionError:
    """The refusal of a filter nested too deeply."""
    return ExpressionError(
        f"this is nested deeper than {DEPTH_LIMIT} levels.",
        text=text,
        position=place,
        hint="Take redundant parentheses and double NOTs out.",
    )


def _check_characters(text: str, what: str, example: str) -> None:
    if not text.strip():
        raise ExpressionError(f"the {what} is empty.", hint=f"Write e.g. {example}.")
    if len(text) > TEXT_LIMIT:
        raise _too_long(what, f"{len(text):,} characters", TEXT_LIMIT)
    place = unstorable(text)
    if place is not None:
        message = f"the character U+{ord(text[place]):04X} can stand in no text."
        raise ExpressionError(message, text=text, position=place, hint="Take it out.")


def _too_long(what: str, measure: str, limit: int) -> ExpressionError:
    return ExpressionError(
        f"the {what} has {measure}, and {limit:,} is the limit.",
        hint="Give a long list as one parameter: type IN :types.",
    )


def _tokenize(text: str, dialect: Dialect) -> list[Token]:
    try:
        return dialect.tokenize(text)
    except TokenError:
        place = _unclosed_quote(text)
        if place is None:  # the only other thing sqlglot closes is a comment of its templates
            raise refusal(text, max(text.find("{#"), 0), "--") from None
        raise ExpressionError(
            "a quote is opened here and never closed.",
            text=text,
            position=place,
            hint="A quote within a text is doubled: 'Côte d''Ivoire'.",
        ) from None


def _unclosed_quote(text: str) -> int | None:
    place = 0
    while opening := _QUOTE.search(text, place):
        closed = _QUOTED.match(text, opening.start())
        if closed is None:
            return opening.start()
        place = closed.end()
    return None


def _check_gaps(text: str, cut: Sequence[Token]) -> None:
    """Refuse text the tokenizer skipped: sqlglot drops `{# … #}` in every dialect."""
    edges = [(-1, -1), *((token.start, token.end) for token in cut), (len(text), len(text))]
    for (_, end), (start, _) in pairwise(edges):
        gap = text[end + 1 : start]
        if gap.strip():
            raise refusal(text, start - len(gap.lstrip()), "--")


def _with_compounds(text: str, cut: Sequence[Token]) -> Iterator[Token]:
    """The tokens, each parameter and each number that begins with a point made one."""
    taken = False
    for first, second in pairwise((*cut, None)):
        if first is None or taken:
            taken = False
            continue
        compound = _compound(text, first, second)
        taken = compound is not None
        yield first if compound is None else compound


def _compound(text: str, first: Token, second: Token | None) -> Token | None:
    """What two tokens are together; None where they are two, or blanks part them."""
    if second is None or second.start != first.end + 1:
        return None
    source = text[second.start : second.end + 1]
    if first.token_type is TokenType.COLON and source.isidentifier():
        kind = TokenType.PLACEHOLDER
    elif first.token_type is TokenType.DOT and second.token_type is TokenType.NUMBER:
        kind, source = TokenType.NUMBER, f".{source}"
    else:
        return None
    return Token(kind, source, second.line, second.col, start=first.start, end=second.end)


def _check_words(text: str, words: Sequence[Token]) -> None:
    """Refuse foreign words, and words that cannot follow the two before them.

    sqlglot is lax here: it reads `(1, , 2)`, `BETWEEN 1 2`, `IN [1]` and `x NOT IS NULL`.
    """
    older: TokenType | None = None
    before: TokenType | None = None
    for token in words:
        kind = token.token_type
        stray = kind in _AFTER_NAMES and before not in _NAMES
        named = kind is not TokenType.VAR or token.text.isidentifier()
        if stray or not named or kind not in _VOCABULARY:
            raise refusal(text, token.start, token.text)
        if _misplaced(older, before, kind):
            raise unfit(text, token.start, text[token.start : token.end + 1])
        older, before = before, kind


def _misplaced(older: TokenType | None, before: TokenType | None, kind: TokenType) -> bool:
    """Whether a word has nothing to join, or follows a value that nothing joins it to."""
    if before is TokenType.NOT:
        negates_range = older in _VALUES or older in _CLOSING
        return kind not in _RANGES if negates_range else kind in _NEEDS_LEFT
    if before in _VALUES or before in _CLOSING:
        return kind in _VALUES or (kind is TokenType.L_PAREN and before not in _NAMES)
    if before is None or before in _OPENING or before in _NEEDS_RIGHT:
        return kind in _NEEDS_LEFT or (kind in _CLOSING and before in _NEEDS_RIGHT)
    return False


def refusal(text: str, place: int, word: str) -> ExpressionError:
    """The refusal of a word or sign that is not part of the language."""
    known = _REFUSALS.get(word.upper()) or _REFUSALS.get(word[:1])
    message, hint = known or (f"{word!r} is not part of a filter.", GRAMMAR_HINT)
    return ExpressionError(message, text=text, position=place, hint=hint)


def check_nesting(text: str, words: Sequence[Token]) -> None:
    """Refuse brackets without a partner, and nests deeper than `DEPTH_LIMIT`.

    Raises:
        ExpressionError: As said.
    """
    opened: list[tuple[Token, int]] = []
    depth = prefixes = 0
    for token in words:
        kind = token.token_type
        if kind in _PREFIXES:
            prefixes += 1
        elif kind in _OPENING:
            opened.append((token, prefixes + 1))
            depth, prefixes = depth + prefixes + 1, 0
        else:
            depth -= _levels_closed(text, opened, token)
            prefixes = 0
        if depth + prefixes > DEPTH_LIMIT:
            raise too_deep(text, token.start)
    if opened:
        raise _lonely(text, opened[-1][0], "is never closed", "Close it, or take it out.")


def _levels_closed(text: str, opened: list[tuple[Token, int]], token: Token) -> int:
    """How many levels end with this token; its partner is taken off the stack."""
    partner = _PARTNERS.get(token.token_type)
    if partner is None:
        return 0
    if not opened or opened[-1][0].token_type is not partner:
        raise _lonely(text, token, "closes nothing", "Open it before, or take it out.")
    return opened.pop()[1]


def _lonely(text: str, bracket: Token, fault: str, hint: str) -> ExpressionError:
    message = f"this {bracket.text!r} {fault}."
    return ExpressionError(message, text=text, position=bracket.start, hint=hint)
