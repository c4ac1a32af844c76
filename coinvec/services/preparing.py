"""Working out ahead what the ranker needs of a catalogue that is enrolled already."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from coinvec.domain.images import Crop
from coinvec.errors import UsageError
from coinvec.services.filling import CHUNK, find_kept
from coinvec.services.home import Home
from coinvec.services.progress import Progress
from coinvec.services.ranker_cache import ranker_cache


def prepare_catalogue(home: Home, *, jobs: int = 1, progress: Progress | None = None) -> int:
    """Let the ranker in force keep what it will need of every kept picture.

    Enrolments do so as they go. What is left are coins enrolled under another ranker or another
    release of this one, and a cache that was deleted.

    Args:
        home: The opened home.
        jobs: Threads that read pictures and look for coins.
        progress: Called with images done, and images in all.

    Returns:
        How many coins the ranker was handed.

    Raises:
        UsageError: The ranker in force prepares nothing.
        PluginError: The ranker raised.
        StoreError: A store cannot be read.
    """
    ranker = home.load_ranker()
    if not ranker.prepares:
        raise UsageError(
            f"The ranker {home.ranker_name!r} prepares nothing.",
            hint="Nothing is to be done: it needs no pictures, or reads them as it goes.",
        )
    generation = home.get_ready()
    cache = ranker_cache(home, generation.stored)
    image_ids = home.catalogue.image_ids(None)
    prepared = 0
    with ThreadPoolExecutor(jobs) as pool:
        for start in range(0, len(image_ids), CHUNK):
            chunk = image_ids[start : start + CHUNK]
            found = pool.map(partial(find_kept, home, generation), chunk)
            crops = {
                image_id: crop
                for image_id, crop in zip(chunk, found, strict=True)
                if isinstance(crop, Crop)
            }
            ranker.prepare(crops, cache)
            prepared += len(crops)
            if progress:
                progress(start + len(chunk), len(image_ids))
    return prepared
