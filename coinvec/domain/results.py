"""What a search is asked and what it answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coinvec.domain.choices import K_MAX, GroupBy, Verdict
from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import CoinImage, Crop
from coinvec.domain.predicates import Predicate
from coinvec.errors import InvalidValueError

SIMILARITY_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the catalogue, apart from the photographs.

    Attributes:
        where: The filter; None for the whole catalogue.
        k: How many groups to return.
        group_by: What one hit stands for.
    """

    where: Predicate | None = None
    k: int = 10
    group_by: GroupBy = GroupBy.TYPE

    def __post_init__(self) -> None:
        if not 1 <= self.k <= K_MAX:
            raise InvalidValueError(f"k is {self.k}; it must lie between 1 and {K_MAX:,}.")


@dataclass(frozen=True, slots=True)
class Hit:
    """One vector neighbour, as the vector store returns it.

    Attributes:
        image_id: Id of the catalogue image.
        similarity: Cosine similarity to the query, -1 to 1.
        type_key: The image's coin type.
        side: The side it shows.
        design_key: The design within type and side.
    """

    image_id: str
    similarity: float
    type_key: str
    side: Side
    design_key: str

    def group(self, group_by: GroupBy) -> str:
        """The key of the group this hit belongs to."""
        match group_by:
            case GroupBy.TYPE:
                return self.type_key
            case GroupBy.DESIGN:
                return f"{self.type_key}/{self.side.value}/{self.design_key}"
            case GroupBy.IMAGE:
                return self.image_id

    @property
    def order(self) -> tuple[float, str]:
        """Sort key: higher similarity first, ties by image id."""
        return (-self.similarity, self.image_id)


@dataclass(frozen=True, slots=True)
class SideMatch:
    """The best match of one side of a type.

    Attributes:
        design: Key of the design.
        similarity: Similarity of its best image.
        image_id: That image.
    """

    design: str
    similarity: float
    image_id: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One group of hits joined with its metadata: a possible answer.

    Attributes:
        similarity: The group's similarity: that of its best image, or, for two query photos,
            the mean of its best obverse and best reverse.
        coin: The coin type.
        design: The design of the best image.
        image: The best image.
        image_location: Absolute path or URL of the kept picture; None without media.
        sides: The best match of each side of the type that the catalogue has; of one photo, until
            candidates are ranked, that of the side it shows.
    """

    similarity: float
    coin: CoinType
    design: Design
    image: CoinImage
    image_location: str | None = None
    sides: Mapping[Side, SideMatch] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """Key of the coin type."""
        return self.coin.key

    def group(self, group_by: GroupBy) -> str:
        """The key of the group that this candidate stands for; as `Hit.group`."""
        match group_by:
            case GroupBy.TYPE:
                return self.type
            case GroupBy.DESIGN:
                return self.design.id
            case GroupBy.IMAGE:
                return self.image.id

    @property
    def side(self) -> Side:
        """The side the best image shows."""
        return self.design.side

    @property
    def title(self) -> str:
        """One line for people."""
        return self.coin.title

    @property
    def country(self) -> str:
        """Issuing authority."""
        return self.coin.country

    @property
    def denomination(self) -> str:
        """Denomination as written."""
        return self.coin.denomination

    @property
    def value(self) -> Decimal | None:
        """Face value."""
        return self.coin.value


@dataclass(frozen=True, slots=True)
class CoinInPicture:
    """What the preprocessor found in one query photo.

    Attributes:
        name: Name of the photo.
        crop: The coin; None where none was found.
    """

    name: str
    crop: Crop | None


BY_SIMILARITY = "similarity"
"""What judged a verdict that rests on similarities alone."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one search; iterating it gives the candidates, best first.

    Attributes:
        verdict: How sure the answer is.
        calibrated: Whether the encoder has thresholds; without, the verdict is `ambiguous`.
        generation: The generation that was searched.
        encoder: Its encoder, `name@revision`.
        total_matching: Groups of the catalogue that match the filter.
        coins_in_picture: What was found in each query photo.
        hits: Candidates, best first; the rank of a hit is its place, from 1.
        timings_ms: Milliseconds per stage.
        warnings: What the asker should know about this answer.
        score: What the verdict rests on: the greatest similarity, or what the ranker says of it;
            None where nothing matches.
        judged_by: Name of the ranker whose score that is; `similarity` for similarities.
    """

    verdict: Verdict
    calibrated: bool
    generation: str
    encoder: str
    total_matching: int
    coins_in_picture: Sequence[CoinInPicture]
    hits: Sequence[Candidate]
    timings_ms: Mapping[str, float]
    warnings: Sequence[str] = ()
    score: float | None = None
    judged_by: str = BY_SIMILARITY

    def __iter__(self) -> Iterator[Candidate]:
        """Iterate the candidates, best first."""
        return iter(self.hits)

    def __len__(self) -> int:
        """Number of candidates."""
        return len(self.hits)
