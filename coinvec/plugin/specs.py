"""The small immutable declarations that hooks return.

The heavy code stays behind `target`, a `"package.module:Class"` string, until a plugin is used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from coinvec.domain.choices import K_MAX
from coinvec.domain.identifiers import check_key
from coinvec.domain.models import Metric, ModelRef, Thresholds
from coinvec.errors import InvalidValueError

_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spec:
    """What every declaration holds.

    Attributes:
        name: How users choose the plugin: lower-case words joined by `-`.
        target: `"package.module:Class"`; called without arguments on first use.
        revision: Changes whenever the output for the same input changes.
        summary: One line for `coinvec plugins list`.
    """

    kind: ClassVar[str]

    name: str
    target: str
    revision: str
    summary: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InvalidValueError(
                f"plugin name {self.name!r} is not made of lower-case words joined by '-'."
            )
        if not _TARGET.fullmatch(self.target):
            raise InvalidValueError(f"target {self.target!r} is not 'package.module:Class'.")
        check_key("revision", self.revision)

    @property
    def ref(self) -> ModelRef:
        """Name and revision."""
        return ModelRef(self.name, self.revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreprocessorSpec(_Spec):
    """Declares a class that satisfies `coinvec.plugin.protocols.Preprocessor`."""

    kind: ClassVar[str] = "preprocessor"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSpec(_Spec):
    """Declares a class that satisfies `coinvec.plugin.protocols.Encoder`.

    Attributes:
        dim: Components of an embedding.
        metric: How two embeddings are compared.
        thresholds: Calibrated limits for the verdict; None makes every verdict `ambiguous`.
        starter: `"package:file"`, the starter catalogue that its distribution carries, as
            `coinvec starter build` writes it; None without one.
    """

    kind: ClassVar[str] = "encoder"

    dim: int
    metric: Metric = Metric.COSINE
    thresholds: Thresholds | None = None
    starter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerSpec(_Spec):
    """Declares a class that satisfies `coinvec.plugin.protocols.Ranker`.

    Attributes:
        depth: How many of the first candidates it orders. So many are retrieved for it even where
            fewer are asked for, and those behind them keep their places: what comes first does
            not depend on how much is asked for. None: as many as are asked for.
        deeper: How many it orders before a coin is called unknown: designs, where types are asked
            for. They are looked up by comparing every vector, where no more than 20,000 images
            match the filter. None: no more.
        thresholds: Limits for the scores that a `ScoringRanker` gives, by the encoder they were
            calibrated with, as `name@revision`. With any other encoder its scores are not asked
            for.
    """

    kind: ClassVar[str] = "ranker"

    depth: int | None = None
    deeper: int | None = None
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _Spec.__post_init__(self)
        if self.depth is not None and not 1 <= self.depth <= K_MAX:
            raise InvalidValueError(
                f"depth is {self.depth}; it must lie between 1 and {K_MAX:,}, or be None."
            )
        if self.deeper is not None and not (self.depth or K_MAX) < self.deeper <= K_MAX:
            raise InvalidValueError(
                f"deeper is {self.deeper}; it must lie beyond depth, up to {K_MAX:,}, or be None."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImporterSpec(_Spec):
    """Declares a class that satisfies `coinvec.plugin.protocols.Importer`.

    Its name is what users type after `coinvec import FILE --from`.
    """

    kind: ClassVar[str] = "importer"


PluginSpec = PreprocessorSpec | EncoderSpec | RankerSpec | ImporterSpec
