"""What the three model steps must be able to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from coinvec.domain.images import Crop, Picture
from coinvec.domain.results import Candidate
from coinvec.domain.vectors import FloatArray


class Preprocessor(Protocol):
    """Finds coins in a picture and cuts them out. Must be safe to call from several threads."""

    def find(self, picture: Picture, *, all_coins: bool = False) -> Sequence[Crop]:
        """Find the wanted coin, or every coin.

        Args:
            picture: Upright photograph.
            all_coins: Return every coin, largest area first, instead of the largest alone.

        Returns:
            The crops; empty where the picture shows no coin.
        """
        ...


class Encoder(Protocol):
    """Turns cut-out coins into embeddings. Must be deterministic and safe to call from threads."""

    def encode(self, crops: Sequence[Crop]) -> FloatArray:
        """Encode crops.

        Args:
            crops: n crops; n may be 0.

        Returns:
            n × dim float32, each row of Euclidean norm 1.
        """
        ...


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """What a ranker may look at beside the candidates.

    Attributes:
        crops: The coin of each query photo.
        load_crop: Gives the cut-out of a catalogue image by its id; None where the catalogue
            keeps no picture of it or no coin is found there.
    """

    crops: Sequence[Crop]
    load_crop: Callable[[str], Crop | None]


class Ranker(Protocol):
    """Puts candidates into a better order."""

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Order candidates, best first.

        Args:
            request: The query photos' coins, and a loader for catalogue pictures.
            candidates: At least one candidate, by falling similarity.

        Returns:
            A permutation of `candidates`.
        """
        ...
