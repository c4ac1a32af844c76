"""What this distribution offers coinvec. Light: torch and timm load on first use."""

from collections.abc import Iterable

from coinvec.plugin import hookimpl
from coinvec.plugin.specs import EncoderSpec
from example_timm_encoder.choice import Choice

COINVEC_API = 1

DIM = 256
"""Components of an embedding, whatever the backbone."""


@hookimpl
def coinvec_encoders() -> Iterable[EncoderSpec]:
    """The backbone that the environment chooses."""
    choice = Choice.from_environment()
    return (
        EncoderSpec(
            name="timm",
            target="example_timm_encoder.encoder:TimmEncoder",
            revision=choice.revision(),
            dim=DIM,
            summary=f"{choice.model} of timm, {choice.weights} weights, under a random projection",
        ),
    )
