"""What this distribution offers coinvec. Light: the code behind the target loads on first use."""

from collections.abc import Iterable

from coinvec.plugin import hookimpl
from coinvec.plugin.specs import PreprocessorSpec
from coinvec_unet.about import read_about

COINVEC_API = 1
CODE_REVISION = "2"
"""Raised whenever the same weights give other cut-outs."""


@hookimpl
def coinvec_preprocessors() -> Iterable[PreprocessorSpec]:
    """The U-Net segmenter."""
    about = read_about()
    return (
        PreprocessorSpec(
            name="unet",
            target="coinvec_unet.unet:UnetPreprocessor",
            revision=f"{CODE_REVISION}.{about.revision}",
            summary=f"U-Net over {about.encoder}, two passes; ONNX Runtime",
        ),
    )
