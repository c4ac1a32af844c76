"""The coins of a map's images, cut out and small."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from coinvec.errors import ImageError, StoreError
from coinvec.media.decode import decode
from coinvec.services.home import Home
from coinvec.services.progress import Progress

RgbaArray = NDArray[np.uint8]
"""S × S × 4, transparent where it is not the coin."""


def small_coins(
    home: Home,
    image_ids: Sequence[str],
    size: int,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator[tuple[str, RgbaArray]]:
    """Cut coins out of kept pictures with the live generation's preprocessor.

    Args:
        home: The opened home.
        image_ids: Images with media; one whose picture is lost or damaged is passed over.
        size: Side of a cut-out in pixels.
        jobs: Threads that read pictures and find the coins.
        progress: Called with the number of pictures done, and of all.

    Yields:
        The id of an image, and its coin, size × size × 4.

    Raises:
        PluginError: The preprocessor is missing or fails.
        GenerationError: It is installed in another revision.
    """
    models = home.load(home.recorded_live).models

    def cut(image_id: str) -> RgbaArray | None:
        try:
            picture = decode(home.media.read(image_id), limits=home.limits, name=image_id)
        except (ImageError, StoreError):
            return None
        crop = models.find_enrolled(picture)
        return None if crop is None else _small(crop.cutout, crop.cutout_mask, size)

    with ThreadPoolExecutor(jobs) as pool:
        for done, (image_id, coin) in enumerate(
            zip(image_ids, pool.map(cut, image_ids), strict=True), 1
        ):
            if progress:
                progress(done, len(image_ids))
            if coin is not None:
                yield image_id, coin


def _small(cutout: NDArray[np.uint8], mask: NDArray[np.bool_], size: int) -> RgbaArray:
    """Reduce a cut-out to its coin alone: what is around the coin's box is left out."""
    from PIL import Image

    image = Image.fromarray(np.dstack([cutout, mask.astype(np.uint8) * 255]))
    coin = image.crop(image.getchannel("A").getbbox())
    scale = size / max(coin.size)
    width, height = (max(1, round(side * scale)) for side in coin.size)
    # Premultiplied, or the black ground of a cut-out would stain the coin's rim.
    reduced = coin.convert("RGBa").resize((width, height), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (size, size))
    square.paste(reduced.convert("RGBA"), ((size - width) // 2, (size - height) // 2))
    return np.asarray(square)
