"""What the catalogue stores: one photographed coin in full, and a generation with its state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from coinvec.domain.coins import CoinType, Design, YearSpan
from coinvec.domain.columns import REFERENCE_SEPARATOR
from coinvec.domain.images import CoinImage
from coinvec.domain.vectors import Generation
from coinvec.errors import InvalidValueError


@dataclass(frozen=True, slots=True)
class CoinRecord:
    """One row of a manifest: a photograph with the design and the coin type it shows.

    Attributes:
        coin: The coin type.
        design: The design, of that type.
        image: The photograph, of that design.
    """

    coin: CoinType
    design: Design
    image: CoinImage

    def __post_init__(self) -> None:
        if self.design.type_key != self.coin.key:
            raise InvalidValueError(
                f"design {self.design.id!r} does not belong to the type {self.coin.key!r}."
            )
        if self.image.design != self.design:
            raise InvalidValueError(
                f"image {self.image.id} shows {self.image.design.id!r}, not {self.design.id!r}."
            )

    @property
    def columns(self) -> dict[str, str | int | float | Decimal | None]:
        """Value of every stored column of `coinvec.domain.columns`, None where unknown."""
        coin, years = self.coin, self.design.years
        return {
            "country": coin.country,
            "currency": coin.currency,
            "denomination": coin.denomination,
            "value": coin.value,
            "side": self.design.side.value,
            "type": coin.key,
            "design": self.design.key,
            "title": coin.title,
            "year_from": years.first,
            "year_to": years.last,
            "composition": coin.composition,
            "diameter_mm": coin.diameter_mm,
            "weight_g": coin.weight_g,
            "shape": coin.shape,
            "numista_id": coin.numista_id,
            "references": REFERENCE_SEPARATOR.join(coin.references) or None,
        }


@dataclass(frozen=True, slots=True)
class TypeSummary:
    """One coin type as a list shows it.

    Attributes:
        coin: The coin type.
        years: Least and greatest year of its designs.
        n_designs: How many of its designs match.
        n_images: How many of its images match.
    """

    coin: CoinType
    years: YearSpan
    n_designs: int
    n_images: int


class GenerationState(StrEnum):
    """What a generation is used for."""

    BUILDING = "building"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class StoredGeneration:
    """A generation as the catalogue knows it.

    Attributes:
        id: Its number in the catalogue.
        generation: The pair of models and their vector space.
        collection: Name of its Milvus collection.
        state: What it is used for; at most one is live.
        created_at: When it was added, in UTC.
    """

    id: int
    generation: Generation
    collection: str
    state: GenerationState
    created_at: datetime


class GapReason(StrEnum):
    """Why an image has no vector in a generation that has been built."""

    NO_COIN = "no_coin"
    UNREADABLE = "unreadable"
    MISSING = "missing"

    @property
    def sentence(self) -> str:
        """The reason for people."""
        return {
            GapReason.NO_COIN: "the preprocessor finds no coin",
            GapReason.UNREADABLE: "the kept picture cannot be read",
            GapReason.MISSING: "the kept picture is missing",
        }[self]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many images of the catalogue a generation can find.

    Attributes:
        images: Images of the catalogue.
        embedded: Those with a vector of the generation.
        gaps: Those without, for a reason that building again would not change.
        without_media: Those without because no picture of them is kept.
        missing: Those still to be built.
    """

    images: int
    embedded: int
    gaps: int
    without_media: int
    missing: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be built."""
        return self.missing == 0


@dataclass(frozen=True, slots=True)
class GenerationCheck:
    """How well a generation found the coins of a golden set, beside the live one.

    Attributes:
        generation_id: The generation that was checked.
        live_id: The live generation it was compared with.
        checked_at: When, in UTC.
        golden_set: Name of the queries file, or `leave-one-out`.
        queries: How many queries of coins that the catalogue has.
        candidate: Hit rate of the checked generation at each k.
        live: Hit rate of the live one at each k.
    """

    generation_id: int
    live_id: int
    checked_at: datetime
    golden_set: str
    queries: int
    candidate: Mapping[int, float]
    live: Mapping[int, float]

    @property
    def is_worse(self) -> bool:
        """Whether the checked generation is the worse one: at the first k at which they differ."""
        ks = sorted(self.live)
        return [self.candidate[k] for k in ks] < [self.live[k] for k in ks]
