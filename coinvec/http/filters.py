"""The filter of a `GET`: `where`, with each parameter as `param.NAME`."""

from typing import Annotated

from fastapi import Depends, Query, Request

from coinvec.domain.predicates import Predicate
from coinvec.errors import UsageError
from coinvec.query.language import parse_filter

PARAM = "param."


def _filter(
    request: Request,
    where: Annotated[
        str | None,
        Query(
            description="A filter: an SQL boolean expression over the columns. The value of each "
            "`:name` in it is the parameter `param.NAME`.",
            examples=["country = 'Finland' AND year < 1970"],
        ),
    ] = None,
) -> Predicate | None:
    params = {
        name.removeprefix(PARAM): value
        for name, value in request.query_params.items()
        if name.startswith(PARAM)
    }
    if where:
        return parse_filter(where, params, read_texts=True)
    if params:
        raise UsageError("Parameters were given without a filter.", hint="Give where, too.")
    return None


Filter = Annotated[Predicate | None, Depends(_filter)]
"""A route's parameter of this type is the filter of its query; None lets everything through."""
