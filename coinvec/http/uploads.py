"""Photos that came with a request: parts of a form, or base64 in JSON. Never a path."""

import base64
import binascii
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Request
from pydantic import BeforeValidator, InstanceOf, WithJsonSchema
from starlette.datastructures import UploadFile

from coinvec.http.problems import Problem, ProblemError

NAME_MAX_LENGTH = 100
_DATA_URL = re.compile(r"data:[\w.+/-]*;base64,", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


class Upload(io.BytesIO):
    """A photo that was sent, with the name that messages give it.

    Args:
        data: The file's bytes.
        name: As the sender called it; only its last part is kept, and it opens nothing.
    """

    def __init__(self, data: bytes, name: str = "") -> None:
        super().__init__(data)
        last = _UNSAFE.sub("", name.replace("\\", "/")).rpartition("/")[2]
        self.name = last[:NAME_MAX_LENGTH] or "picture"


def _from_base64(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return Upload(base64.b64decode(_DATA_URL.sub("", value, count=1), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("it is not base64") from None


Photo = Annotated[
    InstanceOf[Upload],
    BeforeValidator(_from_base64),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/*"}),
]
"""A photo in a model of a request: base64, or a part of a form."""


@dataclass(slots=True)
class Body:
    """What a request says, whichever way it was written.

    Attributes:
        values: Texts of a form by name, or the members of a JSON object.
        photos: Files of a form by name; none from JSON, where they are among the values.
        is_form: Whether all values are texts.
    """

    values: dict[str, Any] = field(default_factory=dict)
    photos: dict[str, list[Upload]] = field(default_factory=dict)
    is_form: bool = False


async def read_body(request: Request) -> Body:
    """Read a form or a JSON object.

    Raises:
        ProblemError: It is neither (415), or not well formed (400).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _FORMS:
        return await _read_form(request)
    if kind != "application/json":
        raise ProblemError(
            Problem(
                status=415,
                kind="unsupported-body",
                title="Unsupported body",
                detail=f"The body is {kind or 'of no stated type'}.",
                hint="Send multipart/form-data, or JSON with base64.",
            )
        )
    return Body(values=await read_json(request))


async def read_json(request: Request) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        ProblemError: It is none.
    """
    try:
        value = await request.json()
    except (ValueError, RecursionError) as error:
        raise ProblemError(_malformed(f"The body is not JSON: {error}.")) from None
    if not isinstance(value, dict):
        raise ProblemError(_malformed("The body is JSON, but no object."))
    return value


async def _read_form(request: Request) -> Body:
    body = Body(is_form=True)
    async with request.form(max_files=20, max_fields=200) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                data = await value.read()
                if data or value.filename:  # an input that was left empty sends neither
                    body.photos.setdefault(name, []).append(Upload(data, value.filename or ""))
            elif value:
                _add_text(body.values, name, value)
    return body


def _add_text(values: dict[str, Any], name: str, text: str) -> None:
    if name in values:
        raise ProblemError(_malformed(f"The field {name[:NAME_MAX_LENGTH]!r} was given twice."))
    values[name] = text


def form_values(body: Body, lists: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """A body's values with its photos among them; one photo a name, save for `lists`.

    Raises:
        ProblemError: More photos of a name were given.
    """
    photos: dict[str, Any] = {}
    for name, given in body.photos.items():
        if name not in lists and len(given) > 1:
            raise ProblemError(_malformed(f"{len(given)} photos were given as {name!r}."))
        photos[name] = given if name in lists else given[0]
    return {**body.values, **photos}


def _malformed(detail: str) -> Problem:
    return Problem(status=400, kind="malformed", title="Malformed", detail=detail)
