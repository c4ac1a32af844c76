"""A second look before a coin is called unknown: more candidates, from the vectors that SQL keeps.

Of a photo that shows little an embedding says little: the right coin may be anywhere. To ask a
vector store for most of a catalogue takes longer than to compare all that SQL keeps.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from coinvec.catalogue.designs import Gallery
from coinvec.pipeline.exact import ExactVectors
from coinvec.pipeline.find import Finder, Finding, Probe
from coinvec.pipeline.retrieve import Retriever
from coinvec.query.planner import Plan
from coinvec.vectors.filters import VectorFilter

COMPARED: Final = 20_000
"""Images that are compared one by one at most, about 10 ms a thousand. Of more, a further look at
a few hundred types would be a look at few of them."""


def find_among(gallery: Gallery, probes: Sequence[Probe], plan: Plan) -> list[Finding]:
    """One finding per probe, by comparing every vector.

    Args:
        gallery: The vectors of all images that match the plan's filter.
        probes: The coins to look up.
        plan: How many groups are wanted, and of what kind.
    """
    retriever = Retriever(ExactVectors(gallery), collection="")
    return Finder(retriever, replace(plan, filter=VectorFilter())).find(probes)
