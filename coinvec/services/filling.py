"""Filling a generation: images of the catalogue are given their vectors from the kept pictures."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.images import Crop
from coinvec.domain.records import Coverage, GapReason, StoredGeneration
from coinvec.domain.vectors import Embedding
from coinvec.errors import ImageError, StoreError
from coinvec.media.decode import decode
from coinvec.services.home import Home, LoadedGeneration
from coinvec.services.progress import Progress
from coinvec.services.ranker_cache import prepare_ranker
from coinvec.services.sync import drain_outbox

CHUNK = 64
"""Images between two writes: an interrupted build loses the work on so many at most."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a generation holds after it was filled.

    Attributes:
        generation: The generation.
        built: Images looked at this time.
        coverage: How many images of the catalogue it can find.
        gaps: Those it cannot find though a picture was kept, by id, and why.
    """

    generation: StoredGeneration
    built: int
    coverage: Coverage
    gaps: Mapping[str, GapReason]


class Filler:
    """Makes the vectors of images in one generation.

    Args:
        home: The opened home.
        generation: The generation, with its models.
        pool: Runs decoding and preprocessing.
    """

    def __init__(self, home: Home, generation: LoadedGeneration, pool: Executor) -> None:
        self._home = home
        self._generation = generation
        self._pool = pool

    def fill(self, image_ids: Sequence[str]) -> None:
        """Save the vectors of images, and owe them to Milvus; or note why there is none.

        Raises:
            PluginError: A model failed.
            GenerationError: The generation has been dropped.
            StoreError: A store failed; a picture that is missing or torn is noted instead.
        """
        find = partial(find_kept, self._home, self._generation)
        found = dict(zip(image_ids, self._pool.map(find, image_ids), strict=True))
        crops = {each: crop for each, crop in found.items() if isinstance(crop, Crop)}
        gaps = {each: gap for each, gap in found.items() if isinstance(gap, GapReason)}
        vectors = self._generation.models.encode([*crops.values()])
        self._home.catalogue.save_vectors(
            {each: Embedding(vector) for each, vector in zip(crops, vectors, strict=True)},
            gaps,
            self._generation.stored.id,
        )
        prepare_ranker(self._home, self._generation.stored, crops)


def find_kept(home: Home, generation: LoadedGeneration, image_id: str) -> Crop | GapReason:
    """The coin in a kept picture, as a generation cuts it out, or why there is none.

    Raises:
        StoreError: The picture is there and cannot be read.
    """
    media = home.media
    try:
        data = media.read(image_id)
    except StoreError:
        if media.exists(image_id):
            raise
        return GapReason.MISSING
    try:
        picture = decode(data, limits=home.limits, name=image_id)
    except ImageError:
        return GapReason.UNREADABLE
    return generation.models.find_enrolled(picture) or GapReason.NO_COIN


def fill_generation(
    home: Home,
    generation: StoredGeneration,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> BuildReport:
    """Give every image with a picture its vector in a generation, in SQL and in Milvus.

    Killed at any moment, it goes on where it stopped when called again: what is left is asked of
    SQL, and what Milvus was not told yet is in the outbox.

    Args:
        home: The opened home.
        generation: The generation; its collection exists.
        jobs: Threads that read pictures and look for coins.
        progress: Called with images done this time, and images to be done.
    """
    loaded, catalogue = home.load(generation), home.catalogue
    catalogue.forget_gaps(generation.id)
    drain_outbox(catalogue, home.vectors, generation)
    total, done = catalogue.coverage(generation.id).missing, 0
    with ThreadPoolExecutor(jobs) as pool:
        filler = Filler(home, loaded, pool)
        for image_ids in _chunks_to_build(catalogue, generation.id):
            filler.fill(image_ids)
            drain_outbox(catalogue, home.vectors, generation)
            done += len(image_ids)
            if progress:
                progress(done, max(done, total))
    return BuildReport(
        generation, done, catalogue.coverage(generation.id), catalogue.gaps(generation.id)
    )


def _chunks_to_build(catalogue: CatalogueStore, generation_id: int) -> Iterator[list[str]]:
    """Ids of images to be built, until a whole pass over the catalogue meets none.

    A second pass is needed where other processes add images meanwhile, below the place reached.
    """
    while True:
        after = ""
        while image_ids := catalogue.images_to_build(generation_id, after=after, limit=CHUNK):
            yield image_ids
            after = image_ids[-1]
        if not after:
            return
