"""Take out of a photograph's bytes where it was taken, and leave everything else as it is.

Known places: the GPS directory of EXIF; GPS, IPTC location and Photoshop city/state/country
properties of XMP; the location datasets of IPTC; the position in a motion photo's video. Unknown:
what a camera maker's private note says, and what the pixels show.
"""

from collections.abc import Callable, Iterator

from coinvec.media.formats import Format, sniff
from coinvec.media.metadata.blocks import Block, gif_blocks, jpeg_blocks, webp_blocks
from coinvec.media.metadata.isobmff import isobmff_blocks
from coinvec.media.metadata.packets import blank_video_place
from coinvec.media.metadata.png import blank_png
from coinvec.media.metadata.tiff import MalformedTiffError, blank_tiff

_FINDERS: dict[Format, Callable[[bytes], Iterator[Block]]] = {
    Format.JPEG: jpeg_blocks,
    Format.WEBP: webp_blocks,
    Format.GIF: gif_blocks,
    Format.HEIC: isobmff_blocks,
    Format.AVIF: isobmff_blocks,
}
_WITH_VIDEO = frozenset({Format.JPEG, Format.HEIC})


def without_location(data: bytes) -> bytes:
    """A picture's bytes without location data: nothing encoded anew, every pixel the same.

    All formats but PNG keep their length. An EXIF block that cannot be read safely is blanked but
    for its orientation. Bytes that are no picture come back unchanged.

    Returns:
        The same bytes if they tell no place.
    """
    kind = sniff(data)
    if kind is Format.PNG:
        return blank_png(data)
    buffer = bytearray(data)
    if kind is Format.TIFF:
        _blank_tiff_file(buffer)
    elif kind in _FINDERS:
        for block in _FINDERS[kind](data):
            block.blank_in(buffer)
    if kind in _WITH_VIDEO:
        blank_video_place(buffer)
    return bytes(buffer)


def _blank_tiff_file(buffer: bytearray) -> None:
    """A TIFF file is one structure, pixels included: what cannot be read is left alone."""
    try:
        blank_tiff(buffer, 0, len(buffer))
    except MalformedTiffError:
        return
