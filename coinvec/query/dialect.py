"""The SQL dialect of filters, for sqlglot: far fewer words than sqlglot would read."""

from typing import Any, ClassVar

from sqlglot import Dialect, Parser, Tokenizer, TokenType, exp

WORDS = {
    "AND": TokenType.AND,
    "BETWEEN": TokenType.BETWEEN,
    "ESCAPE": TokenType.ESCAPE,
    "FALSE": TokenType.FALSE,
    "ILIKE": TokenType.ILIKE,
    "IN": TokenType.IN,
    "IS": TokenType.IS,
    "LIKE": TokenType.LIKE,
    "NOT": TokenType.NOT,
    "NULL": TokenType.NULL,
    "OR": TokenType.OR,
    "TRUE": TokenType.TRUE,
}
"""The reserved words."""
SIGNS = {
    "(": TokenType.L_PAREN,
    ")": TokenType.R_PAREN,
    "[": TokenType.L_BRACKET,
    "]": TokenType.R_BRACKET,
    ",": TokenType.COMMA,
    ".": TokenType.DOT,
    ":": TokenType.COLON,
    "-": TokenType.DASH,
    "=": TokenType.EQ,
    "!=": TokenType.NEQ,
    "<>": TokenType.NEQ,
    "<": TokenType.LT,
    "<=": TokenType.LTE,
    ">": TokenType.GT,
    ">=": TokenType.GTE,
}
"""The signs, of one character or two."""
FOREIGN = ("--", "/*", "==", "::", "||", "->", "SELECT", "CASE")
"""Words of SQL that are kept whole, so that they can be refused by name."""


class FilterTokenizer(Tokenizer):
    """Cuts text into the words and signs a filter has; what is neither becomes UNKNOWN.

    Texts stand in single quotes, names bare or in double quotes; a quote is doubled to stand for
    itself, and a backslash is an ordinary character.
    """

    QUOTES: ClassVar[list[tuple[str, str] | str]] = ["'"]
    IDENTIFIERS: ClassVar[list[tuple[str, str] | str]] = ['"']
    STRING_ESCAPES: ClassVar[list[str]] = ["'"]
    COMMENTS: ClassVar[list[tuple[str, str] | str]] = []
    KEYWORDS: ClassVar[dict[str, TokenType]] = {
        **dict.fromkeys(FOREIGN, TokenType.UNKNOWN),
        **WORDS,
        **{sign: kind for sign, kind in SIGNS.items() if len(sign) > 1},
    }
    SINGLE_TOKENS: ClassVar[dict[str, TokenType]] = {
        **dict.fromkeys(Tokenizer.SINGLE_TOKENS, TokenType.UNKNOWN),
        **{sign: kind for sign, kind in SIGNS.items() if len(sign) == 1},
    }


class FilterParser(Parser):
    """sqlglot's parser, made to remember the places of parameters and named constants.

    A parameter arrives as one PLACEHOLDER token, made by `coinvec.query.scan`.
    """

    PLACEHOLDER_PARSERS: ClassVar[dict[TokenType, Any]] = {
        TokenType.PLACEHOLDER: lambda self: self.expression(
            exp.Placeholder(this=self._prev.text), self._prev
        ),
    }
    PRIMARY_PARSERS: ClassVar[dict[TokenType, Any]] = {
        **Parser.PRIMARY_PARSERS,
        TokenType.NULL: lambda self, token: self.expression(exp.Null(), token),
        TokenType.TRUE: lambda self, token: self.expression(exp.Boolean(this=True), token),
        TokenType.FALSE: lambda self, token: self.expression(exp.Boolean(this=False), token),
    }


class CoinvecFilter(Dialect):
    """The dialect: this tokenizer and this parser."""

    Tokenizer = FilterTokenizer
    Parser = FilterParser
