"""Which picture format some bytes are in, told from their first bytes and never from a name."""

from enum import StrEnum


class Format(StrEnum):
    """A picture format coinvec decodes; the value is the name users see."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"
    TIFF = "TIFF"
    BMP = "BMP"
    GIF = "GIF"
    HEIC = "HEIC"
    AVIF = "AVIF"

    @property
    def content_type(self) -> str:
        """The MIME type, as an HTTP answer wants it."""
        return f"image/{self.value.lower()}"


SUPPORTED = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC and AVIF"
"""All formats, as a message names them."""

_SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"II*\x00", Format.TIFF),
    (b"MM\x00*", Format.TIFF),
    (b"II+\x00", Format.TIFF),
    (b"MM\x00+", Format.TIFF),
    (b"BM", Format.BMP),
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%pdf", "a PDF document"),
    (b"pk\x03\x04", "a ZIP archive"),
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "XML or an SVG drawing"),
    (b"8bps", "a Photoshop document"),
    (b"%!ps", "a PostScript document"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cjxl ", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cjp  ", "a JPEG 2000 picture"),
)


def sniff(data: bytes) -> Format | None:
    """Tell the format from the first bytes; None if it is none that coinvec decodes."""
    for signature, found in _SIGNATURES:
        if data.startswith(signature):
            return found
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[4:8] == b"ftyp":
        return _sniff_isobmff(data)
    return None


def _sniff_isobmff(data: bytes) -> Format | None:
    """Read the brands of an ISO base media file (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(data[:4]), 512)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return Format.AVIF
    return Format.HEIC if brands & _HEIC_BRANDS else None


def describe_foreign(data: bytes) -> str:
    """Say in words what bytes that are no picture look like, for a message."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for signature, words in _FOREIGN:
        if head.startswith(signature):
            return words
    return "text" if head.isascii() and b"\x00" not in head else "no picture"
