"""Metadata blocks: what they are, how one is blanked, and where JPEG, WebP and GIF keep them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from coinvec.media.metadata.packets import blank_iptc, blank_xmp
from coinvec.media.metadata.tiff import blank_exif


class Kind(Enum):
    """What a metadata block is written in."""

    EXIF = "EXIF"
    XMP = "XMP"
    IPTC = "IPTC"


@dataclass(frozen=True, slots=True)
class Block:
    """A metadata block: the bytes `start` to `end` of the file."""

    kind: Kind
    start: int
    end: int

    def blank_in(self, buffer: bytearray) -> None:
        """Blank the location data of this block in a file's bytes."""
        _BLANKERS[self.kind](buffer, self.start, self.end)


_BLANKERS = {Kind.EXIF: blank_exif, Kind.XMP: blank_xmp, Kind.IPTC: blank_iptc}
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
"""Any JPEG marker with a length, and the end of image; an FF among pixels is followed by 00
(ITU-T T.81, B.1.1)."""
_END_OF_IMAGE = 0xD9
_SEGMENTS: tuple[tuple[bytes, Kind, int], ...] = (
    (b"\xe1Exif\x00\x00", Kind.EXIF, 6),
    (b"\xe1http://ns.adobe.com/xap/1.0/\x00", Kind.XMP, 29),
    (b"\xe1http://ns.adobe.com/xmp/extension/\x00", Kind.XMP, 35 + 40),
    (b"\xedPhotoshop 3.0\x00", Kind.IPTC, 14),
)
"""Marker and identifier of a segment, its kind, and where in it the metadata begins."""


def jpeg_blocks(data: bytes) -> Iterator[Block]:
    """The metadata of a JPEG file, and of the further pictures behind it (MPO)."""
    at = 0
    while (at := data.find(b"\xff\xd8\xff", at)) >= 0:
        at += 2
        while found := _MARKER.search(data, at):
            at = found.end()
            code = found[1][0]
            if code == _END_OF_IMAGE:
                break
            length = int.from_bytes(data[at : at + 2])
            if 2 <= length <= len(data) - at:
                yield from _jpeg_segment(found[1] + data[at + 2 : at + 80], at + 2, at + length)
                at += length
        else:
            return


def _jpeg_segment(head: bytes, start: int, end: int) -> Iterator[Block]:
    for identifier, kind, skip in _SEGMENTS:
        if head.startswith(identifier) and start + skip <= end:
            yield Block(kind, start + skip, end)


def webp_blocks(data: bytes) -> Iterator[Block]:
    """The metadata of a WebP file (RIFF chunks)."""
    kinds = {b"EXIF": Kind.EXIF, b"XMP ": Kind.XMP}
    at = 12
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        if (kind := kinds.get(data[at : at + 4])) and end <= len(data):
            yield Block(kind, at + 8, end)
        at = end + (end & 1)


def gif_blocks(data: bytes) -> Iterator[Block]:
    """The XMP packets of a GIF file, which stand there as they are (XMP part 3, 1.1.2)."""
    at = 0
    while (start := data.find(b"XMP DataXMP<", at)) >= 0:
        at = data.find(b"</x:xmpmeta>", start) + 12
        if at < 12:
            return
        yield Block(Kind.XMP, start + 11, at)
