"""What this distribution offers coinvec. Light: the code behind the targets loads on first use."""

from collections.abc import Iterable

from coinvec.domain.models import Metric
from coinvec.plugin import hookimpl
from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec

COINVEC_API = 1


@hookimpl
def coinvec_preprocessors() -> Iterable[PreprocessorSpec]:
    """The Hough circle segmenter."""
    return (
        PreprocessorSpec(
            name="hough",
            target="coinvec_classic.hough:HoughPreprocessor",
            revision="2",
            summary="Hough circles, fitted to the rim as ellipses; no weights",
        ),
    )


@hookimpl
def coinvec_encoders() -> Iterable[EncoderSpec]:
    """The polar Fourier descriptor."""
    return (
        EncoderSpec(
            name="polar",
            target="coinvec_classic.polar:PolarEncoder",
            revision="1",
            dim=64,
            metric=Metric.COSINE,
            summary="Rotation-invariant polar Fourier descriptor under a fixed projection",
        ),
    )
