"""What plugins must be able to do: the three model steps, and reading foreign files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from coinvec.domain.images import Crop, Picture
from coinvec.domain.results import Candidate
from coinvec.domain.vectors import DesignImages, FloatArray


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


LoadImages = Callable[[Sequence[Candidate]], Mapping[str, DesignImages]]
"""Gives images of the designs of candidates, by design id."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RankingRequest:
    """What a ranker may look at beside the candidates; one object for each look at a photo.

    Attributes:
        crops: The coin of each query photo, one or two.
        load_crop: Gives the cut-out of a catalogue image by its id; None where the catalogue
            keeps no picture of it. It reads the picture and finds the coin in it, which takes
            tens of milliseconds and more.
        vectors: The coin's embeddings, n × dim float32, one row for each crop.
        load_images: Gives all images of the designs of some candidates, and those of the other
            designs of their types, and maybe of others, with their embeddings: by design id. One
            statement of SQL at most, however many candidates.
        cache: A directory for what a ranker works out from catalogue coins, each known by its
            image id; it is another one for another preprocessor or revision of it, so that an id
            in it means one cut-out for ever. It may not exist yet, and may be emptied at any
            time. None where nothing may be kept.
        second_look: Whether the coin would be called unknown by what the first look said
            (`RankerSpec.deeper`): now there is time to look closely.
    """

    crops: Sequence[Crop]
    load_crop: Callable[[str], Crop | None]
    vectors: FloatArray = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    load_images: LoadImages = field(default=lambda _: {})
    cache: Path | None = None
    second_look: bool = False


class Ranker(Protocol):
    """Puts candidates into a better order. Must be deterministic and safe to call from threads.

    It orders and does nothing else. The similarity of a candidate stays what the encoder measured:
    similarities need not fall along an answer. The verdict is made of similarities too, on which
    its thresholds are calibrated, or of the scores of a `ScoringRanker`. Where the candidate that
    a ranker puts first is of another type than the one of the greatest, no verdict is `match`.
    """

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Order candidates, best first.

        Args:
            request: The query photos' coins, and loaders for what the catalogue keeps.
            candidates: At least one candidate, by falling similarity; of those that are more than
                the ranker's declared depth, the first.

        Returns:
            A permutation of `candidates`.
        """
        ...


@runtime_checkable
class PreparingRanker(Ranker, Protocol):
    """A ranker that works out ahead what it needs of catalogue pictures.

    An enrolment has just cut the coins out; a search would have to do so again. What is prepared is
    a cache: `rank` must do without it.
    """

    def prepare(self, crops: Mapping[str, Crop], cache: Path) -> None:
        """Keep what ranking will need of coins that are being enrolled.

        Args:
            crops: Coins of the catalogue by image id.
            cache: Where `RankingRequest.cache` of later searches will point.
        """
        ...


@runtime_checkable
class ScoringRanker(Ranker, Protocol):
    """A ranker that tells how sure it is, for the verdict to rest on.

    Its declaration holds thresholds for its scores, by the encoder they were calibrated with. They
    are asked for the five most similar types of each search and for the first five candidates in
    the ranker's order, so that the verdict does not depend on how much is asked for; it is made of
    the two greatest, of different types.
    """

    def scores(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> Sequence[float | None]:
        """How sure it is that each candidate is the coin of the photos.

        Args:
            request: As for `rank`.
            candidates: The candidates.

        Returns:
            One for each candidate, from -1 to 1; None where there is nothing to go by, which
            leaves the verdict to the similarities.
        """
        ...


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One photo found in a foreign file, said as a row of a manifest says it.

    Attributes:
        cells: Text by manifest column; a column of any other name becomes an attribute of the
            photo. `image` names the photo in messages and in the catalogue. A column that is left
            out leaves what the catalogue knows as it is; None clears it.
        picture: The picture file's bytes, or its path.
        problem: Why the row cannot be taken in, as a clause; None where it can.
    """

    cells: Mapping[str, str | None]
    picture: bytes | Path = b""
    problem: str | None = None


class Importer(Protocol):
    """Reads collection files of another program, as if they were manifests.

    Validation, resumption and reports are the import's own. That a file can be imported again
    without duplicates needs one thing of an importer: the same coin is given the same `type`.
    """

    def read(self, path: Path, pictures: Path) -> Iterator[ImportedRow]:
        """Read a file row by row; it is read twice, to count the rows first.

        Args:
            path: The file.
            pictures: The folder that holds the pictures of formats that only name theirs.

        Returns:
            A row for each photo, and one with a `problem` for each coin that cannot go in.

        Raises:
            ManifestError: The file cannot be read at all, or is of another format.
        """
        ...
