"""The filter language: text to predicate, and back.

A filter is a boolean SQL expression over the columns of `coinvec.domain.columns`. Its way:
`scan` (text to checked tokens), `syntax` (tokens to sqlglot's tree), `build` (tree to predicate,
by white list). Nothing of the text reaches a store but constants in a typed predicate.
"""

from collections.abc import Mapping

from coinvec.domain.predicates import Predicate
from coinvec.errors import ExpressionError, InvalidValueError
from coinvec.query.build import PredicateBuilder
from coinvec.query.constants import Parameters
from coinvec.query.render import render_filter
from coinvec.query.scan import too_deep
from coinvec.query.syntax import parse_condition

__all__ = ["parse_filter", "render_filter"]


def parse_filter(
    text: str, params: Mapping[str, object] | None = None, *, read_texts: bool = False
) -> Predicate:
    """Parse a filter expression.

    Numbers are exact: int, or Decimal where they have a point (a float parameter counts as its
    shortest decimal form). A chain of ANDs or ORs is one node; parentheses make nodes of their
    own. BETWEEN becomes two comparisons, and a constant on the left moves to the right.

    Args:
        text: E.g. `country = :c AND year < 1970`.
        params: Value of each `:name`: a text or a number; after IN also a list or tuple of them,
            the fast way for thousands of values.
        read_texts: Read a parameter's text as a number where the column holds numbers; for
            parameters from a command line or a form, which are all texts.

    Raises:
        ExpressionError: The text is not understood or compares what cannot be compared, or a
            parameter is missing, unused or unusable; it says where, and what to write instead.
    """
    parameters = Parameters(params or {})
    try:
        predicate = PredicateBuilder(text, parameters, read_texts=read_texts).build(
            parse_condition(text)
        )
        parameters.check_all_used()
    except InvalidValueError as error:
        raise ExpressionError(error.message, text=text, hint=error.hint) from None
    except RecursionError:  # within the depth limit, but the caller's own stack is deep
        raise too_deep(text, None) from None
    return predicate
