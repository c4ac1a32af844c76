"""What is said of a model: its name, how its vectors compare, its limits; light, for plugins."""

from dataclasses import dataclass
from enum import StrEnum

from coinvec.domain.identifiers import check_key
from coinvec.errors import InvalidValueError


class Metric(StrEnum):
    """How the likeness of two embeddings is measured. Higher similarity is better."""

    COSINE = "cosine"


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A preprocessor or encoder by name and revision."""

    name: str
    revision: str

    def __post_init__(self) -> None:
        check_key("model name", self.name)
        check_key("model revision", self.revision)

    def __str__(self) -> str:
        """`name@revision`."""
        return f"{self.name}@{self.revision}"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Calibrated limits of the verdict, stored with the revision of the encoder they hold for.

    They are in cosine similarity, or in the scores of a ranker that gives its own.

    Attributes:
        known: Below this best score nothing in the catalogue looks like the coin.
        match: From this best score on the answer may be sure.
        margin: By how much the best type must lead the best other type to be sure.
    """

    known: float
    match: float
    margin: float

    def __post_init__(self) -> None:
        if not (-1.0 <= self.known <= self.match <= 1.0 and 0.0 <= self.margin <= 2.0):
            raise InvalidValueError(f"thresholds {self} are not ordered within -1 to 1.")
