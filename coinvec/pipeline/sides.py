"""How alike each side of the coins found is to a photo that shows one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coinvec.domain.coins import Side
from coinvec.domain.results import Candidate, Hit, SideMatch
from coinvec.domain.vectors import FloatArray
from coinvec.pipeline.retrieve import Retriever
from coinvec.vectors.filters import VectorFilter


def with_sides(hits: Sequence[Candidate], photo: FloatArray, known: Retriever) -> list[Candidate]:
    """Give hits the best match of each side of their types.

    Args:
        hits: What was found of one photo.
        photo: Its vector, float32 of shape (dim,).
        known: Searches the vectors of the hits' types, as far as the filter leaves them.
    """
    types = sorted({hit.type for hit in hits})
    [found] = known.sides(photo[None], types, VectorFilter())
    return [replace(hit, sides=matches(found.get(hit.type, {})) or hit.sides) for hit in hits]


def matches(nearest: Mapping[Side, Hit]) -> dict[Side, SideMatch]:
    """What an answer says of the nearest image of each side."""
    return {
        side: SideMatch(hit.design_key, hit.similarity, hit.image_id)
        for side, hit in sorted(nearest.items())
    }
