"""Words of SQL that a statement here has no use for, and what to say of them."""

from coinvec.errors import ExpressionError

STATEMENT_HINT = (
    "A statement is SELECT … FROM coins [WHERE …] [GROUP BY …] [HAVING …] [ORDER BY …] [LIMIT n] "
    "[OFFSET m]."
)

_WRITES = "statements here only read."
_WRITE_HINT = "Change the catalogue with coinvec import, add, edit or remove."
_ALONE = ("a statement reads coins and nothing else.", STATEMENT_HINT)
_JOINS = ("there is nothing to join: coins has all columns.", "Take the other table out.")
_SETS = ("answers are not joined to each other.", "Ask two statements.")
_WINDOWS = ("there are no window functions.", "Use GROUP BY, or ORDER BY with LIMIT.")

REFUSED = {
    **dict.fromkeys(
        (
            *("ALTER", "CREATE", "DELETE", "DROP", "GRANT", "INSERT", "INTO", "MERGE", "REINDEX"),
            *("REPLACE", "RETURNING", "REVOKE", "TRUNCATE", "UPDATE", "UPSERT", "VACUUM"),
        ),
        (_WRITES, _WRITE_HINT),
    ),
    **dict.fromkeys(
        (
            *("ANALYZE", "ATTACH", "BEGIN", "CALL", "COMMIT", "COPY", "DECLARE", "DETACH", "DO"),
            *("EXECUTE", "LISTEN", "LOAD", "LOCK", "NOTIFY", "PRAGMA", "PREPARE", "ROLLBACK"),
            *("SAVEPOINT", "SET", "SHOW", "TABLE", "USE", "VALUES"),
        ),
        _ALONE,
    ),
    **dict.fromkeys(("JOIN", "CROSS", "LATERAL", "NATURAL", "USING"), _JOINS),
    **dict.fromkeys(("UNION", "INTERSECT", "EXCEPT"), _SETS),
    **dict.fromkeys(("OVER", "PARTITION", "FILTER", "WINDOW", "QUALIFY"), _WINDOWS),
    "WITH": ("there are no common table expressions.", STATEMENT_HINT),
    "RECURSIVE": ("there are no common table expressions.", STATEMENT_HINT),
    "EXISTS": ("a statement holds no second query.", STATEMENT_HINT),
    "COLLATE": ("texts are compared by code point.", "Take COLLATE out; ILIKE disregards case."),
    "CAST": ("a statement does not convert types.", "round(x) makes decimals of numbers."),
    "FETCH": ("rows are limited by LIMIT.", "Write LIMIT n."),
    "TOP": ("rows are limited by LIMIT.", "Write LIMIT n at the end."),
    "REGEXP": ("patterns are matched by LIKE and ILIKE.", "Write ILIKE '%euro%'."),
    "SIMILAR": ("patterns are matched by LIKE and ILIKE.", "Write ILIKE '%euro%'."),
    "GLOB": ("patterns are matched by LIKE and ILIKE.", "Write ILIKE '%euro%'."),
}
"""Message and hint by word, in capitals; none of them is a column or function."""

SUBQUERY = ("a statement holds no second query.", STATEMENT_HINT)
SEMICOLON = ("one statement is answered at a time.", "Take out what follows the ';'.")
STAR_HINT = "Write * alone, or count(*)."


def refused(text: str, place: int, word: str) -> ExpressionError | None:
    """The refusal of a word that has one of its own."""
    known = REFUSED.get(word.upper())
    if known is None:
        return None
    message, hint = known
    return ExpressionError(f"{word!r}: {message}", text=text, position=place, hint=hint)


def misplaced(text: str, place: int, word: str) -> ExpressionError:
    """The refusal of a word at a place where it has no meaning."""
    own = refused(text, place, word)
    message = f"{word!r} does not fit here."
    return own or ExpressionError(message, text=text, position=place, hint=STATEMENT_HINT)
