"""The photos a statement names: `similarity(:image)`, or with both sides `similarity(:a, :b)`."""

import numbers

from sqlglot import exp

from coinvec.errors import ExpressionError, InvalidValueError
from coinvec.query.constants import Parameters, shown
from coinvec.query.syntax import position_of

_FUNCTION = "similarity"
_HINT = "Write similarity(:image), or similarity(:obverse, :reverse)."


def named_photos(text: str, select: exp.Select, parameters: Parameters) -> tuple[str, ...]:
    """Names of the parameters that are photos; none where a statement asks for no similarity.

    Raises:
        ExpressionError: `similarity` is given something else than one or two parameters, other
            ones at another place, or a parameter that is no photo or stands for a value too.
    """
    calls = [node for node in select.find_all(exp.Anonymous) if node.name.lower() == _FUNCTION]
    photos: tuple[str, ...] = ()
    for call in calls:
        named = tuple(each.name for each in call.expressions if isinstance(each, exp.Placeholder))
        if len(named) != len(call.expressions) or not 1 <= len(named) <= 2:
            raise _refusal(text, call, "similarity takes one or two parameters.", _HINT)
        if photos and named != photos:
            raise _refusal(text, call, "similarity is asked for other photos than before.", _HINT)
        photos = named
    for node in select.find_all(exp.Placeholder):
        if node.name in photos and node.parent not in calls:
            message = f":{node.name} is a photo, and a value is needed here."
            raise _refusal(text, node, message, "Give the value another name.")
    for call in calls[:1]:
        for name in photos:
            _check_photo(text, call, name, parameters)
    return photos


def _check_photo(text: str, call: exp.Expr, name: str, parameters: Parameters) -> None:
    try:
        value = parameters.photo(name)
    except InvalidValueError as error:
        raise _refusal(text, call, error.message, error.hint) from None
    if value is None or isinstance(value, numbers.Number | list | tuple | dict):
        message = f"the parameter :{name} is {shown(value)}, and a photo is needed."
        hint = "Give it a path, a picture's bytes, an open file, an array or a Pillow image."
        raise _refusal(text, call, message, hint)


def _refusal(text: str, node: exp.Expr, message: str, hint: str) -> ExpressionError:
    return ExpressionError(message, text=text, position=position_of(node), hint=hint)
