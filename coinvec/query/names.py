"""Names in a filter to columns: what people call them, and what they probably meant."""

from coinvec.domain.columns import COLUMNS
from coinvec.domain.predicates import ColumnRef
from coinvec.domain.spelling import nearest
from coinvec.errors import InvalidValueError

ATTRIBUTES = "attr"
"""The word before the brackets of an attribute."""

_SYNONYMS = {
    "alloy": "composition",
    "amount": "value",
    "authority": "country",
    "catalog": "references",
    "catalogue": "references",
    "coin": "type",
    "date": "year",
    "diameter": "diameter_mm",
    "face_value": "value",
    "form": "shape",
    "from": "year_from",
    "issuer": "country",
    "kind": "type",
    "km": "references",
    "mass": "weight_g",
    "material": "composition",
    "metal": "composition",
    "money": "currency",
    "name": "title",
    "nation": "country",
    "nominal": "denomination",
    "numista": "numista_id",
    "reference": "references",
    "size": "diameter_mm",
    "state": "country",
    "to": "year_to",
    "weight": "weight_g",
    "years": "year",
}


def resolve_column(name: str, *, quoted: bool = False) -> ColumnRef:
    """The column a name stands for. Case matters in quoted names only, as in SQL.

    Raises:
        InvalidValueError: There is no such column; the hint gives the nearest one.
    """
    wanted = name if quoted else name.lower()
    if wanted in COLUMNS:
        return ColumnRef(wanted)
    if wanted == ATTRIBUTES:
        raise InvalidValueError("attr needs a key.", hint="Write attr['key'].")
    raise InvalidValueError(f"there is no column {name!r}.", hint=_advice(name))


def nearest_column(name: str) -> str | None:
    """The column that was probably meant: by another word for it, or by its spelling."""
    word = nearest(name, [*COLUMNS, *_SYNONYMS])
    return None if word is None else _SYNONYMS.get(word, word)


def _advice(name: str) -> str:
    meant = nearest_column(name)
    if meant is not None:
        return f"Did you mean {meant}?"
    return f"The columns are {', '.join(COLUMNS)}; others of a manifest are written attr['name']."
