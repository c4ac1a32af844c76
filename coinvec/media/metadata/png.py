"""Blank location data in PNG files, chunk by chunk.

PNG (third edition, 5 and 11.3) has no offsets between chunks, so a changed chunk may have another
length; metadata may stand in `eXIf`, in an XMP `iTXt`, or, as ImageMagick writes it, in hexadecimal
in a text chunk named `Raw profile type …`.
"""

import re
import struct
import zlib
from collections.abc import Iterator

from coinvec.media.metadata.blocks import Block, Kind

_SIGNATURE_SIZE = 8
_MAX_TEXT = 16 << 20
_TEXT = re.compile(rb"([^\x00]{1,79})\x00(.*)", re.DOTALL)
_ITXT_FIELDS = re.compile(rb"([\x00\x01])\x00[^\x00]*\x00[^\x00]*\x00", re.DOTALL)
_RAW_PROFILE = re.compile(rb"(\s*\w+\s+\d+\n)([0-9a-fA-F\s]*)", re.DOTALL)
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_PROFILE_KEYWORD = b"Raw profile type "
_MAY_TELL = re.compile(rb"^XML:com\.adobe\.xmp$|^Raw profile type |(?i:gps|^location$)")


def blank_png(data: bytes) -> bytes:
    """A PNG file without location data; the very same bytes if it has none."""
    parts = [data[:_SIGNATURE_SIZE]]
    for kind, body, whole in _chunks(data):
        clean = _clean(kind, body)
        parts.append(whole if clean == body else _chunk(kind, clean))
    return b"".join(parts)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Type, content and all bytes of each chunk; what is no chunk comes as one without a type."""
    at = _SIGNATURE_SIZE
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        end = at + 12 + size
        if end > len(data):
            yield b"", b"", data[at:]
            return
        yield data[at + 4 : at + 8], data[at + 8 : end - 4], data[at:end]
        at = end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _clean(kind: bytes, body: bytes) -> bytes:
    if kind == b"eXIf":
        return _blanked(body, Kind.EXIF)
    if kind in (b"tEXt", b"zTXt", b"iTXt") and (found := _TEXT.fullmatch(body)):
        keyword, rest = found.groups()
        if _MAY_TELL.search(keyword):
            return keyword + b"\x00" + _clean_text(kind, keyword, rest)
    return body


def _clean_text(kind: bytes, keyword: bytes, rest: bytes) -> bytes:
    """Clean a text chunk: its text apart from the fields before it, inflated if need be."""
    fields = {b"tEXt": b"", b"zTXt": rest[:1]}.get(kind)
    if fields is None:
        found = _ITXT_FIELDS.match(rest)
        fields = found[0] if found else rest
    stored = rest[len(fields) :]
    deflated = kind == b"zTXt" or fields[:1] == b"\x01"
    text = _inflate(stored) if deflated else stored
    clean = _clean_value(keyword, text) if text is not None else b""
    if clean != text:
        stored = zlib.compress(clean) if deflated else clean
    return fields + stored


def _inflate(stored: bytes) -> bytes | None:
    """Inflate; None if it is broken or too large, and so cannot be judged."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(stored, _MAX_TEXT)
    except zlib.error:
        return None
    return text if inflater.eof else None


def _clean_value(keyword: bytes, text: bytes) -> bytes:
    if keyword == _XMP_KEYWORD:
        return _blanked(text, Kind.XMP)
    if keyword.startswith(_PROFILE_KEYWORD):
        return _clean_raw_profile(keyword[len(_PROFILE_KEYWORD) :].lower(), text)
    return b" " * len(text)


def _clean_raw_profile(profile: bytes, text: bytes) -> bytes:
    """Clean a profile in hexadecimal; one that cannot be read is emptied."""
    if profile not in (b"exif", b"app1", b"xmp", b"iptc", b"8bim"):
        return text
    found = _RAW_PROFILE.fullmatch(text)
    digits = b"".join(found[2].split()) if found else b"?"
    try:
        body = bytes.fromhex(digits.decode())
    except ValueError:
        return b""
    kind = Kind.XMP if b"<" in body[:64] or profile == b"xmp" else Kind.EXIF
    clean = _blanked(body, Kind.IPTC if profile in (b"iptc", b"8bim") else kind)
    if found is None or clean == body:
        return text
    lines = re.sub(rb"(.{72})", rb"\1\n", clean.hex().encode())
    return found[1] + lines + b"\n"


def _blanked(body: bytes, kind: Kind) -> bytes:
    buffer = bytearray(body)
    Block(kind, 0, len(buffer)).blank_in(buffer)
    return bytes(buffer)
