"""A second look before a coin is called unknown, at more candidates and at single designs.

Of a photo that shows little an embedding says little: the right coin may be anywhere, and the side
of it that seems most alike may be the wrong one. To ask a vector store for most of a catalogue
takes longer than to compare all vectors that SQL keeps.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from coinvec.catalogue.designs import Gallery
from coinvec.domain.choices import GroupBy
from coinvec.pipeline.exact import ExactVectors
from coinvec.pipeline.find import Finder, Finding, Probe
from coinvec.pipeline.retrieve import Retriever
from coinvec.query.planner import Plan
from coinvec.vectors.filters import VectorFilter

COMPARED: Final = 20_000
"""Images that are compared one by one at most, about 10 ms a thousand. Of more, a further look at
a few hundred designs would be a look at few of them."""


def _finer(group_by: GroupBy) -> GroupBy:
    """What is looked at in place of groups: for types, their designs."""
    return GroupBy.DESIGN if group_by is GroupBy.TYPE else group_by


def find_among(gallery: Gallery, probes: Sequence[Probe], plan: Plan, count: int) -> list[Finding]:
    """What to look at, for each probe, by comparing every vector.

    Args:
        gallery: The vectors of all images that match the plan's filter.
        probes: The coins to look up.
        plan: What is asked for.
        count: How many are to be looked at, of the finer kind.
    """
    query = replace(plan.query, group_by=_finer(plan.query.group_by))
    retriever = Retriever(ExactVectors(gallery), collection="")
    closer = replace(plan, query=query, filter=VectorFilter(), ranked=count)
    return Finder(retriever, closer).find(probes)
