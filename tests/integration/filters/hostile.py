"""Texts made to be misread by some engine between a user and a store."""

from random import Random

ATTRIBUTE = "note"

STORED_TEXTS = (
    "'", '"', "''", "\\", "\\'", '\\"', "\\\\", "\\n", "\\u0027", "\\x27", "a\nb", "\r\n", "\t",
    "\x01\x7f", "'; DROP TABLE coin_image; --", "' OR '1'='1", '" or image_id != "',
    "'); DELETE FROM design; --", "-- ", "/* */", "# x", "{# x #}", "{{ 7 * 7 }}", "{0.__class__}",
    "%(title)s", "%s%n", "%%", "_", "${jndi:x}", "$1", ":country", "?", "@x", "NULL", "null",
    "true", "1e309", "0x27", "NaN", "1 = 1", "SELECT pg_sleep(9)", "UNION SELECT 1",
    "\N{LINE SEPARATOR}", "\N{ZERO WIDTH JOINER}", "\N{RIGHT-TO-LEFT OVERRIDE}x",
    "\N{BYTE ORDER MARK}x", "\uffff", "\ue000", "\ud7ff", "\U0010ffff",
    "\U0001f468\u200d\U0001f469", "e\u0301", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "ﬁ", "ΐ",
    "\N{FULLWIDTH APOSTROPHE}", "\N{MODIFIER LETTER APOSTROPHE}", "x" * 1_900, "in [1]", "[]",
    "{}", "$.a", "a.b", "(", ")", "`", "<script>", "=cmd()", "\x1b[31m", "C:\\new\\table", "100 %",
    "json_contains(x)",
)  # fmt: skip
"""Each is borne by a coin of the gallery."""

_WORDS = (
    "country", "title", "year", "value", "side", "attr['note']", "attr", "image_id", '"title"',
    "coins.title", "=", "!=", "<>", "<", ">=", "==", "LIKE", "ILIKE", "IN", "NOT", "AND", "OR",
    "IS NULL", "IS", "BETWEEN", "ESCAPE", "(", ")", "((", "[", "]", ",", ";", "--", "/*", "*/",
    "{#", "#}", "'", '"', "`", "\\", "\\'", "'a'", "''", "'Poland'", "'%'", "'it''s'", "E'\\''",
    "$$a$$", "X'00'", "N'a'", "1", "-1", "1e9", "0x1", "1904", "1_000", "1e999999999", ".5", "5.",
    "NaN", ":p", ":", "::text", "?", "%s", "{0}", "{{x}}", "||", "+", "*", "NULL", "TRUE",
    "CASE WHEN", "SELECT 1", "EXISTS (SELECT 1)", "DROP TABLE coin_image", "CAST(title AS int)",
    "pg_sleep(9)", "load_extension('x')", "COLLATE", "REGEXP", "SIMILAR TO", "\N{NO-BREAK SPACE}",
    "\t", "\n", "\x0b", "\ufeff", "‘a’", "“a”", "\u2028", "é", "\U0001f600", "\x00", "\ud800",
    "\udc00",
)  # fmt: skip


_FILTERS = (
    "country = 'Poland'", "title LIKE '%''%'", "title ILIKE '%NULL%'", "NOT (side = 'reverse')",
    "year BETWEEN 1900 AND 1904", "value IN (1, 0.25, 10)", "attr['note'] IS NOT NULL",
    "country NOT IN ('a', '--')", "year >= 1904 OR weight_g < 20.5", "title LIKE '!%' ESCAPE '!'",
)  # fmt: skip


def sentences(count, seed):
    """Filters, most of them spoilt by words of SQL and worse that were put into them."""
    random = Random(seed)
    for _ in range(count):
        words = " AND ".join(random.sample(_FILTERS, random.randint(1, 2))).split(" ")
        for _ in range(random.randint(0, 3)):
            at = random.randrange(len(words))
            words[at : at + random.randint(0, 1)] = [random.choice(_WORDS)]
        yield " ".join(words)


def texts(count, seed):
    """Texts that some store may hold, put together from pieces of others."""
    random = Random(seed)
    for _ in range(count):
        pieces = random.choices(STORED_TEXTS, k=random.randint(1, 3))
        yield "".join(piece[: random.randint(1, 9)] for piece in pieces)
        yield random.choice(STORED_TEXTS)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def filters(text):
    """Filters in which a text stands as a constant, written and given as a parameter."""
    given = {"p": text}
    listed = {"p": [text, "Poland"]}
    escaped = "".join("!" + char if char in "%_!" else char for char in text)
    return (
        (f"title = {quoted(text)}", {}),
        ("NOT country != :p", given),
        ("denomination IN :p", listed),
        (f"currency NOT IN ({quoted(text)}, 'x')", {}),
        ("references >= :p", given),
        (f"title < {quoted(text)} AND currency <= :p", given),
        ("country LIKE :p ESCAPE '!'", {"p": escaped}),
        (f"title LIKE {quoted(escaped + '%')} ESCAPE '!'", {}),
        ("country ILIKE :p", given),
        (f"attr[{quoted(text)}] = 'there'", {}),
        (f"attr['{ATTRIBUTE}'] = :p", given),
        (f"attr['{ATTRIBUTE}'] > {quoted(text)} OR title ILIKE :p", given),
    )
