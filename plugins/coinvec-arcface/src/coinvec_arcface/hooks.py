"""What this distribution offers coinvec. Light: the code behind the target loads on first use."""

from collections.abc import Iterable

from coinvec.plugin import hookimpl
from coinvec.plugin.specs import EncoderSpec
from coinvec_arcface.about import read_about

COINVEC_API = 1
CODE_REVISION = "1"
"""Raised whenever the same weights give other embeddings."""


@hookimpl
def coinvec_encoders() -> Iterable[EncoderSpec]:
    """The ArcFace encoder."""
    about = read_about()
    return (
        EncoderSpec(
            name="arcface",
            target="coinvec_arcface.encoder:ArcfaceEncoder",
            revision=f"{CODE_REVISION}.{about.revision}",
            summary=f"{about.backbone} trained with ArcFace; ONNX Runtime",
            dim=about.dim,
            thresholds=about.thresholds,
            starter="coinvec_arcface:starter.parquet",
        ),
    )
