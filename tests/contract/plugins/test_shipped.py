"""The plugins of this repository keep what plugins promise."""

from coinvec.testing.conformance import (
    EncoderConformance,
    PreprocessorConformance,
    RankerConformance,
)


class TestSimilarity(RankerConformance):
    plugin = "similarity"


class TestHough(PreprocessorConformance):
    plugin = "hough"


class TestUnet(PreprocessorConformance):
    plugin = "unet"


class TestPolar(EncoderConformance):
    plugin = "polar"


class TestArcface(EncoderConformance):
    plugin = "arcface"


class TestVerify(RankerConformance):
    plugin = "verify"


class TestExpand(RankerConformance):
    plugin = "expand"


class TestMetal(RankerConformance):
    plugin = "metal"
