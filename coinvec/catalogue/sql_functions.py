"""SQL expressions of our own: LIKE, membership of long lists, an attribute's text, parentheses."""

import json
from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from coinvec.catalogue.coins_view import Expression
from coinvec.catalogue.types import CodePointText


class TextLike(FunctionElement[bool]):
    """`text LIKE pattern` in the meaning of `coinvec.domain.predicates.like_regex`.

    SQLite's own LIKE ignores the case of ASCII letters, so there it is a function of ours (see
    `engine`). PostgreSQL's agrees with ours as soon as no character escapes by default; but it
    knows no casefolding, so `ilike` decides ILIKE beforehand.
    """

    name = "coinvec_like"
    type = Boolean()
    inherit_cache = True

    def __init__(
        self, text: Expression, pattern: str, *, ignore_case: bool, escape: str | None
    ) -> None:
        super().__init__(
            text,
            literal(pattern, CodePointText),
            literal(escape or "", CodePointText),
            literal(int(ignore_case)),
        )


class Among(FunctionElement[bool]):
    """`value IN (…)` with all its values in one parameter, so that no list is too long.

    A statement takes 65,535 parameters on PostgreSQL, and on SQLite as many as it was built for.
    PostgreSQL is given an array, SQLite a JSON text; neither is used on the other.
    """

    name = "coinvec_among"
    type = Boolean()
    inherit_cache = True

    def __init__(self, value: Expression, members: Sequence[str] | Sequence[int]) -> None:
        kind = BigInteger() if isinstance(members[0], int) else Text()
        super().__init__(
            value,
            literal(json.dumps(members, ensure_ascii=False), Text),
            literal(list(members), ARRAY(kind)),
        )


class AttributeText(FunctionElement[str]):
    """The text of an attribute, out of a JSON object; NULL where there is none.

    SQLite's JSON paths cannot hold every key (quotes, a leading `$`), so there the object's
    members are compared one by one.
    """

    name = "coinvec_attribute"
    type = CodePointText()
    inherit_cache = True

    def __init__(self, attributes: Expression, key: str) -> None:
        super().__init__(attributes, literal(key, CodePointText))


class Parenthesized(FunctionElement[bool]):
    """A condition in parentheses that stay.

    SQLAlchemy drops those around a disjunction within a disjunction, and makes one flat list of
    what was nested in order to be shallow.
    """

    name = "coinvec_parenthesized"
    type = Boolean()
    inherit_cache = True

    def __init__(self, condition: ColumnElement[bool]) -> None:
        super().__init__(condition)


@compiles(Parenthesized)
def _parenthesized(element: Parenthesized, compiler: SQLCompiler, **kw: object) -> str:
    return f"({compiler.process(element.clauses, **kw)})"


@compiles(TextLike, "sqlite")
def _like_sqlite(element: TextLike, compiler: SQLCompiler, **kw: object) -> str:
    return f"coinvec_like({compiler.process(element.clauses, **kw)})"


@compiles(TextLike, "postgresql")
def _like_postgresql(element: TextLike, compiler: SQLCompiler, **kw: object) -> str:
    text, pattern, escape, _ignore_case = (compiler.process(part, **kw) for part in element.clauses)
    return f"({text} LIKE {pattern} ESCAPE {escape})"


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **kw: object) -> str:
    value, members, _ = (compiler.process(part, **kw) for part in element.clauses)
    return f"({value} IN (SELECT member.value FROM json_each({members}) AS member))"  # noqa: S608


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **kw: object) -> str:
    value, _, members = (compiler.process(part, **kw) for part in element.clauses)
    return f"({value} = ANY ({members}))"


@compiles(AttributeText, "sqlite")
def _attribute_sqlite(element: AttributeText, compiler: SQLCompiler, **kw: object) -> str:
    attributes, key = (compiler.process(part, **kw) for part in element.clauses)
    members = f"json_each({attributes}) AS attribute"
    return f"(SELECT attribute.value FROM {members} WHERE attribute.key = {key})"  # noqa: S608


@compiles(AttributeText, "postgresql")
def _attribute_postgresql(element: AttributeText, compiler: SQLCompiler, **kw: object) -> str:
    attributes, key = (compiler.process(part, **kw) for part in element.clauses)
    return f'(({attributes} ->> {key}) COLLATE "C")'
