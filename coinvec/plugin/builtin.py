"""The core's own hooks; the host registers them before any installed plugin's."""

from collections.abc import Iterable
from typing import Final

from coinvec.plugin import hookimpl
from coinvec.plugin.hookspecs import API_VERSION
from coinvec.plugin.specs import ImporterSpec, RankerSpec

COINVEC_API: Final = API_VERSION

DEFAULT_RANKER: Final = "similarity"
"""Name of the ranker that is used where none is asked for."""


@hookimpl
def coinvec_rankers() -> Iterable[RankerSpec]:
    """Declare the default ranker."""
    return (
        RankerSpec(
            name=DEFAULT_RANKER,
            # A name, not an import: the pipeline stands above the plugin machinery.
            target="coinvec.pipeline.rank:SimilarityRanker",
            revision="1",
            summary="By falling similarity, ties by image id",
        ),
    )


@hookimpl
def coinvec_importers() -> Iterable[ImporterSpec]:
    """Declare the importers that need nothing but the standard library."""
    return (
        ImporterSpec(
            name="opennumismat",
            target="coinvec.importers.opennumismat:OpenNumismatImporter",
            revision="1",
            summary="Collections of OpenNumismat (.db), pictures inside",
        ),
        ImporterSpec(
            name="numista",
            target="coinvec.importers.numista:NumistaImporter",
            revision="1",
            summary="Collections exported from Numista as CSV, pictures beside",
        ),
    )
