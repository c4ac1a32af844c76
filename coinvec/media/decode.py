"""From any kind of source to an upright RGB picture, within limits.

A picture's size is taken from its header and checked before a pixel is decoded. Pillow's format
classes are called directly, chosen by signature, so that no decoder but the eight wanted ones is
ever tried on hostile bytes, and no process-wide setting of Pillow is relied upon or changed.
"""

import io
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import numpy as np

from coinvec.domain.images import Picture, RgbArray
from coinvec.errors import CoinvecError, ImageError
from coinvec.media.formats import SUPPORTED, Format, describe_foreign, sniff
from coinvec.media.pixels import AGAIN, orientation, upright_rgb
from coinvec.media.source import DEFAULT_LIMITS, ImageSource, Limits, name_of, raw_bytes

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage
    from PIL.ImageFile import ImageFile
    from typing_extensions import TypeIs

__all__ = [
    "DEFAULT_LIMITS",
    "ImageInfo",
    "ImageSource",
    "Limits",
    "decode",
    "name_of",
    "probe",
    "read_bytes",
]

_READERS = {
    Format.JPEG: "PIL.JpegImagePlugin:JpegImageFile",
    Format.PNG: "PIL.PngImagePlugin:PngImageFile",
    Format.WEBP: "PIL.WebPImagePlugin:WebPImageFile",
    Format.TIFF: "PIL.TiffImagePlugin:TiffImageFile",
    Format.BMP: "PIL.BmpImagePlugin:BmpImageFile",
    Format.GIF: "PIL.GifImagePlugin:GifImageFile",
    Format.HEIC: "pillow_heif:HeifImageFile",
    Format.AVIF: "PIL.AvifImagePlugin:AvifImageFile",
}
_PNG_TURNING = (b"eXIf", b"Raw profile type exif", b"XML:com.adobe.xmp")
"""One of these stands in a PNG file that has an orientation."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What a picture's header says.

    Attributes:
        format: The format of its bytes.
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
    """

    format: Format
    width: int
    height: int


def decode(
    source: ImageSource, *, limits: Limits = DEFAULT_LIMITS, name: str | None = None
) -> Picture:
    """Decode a picture: upright, RGB, sRGB, transparent parts black, the first frame of several.

    Args:
        source: Path, bytes, binary file object, H × W × 3 RGB uint8 array, or Pillow image.
        limits: Most pixels and bytes to accept.
        name: What messages and the picture call it; by default the path or file name.

    Raises:
        ImageError: It cannot be read, is no picture in one of the known formats, is damaged,
            or is over a limit.
    """
    name = name or name_of(source)
    if isinstance(source, np.ndarray):
        return _from_array(source, limits, name)
    if _is_pillow(source):
        width, height = source.size
        limits.check_size(width, height, name)
        with _reading(f"{name}, a Pillow image,"):
            return Picture(upright_rgb(source, name), name)
    data = raw_bytes(source, limits)
    kind = _format_of(data, name)
    with _reading(f"{name} begins like {kind} but"), _opened(data, kind, limits, name) as image:
        return Picture(upright_rgb(image, name), name)


def read_bytes(source: ImageSource, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The bytes that stand for a picture: a file's own, or the PNG of an array or Pillow image.

    Raises:
        ImageError: It cannot be read, is empty, or is over a limit.
    """
    if not isinstance(source, np.ndarray) and not _is_pillow(source):
        return raw_bytes(source, limits)
    from PIL import Image

    stream = io.BytesIO()
    picture = decode(source, limits=limits)
    Image.fromarray(picture.pixels).save(stream, "PNG", compress_level=1)
    return raw_bytes(stream.getvalue(), limits)


def probe(data: bytes, limits: Limits = DEFAULT_LIMITS, *, name: str = "picture") -> ImageInfo:
    """Read format and upright size without decoding pixels.

    Only a PNG file whose EXIF or XMP stands behind the pixels is decoded for it.

    Raises:
        ImageError: It is no picture in one of the known formats, damaged, or over a limit.
    """
    kind = _format_of(data, name)
    with _reading(f"{name} begins like {kind} but"), _opened(data, kind, limits, name) as image:
        width, height = image.size
        # Pillow gives the upright size of TIFF, and applies its orientation, by itself; of PNG it
        # would decode the pixels to look for an orientation behind them.
        plain = kind is Format.PNG and not any(mark in data for mark in _PNG_TURNING)
        if kind is not Format.TIFF and not plain and orientation(image) >= 5:
            width, height = height, width
        return ImageInfo(kind, width, height)


def _is_pillow(source: object) -> "TypeIs[PillowImage]":
    from PIL.Image import Image

    return isinstance(source, Image)


def _from_array(array: RgbArray, limits: Limits, name: str) -> Picture:
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or array.size == 0:
        raise ImageError(
            f"{name} is an array of shape {array.shape} and type {array.dtype}.",
            hint="Give an H x W x 3 array of uint8 in RGB order.",
        )
    limits.check_size(array.shape[1], array.shape[0], name)
    return Picture(np.ascontiguousarray(array), name)


def _format_of(data: bytes, name: str) -> Format:
    kind = sniff(data)
    if kind is None:
        raise ImageError(
            f"{name} ({len(data):,} bytes) is not a picture coinvec can decode: it looks like "
            f"{describe_foreign(data)}.",
            hint=f"Give a photograph as {SUPPORTED}.",
        )
    return kind


@contextmanager
def _opened(data: bytes, kind: Format, limits: Limits, name: str) -> "Iterator[ImageFile]":
    """Open a picture of a known format, its header read and its size checked."""
    # Without a handler Python prints Pillow's log messages to standard error.
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    with resolve_name(_READERS[kind])(io.BytesIO(data)) as image:
        width, height = image.size
        limits.check_size(width, height, f"{name} ({kind})")
        yield image


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Silence Pillow's warnings, and turn whatever a decoder raises into `ImageError`."""
    try:
        with _QUIET:
            yield
    except CoinvecError:
        raise
    except Exception as error:  # decoders of damaged bytes raise errors of a dozen types
        reason = str(error).strip().rstrip(".") or type(error).__name__
        raise ImageError(f"{what} cannot be decoded: {reason}.", hint=AGAIN) from error


class _Quiet:
    """Ignores Pillow's warnings while any thread decodes.

    `warnings.catch_warnings` restores the filters it found, so that threads that overlap would
    restore each other's; here the first to enter sets the filter and the last to leave takes it
    away.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\.|pillow_heif")

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._caught.__exit__(None, None, None)


_QUIET = _Quiet()
