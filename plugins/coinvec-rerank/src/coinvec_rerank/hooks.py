"""What this distribution offers coinvec. Light: the code behind the targets loads on first use."""

from collections.abc import Iterable

from coinvec.plugin import hookimpl
from coinvec.plugin.specs import RankerSpec
from coinvec_rerank.weights import NETWORK, VERIFICATION_LIMITS

COINVEC_API = 1


@hookimpl
def coinvec_rankers() -> Iterable[RankerSpec]:
    """The three rankers, each on its own."""
    return (
        RankerSpec(
            name="verify",
            target="coinvec_rerank.verify:VerifyRanker",
            revision=f"7.{NETWORK}",
            depth=20,
            deeper=400,
            thresholds=VERIFICATION_LIMITS,
            summary="Similarity, and learned local gradients compared under every turn of the coin",
        ),
        RankerSpec(
            name="expand",
            target="coinvec_rerank.expansion:ExpansionRanker",
            revision="2",
            depth=50,
            summary="Similarity to the query moved towards its neighbours; looks at no picture",
        ),
        RankerSpec(
            name="metal",
            target="coinvec_rerank.metal:MetalRanker",
            revision="2",
            depth=20,
            summary="Similarity, less where the photo's colour contradicts the composition",
        ),
    )
