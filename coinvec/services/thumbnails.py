"""Small copies of kept pictures, in a format that every browser shows."""

import io

from coinvec.errors import NotInCatalogueError
from coinvec.media.decode import decode
from coinvec.services.home import Home

QUALITY = 85


def thumbnail(home: Home, image_id: str, size: int) -> bytes:
    """A JPEG of a kept picture, upright, its longer side `size` pixels or what it has.

    Raises:
        NotInCatalogueError: No picture of this image is kept.
        ImageError: The kept picture is damaged.
        StoreError: The media cannot be read.
    """
    from PIL import Image

    picture = decode(kept_picture(home, image_id), limits=home.limits, name=image_id)
    image = Image.fromarray(picture.pixels)
    image.thumbnail((size, size), reducing_gap=2.0)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


def kept_picture(home: Home, image_id: str) -> bytes:
    """The kept bytes of a picture.

    Raises:
        NotInCatalogueError: The catalogue has no such image, or no picture of it is kept.
        StoreError: The media cannot be read.
    """
    image = home.catalogue.images([image_id]).get(image_id)
    if image is None or not image.has_media:
        what = "picture of image" if image else "image"
        raise NotInCatalogueError(f"There is no {what} {image_id!r} in the catalogue.")
    return home.media.read(image_id)
