"""What rankers keep of the catalogue's pictures, in the home."""

import logging
from collections.abc import Mapping
from pathlib import Path

from coinvec.domain.images import Crop
from coinvec.domain.records import StoredGeneration
from coinvec.errors import CoinvecError
from coinvec.services.home import Home

LOGGER = logging.getLogger("coinvec.rankers")
CACHE = "cache"
"""Folder of the home that holds what rankers work out again where it is missing."""


def ranker_cache(home: Home, generation: StoredGeneration) -> Path:
    """Where rankers keep what they work out from pictures cut out as a generation does."""
    made_by = generation.generation.preprocessor
    return home.settings.home / CACHE / f"{made_by.name}-{made_by.revision}"


def prepare_ranker(home: Home, generation: StoredGeneration, crops: Mapping[str, Crop]) -> None:
    """Let the ranker in force keep what it will need of pictures that are being enrolled.

    Nobody is owed a cache: where that fails it is logged, and the enrolment goes on.

    Args:
        home: The opened home.
        generation: The one whose preprocessor cut the coins out.
        crops: The coins by image id.
    """
    if not crops:
        return
    try:
        home.load_ranker().prepare(crops, ranker_cache(home, generation))
    except CoinvecError as error:
        LOGGER.warning("The ranker prepared nothing for %d pictures: %s", len(crops), error)
