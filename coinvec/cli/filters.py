"""The options `--where` and `--param`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Command
from coinvec.errors import UsageError

if TYPE_CHECKING:
    from coinvec.domain.predicates import Predicate


def where_options(command: Command) -> Command:
    """Add `--where` and `--param` to a command."""
    where = click.option("--where", metavar="EXPR", help="SQL boolean expression over the columns.")
    param = click.option(
        "--param", "params", multiple=True, metavar="NAME=VALUE", help="Value of a :name in EXPR."
    )
    return where(param(command))


def read_where(where: str | None, params: Sequence[str]) -> "Predicate | None":
    """The filter of `--where`, its parameters read as numbers where a column holds numbers.

    Raises:
        UsageError: Parameters were given without a filter, or are not NAME=VALUE.
        ExpressionError: The filter is not understood.
    """
    from coinvec.query.language import parse_filter

    values = read_params(params)
    if where is None:
        if values:
            raise UsageError("--param was given without --where.")
        return None
    return parse_filter(where, values, read_texts=True)


def read_params(texts: Sequence[str]) -> dict[str, object]:
    """`NAME=VALUE` texts as parameters; all are texts.

    Raises:
        UsageError: A text has no `=`, or names a parameter twice.
    """
    params: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text!r} is not NAME=VALUE.")
        if name in params:
            raise UsageError(f"--param {name} was given twice.")
        params[name] = value
    return params
