"""One coin from options instead of a manifest."""

from collections.abc import Mapping, Sequence

from coinvec.domain.coins import Side
from coinvec.domain.spelling import nearest, slug
from coinvec.errors import UsageError
from coinvec.media.decode import ImageSource, name_of
from coinvec.services.enrol import Photo
from coinvec.services.manifest import OPTIONAL, REQUIRED
from coinvec.services.rows import Row

FIELDS = tuple(name for name in (*REQUIRED, *OPTIONAL) if name not in ("image", "side"))


def photos_of_coin(
    obverse: Sequence[ImageSource],
    reverse: Sequence[ImageSource],
    fields: Mapping[str, object],
) -> list[Photo]:
    """The rows of a manifest that says what the options say.

    Args:
        obverse: Photos of the obverse.
        reverse: Photos of the reverse.
        fields: Values by manifest column. `type` defaults to country and denomination in
            lower-case words joined by `-`.

    Raises:
        UsageError: There is no photo, or a field does not exist.
    """
    if not (obverse or reverse):
        raise UsageError("A coin needs a photo.", hint="Give --obverse or --reverse, or both.")
    cells = cells_of(fields)
    if not cells.get("type"):
        cells["type"] = slug(f"{cells.get('country') or ''} {cells.get('denomination') or ''}")
    sides = [
        *((Side.OBVERSE, each) for each in obverse),
        *((Side.REVERSE, each) for each in reverse),
    ]
    return [
        Photo(Row(line, {**cells, "image": name_of(source), "side": side.value}), source)
        for line, (side, source) in enumerate(sides, 1)
    ]


def cells_of(fields: Mapping[str, object]) -> dict[str, str | None]:
    """Values by manifest column as the texts a manifest would have; None for empty ones.

    Raises:
        UsageError: A field does not exist.
    """
    for name in fields:
        if name not in FIELDS:
            right = nearest(name, FIELDS)
            raise UsageError(
                f"A coin has no field {name!r}.",
                hint=f"Did you mean {right!r}?" if right else f"It has: {', '.join(FIELDS)}.",
            )
    return {name: _text(value) for name, value in fields.items()}


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value)) or None
    return str(value).strip() or None
