"""The preprocessors that a report compares."""

from coinvec_classic.hough import HoughPreprocessor
from coinvec_unet.unet import UnetPreprocessor

from coinvec.plugin.protocols import Preprocessor


def finders() -> dict[str, Preprocessor]:
    """The shipped segmenter, what its second pass is worth, and Hough circles."""
    return {
        "U-Net, two passes": UnetPreprocessor(),
        "U-Net, one pass": UnetPreprocessor(passes=1),
        "Hough circles": HoughPreprocessor(),
    }
