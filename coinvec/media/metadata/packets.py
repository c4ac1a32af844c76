"""Blank location data in XMP, IPTC and embedded video: texts without offsets, each in place.

Every function keeps the length of what it changes, writing blanks.
"""

import re

_PLACES = (
    rb"(?i:gps)\w*|Location(?:Created|Shown|Name|Id)?|Sub-?[lL]ocation|City|State|ProvinceState"
    rb"|Country(?:Code|Name)?|WorldRegion"
)
"""Local names of `exif:GPS…`, `drone-dji:Gps…`, `photoshop:City/State/Country`,
`Iptc4xmpCore:Location/CountryCode` and what lies in `Iptc4xmpExt:LocationShown`."""
_NAME = rb"(?:(?!xmlns:)[A-Za-z_][\w.-]*:(?:" + _PLACES + rb")|geo:(?:lat|long|alt))"
_ELEMENT = re.compile(rb"<(" + _NAME + rb")(?=[\s/>])[^<>]*>")
_ATTRIBUTE = re.compile(rb"(?<=\s)" + _NAME + rb"\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_PLACE_IN_WIDE_TEXT = re.compile(rb":(?:" + _PLACES + rb")[\s=/>]")

_IPTC_PLACES = frozenset({26, 27, 90, 92, 95, 100, 101})
"""Datasets of record 2 of the IPTC Information Interchange Model 4.2 that name a content location,
city, sublocation, state or country."""
_IPTC_RESOURCE = b"8BIM\x04\x04"
"""The Photoshop image resource that holds IPTC datasets."""

_VIDEO_PLACE = re.compile(
    rb"\xa9xyz\x00.[\x00-\xff]{2}([+-]\d[\d.]*[+-]\d[\d.]*[+\-\d.]*/?)", re.DOTALL
)
"""The QuickTime user data `©xyz`: length, language, and a position after ISO 6709."""


def blank_xmp(buffer: bytearray, start: int, end: int) -> None:
    """Blank the elements and attributes of an XMP packet that tell a place."""
    packet = bytearray(buffer[start:end])
    if b"\x00<\x00" in packet:  # UTF-16 or UTF-32, which hardly anybody writes
        if _PLACE_IN_WIDE_TEXT.search(packet.replace(b"\x00", b"")):
            buffer[start:end] = b" " * len(packet)
        return
    at = 0
    while found := _ELEMENT.search(packet, at):
        at = found.end() if found[0].endswith(b"/>") else _close(packet, found[1], found.end())
        _blank(packet, found.start(), at)
    for found in list(_ATTRIBUTE.finditer(packet)):
        _blank(packet, *found.span())
    buffer[start:end] = packet


def _close(packet: bytearray, name: bytes, at: int) -> int:
    """Where an element ends; the packet's end if it is never closed."""
    closing = packet.find(b"</" + name, at)
    return packet.find(b">", closing) + 1 or len(packet) if closing >= 0 else len(packet)


def blank_iptc(buffer: bytearray, start: int, end: int) -> None:
    """Blank the IPTC datasets that tell a place, bare or in Photoshop image resources."""
    at = start
    if buffer[start : start + 1] == b"\x1c":
        _blank_datasets(buffer, start, end)
    while (at := buffer.find(_IPTC_RESOURCE, at, end)) >= 0:
        at += len(_IPTC_RESOURCE)
        name = buffer[at] + 1 if at < end else 0
        at += name + (name & 1) + 4  # a Pascal string of even length, and the resource's size
        size = int.from_bytes(buffer[at - 4 : at])
        _blank_datasets(buffer, at, min(at + size, end))


def _blank_datasets(buffer: bytearray, at: int, end: int) -> None:
    """Walk datasets: 1C, record, number, two bytes of size (an extended size ends it), value."""
    while at + 5 <= end and buffer[at] == 0x1C:
        value = at + 5
        at = value + int.from_bytes(buffer[value - 2 : value])
        if buffer[value - 4] == 2 and buffer[value - 3] in _IPTC_PLACES and at <= end:
            _blank(buffer, value, at)


def blank_video_place(buffer: bytearray) -> None:
    """Blank the position in a video that a phone hid in its photograph ("motion photo")."""
    for found in list(_VIDEO_PLACE.finditer(buffer)):
        _blank(buffer, *found.span(1))


def _blank(buffer: bytearray, start: int, end: int) -> None:
    buffer[start:end] = b" " * (end - start)
