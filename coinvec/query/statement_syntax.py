"""Statement text to sqlglot's syntax tree, seen to say all that was written and nothing else.

sqlglot is lax: it reads `(1, , 2)`, `BETWEEN 1 2` or `LIMIT 1, 2`, and knows many more words than
it is given here. So a text is refused for a word outside the language; and what was understood is
written down again, and must hold the words that were read.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import Token, TokenType, exp
from sqlglot.errors import ErrorLevel, ParseError

from coinvec.errors import ExpressionError
from coinvec.query.dialect import FOREIGN
from coinvec.query.scan import DEPTH_LIMIT, check_nesting, cut, refusal, too_deep
from coinvec.query.statement_dialect import STATEMENT_SIGNS, STATEMENT_WORDS, CoinvecSql
from coinvec.query.statement_words import (
    SEMICOLON,
    STATEMENT_HINT,
    SUBQUERY,
    misplaced,
    refused,
)

EXAMPLE = "SELECT title FROM coins WHERE country = 'Poland'"
STATEMENT_WORDS_LIMIT = 20_000
"""Most tokens in a statement: it is parsed, written down and read once more."""

_EXPLAIN = "EXPLAIN"
_VOCABULARY = frozenset(
    {TokenType.VAR, TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER}
    | {TokenType.PLACEHOLDER, *STATEMENT_WORDS.values(), *STATEMENT_SIGNS.values()}
)
_OPTIONAL = frozenset({"AS", "ASC", "NULLS", "FIRST", "LAST"})
"""Words that may be left out, or say what holds anyway."""
_SAME = {"<>": "!="}
_SPELT = (TokenType.STRING, TokenType.IDENTIFIER)


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A statement's syntax tree.

    Attributes:
        select: The tree; its parts know their places in the text.
        explain: Whether its plan is asked for.
    """

    select: exp.Select
    explain: bool


def parse_select(text: str) -> ParsedStatement:
    """Parse one SELECT statement, which may begin with EXPLAIN and end with one `;`.

    Raises:
        ExpressionError: The text is anything else.
    """
    words = _without_end(text, cut(text, CoinvecSql(), "statement", EXAMPLE))
    if len(words) > STATEMENT_WORDS_LIMIT:
        raise ExpressionError(
            f"the statement has {len(words):,} words and signs, and {STATEMENT_WORDS_LIMIT:,} is "
            "the limit.",
            hint="Give a long list as one parameter: type IN :types.",
        )
    explain = bool(words) and words[0].text.upper() == _EXPLAIN
    words = words[1:] if explain else words
    _check_words(text, words)
    check_nesting(text, words)
    tree = _parsed(text, words)
    _check_said(text, words, tree)
    return ParsedStatement(tree, explain)


def _without_end(text: str, words: list[Token]) -> list[Token]:
    """The words before a `;` at the end."""
    ends = [place for place, word in enumerate(words) if word.text == ";" and not _is_spelt(word)]
    if ends and ends[0] < len(words) - 1:
        message, hint = SEMICOLON
        raise ExpressionError(message, text=text, position=words[ends[0]].start, hint=hint)
    return words[:-1] if ends else words


def _check_words(text: str, words: Sequence[Token]) -> None:
    if not words or words[0].token_type is not TokenType.SELECT:
        first = words[0] if words else None
        place = len(text) if first is None else first.start
        own = None if first is None or _is_spelt(first) else refused(text, place, first.text)
        begins = ExpressionError(
            "a statement begins with SELECT.", text=text, position=place, hint=STATEMENT_HINT
        )
        raise own or begins
    depth = 0
    for place, word in enumerate(words):
        if word.token_type not in _VOCABULARY:
            raise _foreign(text, word)
        if word.token_type is TokenType.SELECT and place:
            message, hint = SUBQUERY
            raise ExpressionError(message, text=text, position=word.start, hint=hint)
        if word.token_type is TokenType.VAR and not word.text.isidentifier():
            raise refusal(text, word.start, word.text)
        depth += (word.token_type is TokenType.CASE) - (word.token_type is TokenType.END)
        if depth > DEPTH_LIMIT:
            raise too_deep(text, word.start)


def _foreign(text: str, word: Token) -> ExpressionError:
    known = word.text.upper() in FOREIGN or not word.text.isalnum()
    return (refusal if known else misplaced)(text, word.start, word.text)


def _parsed(text: str, words: list[Token]) -> exp.Select:
    # With the whole text as context, what stands before a fault is as long as its position.
    reader = CoinvecSql().parser(error_level=ErrorLevel.IMMEDIATE, error_message_context=len(text))
    try:
        (tree,) = reader.parse(words, text)
    except ParseError as error:
        raise _misfit(text, words, error.errors[0]) from None
    if not isinstance(tree, exp.Select):
        raise misplaced(text, words[0].start, words[0].text)
    return tree


def _misfit(text: str, words: Sequence[Token], fault: dict[str, Any]) -> ExpressionError:
    """The refusal of the place where the parser stopped; a word it took for a name may be why."""
    place = len(fault["start_context"])
    read = [word for word in words if word.start <= place]
    for word in reversed(read[-2:]):
        if not _is_spelt(word) and (own := refused(text, word.start, word.text)):
            return own
    if read and "Unexpected token" in fault["description"]:
        return misplaced(text, read[-1].start, text[read[-1].start : read[-1].end + 1])
    return ExpressionError(
        "the statement breaks off here.", text=text, position=words[-1].end + 1, hint=STATEMENT_HINT
    )


def _check_said(text: str, words: Sequence[Token], tree: exp.Select) -> None:
    """Refuse a text of which the parser left something out, or to which it added something."""
    again = cut(tree.sql(dialect=CoinvecSql), CoinvecSql(), "statement", EXAMPLE)
    said, understood = Counter(map(_sense, words)), Counter(map(_sense, again))
    odd = (said - understood) or (understood - said)
    odd.pop("", None)
    if not odd:
        return
    for word in words:
        if _sense(word) in odd:
            raise misplaced(text, word.start, word.text)
    missing = next(iter(odd))
    raise ExpressionError(f"{missing!r} is missing.", text=text, hint=STATEMENT_HINT)


def _sense(word: Token) -> str:
    """What a word says, however it is spelt; nothing where it may be left out."""
    if _is_spelt(word):
        return f"{word.token_type.name} {word.text!r}"
    spelt = " ".join(word.text.upper().split())
    return "" if spelt in _OPTIONAL else _SAME.get(spelt, spelt)


def _is_spelt(word: Token) -> bool:
    return word.token_type in _SPELT
