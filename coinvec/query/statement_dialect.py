"""The SQL dialect of statements: the words of filters, and those of one SELECT."""

from typing import Any, ClassVar

from sqlglot import Dialect, Parser, Tokenizer, TokenType

from coinvec.query.dialect import FOREIGN, SIGNS, WORDS, FilterParser, FilterTokenizer

STATEMENT_WORDS = WORDS | {
    "AS": TokenType.ALIAS,
    "ASC": TokenType.ASC,
    "CASE": TokenType.CASE,
    "DESC": TokenType.DESC,
    "DISTINCT": TokenType.DISTINCT,
    "ELSE": TokenType.ELSE,
    "END": TokenType.END,
    "FROM": TokenType.FROM,
    "GROUP BY": TokenType.GROUP_BY,
    "HAVING": TokenType.HAVING,
    "LIMIT": TokenType.LIMIT,
    "OFFSET": TokenType.OFFSET,
    "ORDER BY": TokenType.ORDER_BY,
    "SELECT": TokenType.SELECT,
    "THEN": TokenType.THEN,
    "WHEN": TokenType.WHEN,
    "WHERE": TokenType.WHERE,
}
"""The reserved words. EXPLAIN, NULLS, FIRST and LAST are ordinary names elsewhere."""
STATEMENT_SIGNS = SIGNS | {
    "+": TokenType.PLUS,
    "*": TokenType.STAR,
    "/": TokenType.SLASH,
    "%": TokenType.MOD,
    "||": TokenType.DPIPE,
}


class StatementTokenizer(FilterTokenizer):
    """Cuts text into the words and signs a statement has; what is neither becomes UNKNOWN."""

    KEYWORDS: ClassVar[dict[str, TokenType]] = {
        **dict.fromkeys(FOREIGN, TokenType.UNKNOWN),
        **STATEMENT_WORDS,
        **{sign: kind for sign, kind in STATEMENT_SIGNS.items() if len(sign) > 1},
    }
    SINGLE_TOKENS: ClassVar[dict[str, TokenType]] = {
        **dict.fromkeys(Tokenizer.SINGLE_TOKENS, TokenType.UNKNOWN),
        **{sign: kind for sign, kind in STATEMENT_SIGNS.items() if len(sign) == 1},
    }


class StatementParser(FilterParser):
    """sqlglot's parser without what it knows of functions: which there are is decided later."""

    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        "CASE": Parser.NO_PAREN_FUNCTION_PARSERS["CASE"],
    }


class CoinvecSql(Dialect):
    """The dialect: this tokenizer and this parser; unknown values come last in any order."""

    NULL_ORDERING = "nulls_are_last"
    Tokenizer = StatementTokenizer
    Parser = StatementParser
