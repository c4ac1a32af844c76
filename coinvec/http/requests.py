"""What may be asked: the models of request bodies, checked before anything is done."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from coinvec.domain.choices import K_MAX, GroupBy
from coinvec.http.uploads import Photo

Model = TypeVar("Model", bound=BaseModel)
Scalar = StrictStr | StrictInt | float
Params = Annotated[
    dict[str, Scalar | list[Scalar]],
    Field(description="Value of each `:name`: a text or a number; after IN also a list of them."),
]
Where = Annotated[
    str | None,
    Field(
        description="A filter: an SQL boolean expression over the columns.",
        examples=["country = :c AND year < 1970"],
    ),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SearchRequest(_Request):
    """A coin to look up, by a photo of one side, or of both in either order."""

    image: Annotated[Photo, Field(description="A photo of the coin.")]
    image2: Annotated[Photo | None, Field(description="A photo of its other side.")] = None
    where: Where = None
    params: Params = Field(default_factory=dict)
    k: Annotated[int, Field(ge=1, le=K_MAX, description="How many groups to return.")] = 10
    group_by: Annotated[GroupBy, Field(description="What one hit stands for.")] = GroupBy.TYPE
    all_coins: Annotated[bool, Field(description="Look up every coin in the picture.")] = False


class SqlRequest(_Request):
    """A statement of the query language."""

    statement: Annotated[
        str, Field(examples=["SELECT country, count(*) FROM coins GROUP BY country"])
    ]
    params: Params = Field(default_factory=dict)
    photos: Annotated[
        dict[str, Photo], Field(description="The photo of each name in `similarity(:name)`.")
    ] = Field(default_factory=dict)
    verify: Annotated[
        StrictBool, Field(description="With EXPLAIN, hold the answer against an exact search.")
    ] = False


class CoinFields(_Request):
    """Fields of a coin, by manifest column. What is left out stays; null clears."""

    country: str | None = None
    denomination: str | None = None
    currency: str | None = None
    value: StrictStr | StrictInt | float | None = None
    title: str | None = None
    year_from: StrictStr | StrictInt | None = None
    year_to: StrictStr | StrictInt | None = None
    composition: str | None = None
    diameter_mm: StrictStr | StrictInt | float | None = None
    weight_g: StrictStr | StrictInt | float | None = None
    shape: str | None = None
    numista_id: str | None = None
    references: str | list[str] | None = None


class CoinChange(CoinFields):
    """New values for a coin type."""

    design: Annotated[
        str | None,
        Field(
            description="`side/design` whose years change; by default those of all designs.",
            examples=["obverse/o1"],
        ),
    ] = None


class PhotosRequest(_Request):
    """Photos of a coin type that the catalogue has; at least one."""

    obverse: list[Photo] = Field(default_factory=list)
    reverse: list[Photo] = Field(default_factory=list)
    design: Annotated[str | None, Field(description="Key of the design within its side.")] = None
    description: str | None = None
    credit: str | None = None
    license: str | None = None


class CoinRequest(CoinFields, PhotosRequest):
    """A coin with one or more photos a side."""

    type: Annotated[
        str | None, Field(description="Stable id; by default made of country and denomination.")
    ] = None
    country: str
    denomination: str


def checked(model: type[Model], values: Mapping[str, Any]) -> Model:
    """A request's body as its model.

    Raises:
        RequestValidationError: The values are not what the model says.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None


def described(model: type[BaseModel], *, form: bool = True, **example: object) -> dict[str, Any]:
    """The `requestBody` of OpenAPI for a model that a route reads itself.

    Args:
        model: The model of the body.
        form: Whether it may also be a form.
        **example: Values of an example in JSON.
    """
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    schema = _inlined(schema, definitions)
    content: dict[str, Any] = {"application/json": {"schema": schema, "example": example}}
    if form:
        content["multipart/form-data"] = {"schema": _as_form(schema)}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """A schema without references, which a route's own part of the description cannot resolve."""
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(each, definitions) for name, each in schema.items()}


def _as_form(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same as parts of a form: photos as files, `params` as `param.NAME`."""
    properties = {
        name: _as_part(each) for name, each in schema["properties"].items() if name != "params"
    }
    form = {**schema, "properties": properties}
    if "params" in schema["properties"]:
        form["patternProperties"] = {"^param\\.": {"type": "string"}}
        form.pop("additionalProperties", None)
    return form


def _as_part(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(schema, list):
        return [_as_part(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("contentEncoding") == "base64":
        return {"type": "string", "format": "binary"}
    return {name: _as_part(each) for name, each in schema.items()}
