"""Blanking of location data, judged by other readers: Pillow, pillow-heif, and plain bytes."""

import io
import re
import struct
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from coinvec.media.decode import decode, probe
from coinvec.media.metadata.tiff import blank_exif
from coinvec.media.privacy import without_location

GPS = 0x8825
# Numbers that appear nowhere else in a file, so that a search of its bytes proves their absence.
LATITUDE = (1234567891, 1234567892, 1234567893)
SECRETS = [struct.pack(order + "I", n) for n in LATITUDE for order in "<>"]
CITY = "Przemysl-on-Sea"

XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
  xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dji="http://www.dji.com/drone-dji/1.0/"
  exif:GPSLatitude="52,13.0750N" exif:GPSLongitude = '21,0.7290E' photoshop:City="{CITY}"
  dji:GpsLatitude="+52.2297" tiff:Orientation="1" photoshop:Credit="A. Keeper">
 <photoshop:Country>{CITY}</photoshop:Country>
 <exif:GPSAltitude/>
 <Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource">
   <Iptc4xmpExt:City>{CITY}</Iptc4xmpExt:City></rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown>
 <dc:title>The State Collection</dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()
XMP_SECRETS = [CITY.encode(), b"52,13", b"21,0.7", b"52.2297"]


def exif_block(orientation: int = 6, *, gps: bool = True) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a coin"
    exif[0x0112] = orientation
    exif[0x0132] = "2024:05:06 07:08:09"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    if gps:
        rationals = tuple(TiffRational(n) for n in LATITUDE)
        exif.get_ifd(GPS).update({1: "N", 2: rationals, 29: "2024:05:06", 18: "WGS-84"})
    return exif.tobytes()


def TiffRational(numerator: int):  # noqa: N802
    from PIL.TiffImagePlugin import IFDRational

    return IFDRational(numerator, 1)


def tells(data: bytes, secrets: list[bytes]) -> bool:
    return any(secret in data for secret in secrets)


def gps_of(data: bytes) -> dict:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        exif = Image.Exif()
        exif.load(image.info["exif"]) if "exif" in image.info else None
        exif = exif or image.getexif()
        return dict(exif.get_ifd(GPS))


@pytest.fixture(autouse=True, scope="module")
def _heif_opener():
    pillow_heif.register_heif_opener()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF", "HEIC", "AVIF"])
def test_gps_directory_is_gone_and_nothing_else(kind, photo, encode):
    data = encode(photo(), kind, exif=exif_block())
    assert tells(data, SECRETS)
    clean = without_location(data)
    assert not tells(clean, SECRETS)
    assert b"WGS-84" not in clean
    assert gps_of(clean) == {}
    assert len(clean) == len(data)
    assert clean.count(b"2024:05:06 07:08:09") == data.count(b"2024:05:06 07:08:09") == 2
    assert clean.count(b"a coin") == data.count(b"a coin") == 1
    assert np.array_equal(decode(clean).pixels, decode(data).pixels)
    assert probe(clean) == probe(data)
    assert without_location(clean) == clean


def directory(order: str, entries: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    """A TIFF directory whose entries' values stand in the entries, four bytes wide."""
    rows = b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    return struct.pack(order + "H", len(entries)) + rows + struct.pack(order + "I", following)


@pytest.mark.parametrize("order", ["<", ">"])
def test_entries_behind_the_gps_pointer_move_up(order):
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8)
    entries = [(0x0100, 4, 1, 8), (GPS, 4, 1, 50), (0xA001, 4, 1, 7)]
    buffer = bytearray(mark + directory(order, entries, 68))
    gps = directory(order, [(5, 4, 1, LATITUDE[0])])
    second = directory(order, [(0x0101, 4, 1, 9), (GPS, 4, 1, 98)])
    buffer += gps + second + gps
    blank_exif(buffer, 0, len(buffer))
    left = directory(order, [(0x0100, 4, 1, 8), (0xA001, 4, 1, 7)], 68)
    left_of_second = directory(order, [(0x0101, 4, 1, 9)])
    zeros = bytes(12 + len(gps))
    assert buffer == mark + left + zeros + left_of_second + zeros


def test_big_tiff(photo, encode):
    data = encode(photo(), "TIFF", big_tiff=True, exif=exif_block())
    assert tells(data, SECRETS)
    clean = without_location(data)
    assert not tells(clean, SECRETS)
    assert gps_of(clean) == {}
    assert np.array_equal(decode(clean).pixels, decode(data).pixels)


def test_pixels_shared_with_a_hostile_gps_directory_stay():
    stream = io.BytesIO()
    pixels = np.full((8, 8, 3), 77, np.uint8)
    Image.fromarray(pixels).save(stream, "TIFF", exif=exif_block(1))
    data = bytearray(stream.getvalue())
    with Image.open(io.BytesIO(data)) as image:
        strip = image.tag_v2[273][0]
    value = data.index(struct.pack("<HHI", 2, 5, 3)) + 8  # where GPSLatitude's value stands
    data[value : value + 4] = struct.pack("<I", strip)
    clean = without_location(bytes(data))
    assert gps_of(clean) == {}
    assert np.array_equal(decode(clean).pixels, pixels)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF", "BMP", "GIF", "HEIC", "AVIF"])
def test_a_picture_without_location_keeps_every_byte(kind, photo, encode):
    options = {} if kind in ("BMP", "GIF") else {"exif": exif_block(3, gps=False)}
    data = encode(photo(), kind, **options)
    assert without_location(data) == data


def xmp_in(kind: str, packet: bytes, photo, encode) -> bytes:
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode())
        return encode(photo(), "PNG", pnginfo=info)
    if kind == "TIFF":
        return encode(photo(), "TIFF", tiffinfo={700: packet})
    if kind == "GIF":
        magic = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
        return encode(photo(), "GIF")[:-1] + b"!\xff\x0bXMP DataXMP" + packet + magic + b";"
    return encode(photo(), kind, xmp=packet)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF", "GIF", "HEIC", "AVIF"])
def test_xmp_places_are_blank_and_the_packet_is_still_xml(kind, photo, encode):
    data = xmp_in(kind, XMP, photo, encode)
    assert tells(data, XMP_SECRETS)
    clean = without_location(data)
    assert not tells(clean, XMP_SECRETS)
    assert len(clean) == len(data)
    packet = re.search(rb"<x:xmpmeta.*</x:xmpmeta>", clean, re.DOTALL)[0]
    root = ET.fromstring(packet)
    description = root[0][0]
    names = {name.rpartition("}")[2] for name in description.attrib}
    assert names == {"about", "Orientation", "Credit"}
    assert [child.text for child in description] == ["The State Collection"]
    assert np.array_equal(decode(clean).pixels, decode(data).pixels)


def test_xmp_without_a_place_keeps_every_byte(photo, encode):
    packet = (
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:State-of-art>City</dc:State-of-art></x:xmpmeta>"
    )
    data = encode(photo(), "JPEG", xmp=packet)
    assert without_location(data) == data


def test_xmp_that_is_never_closed_or_wide_is_blanked(photo, encode):
    for packet in (XMP[: XMP.index(b"</photoshop:Country>")], XMP.decode().encode("utf-16-le")):
        clean = without_location(encode(photo(), "JPEG", xmp=packet))
        assert CITY.encode() not in clean
        assert CITY.encode("utf-16-le") not in clean
        assert decode(clean).width == 64


def test_extended_xmp(photo, encode):
    data = encode(photo(), "JPEG")
    body = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + bytes(8) + XMP
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    clean = without_location(data[:2] + segment + data[2:])
    assert not tells(clean, XMP_SECRETS)


@pytest.mark.parametrize("deflated", [False, True])
def test_compressed_texts_and_raw_profiles_of_png(deflated, photo, encode):
    info = PngImagePlugin.PngInfo()
    lines = re.findall(".{1,72}", (b"Exif\0\0" + exif_block()[6:]).hex())
    profile = f"\nexif\n{len(exif_block()):8d}\n" + "\n".join(lines) + "\n"
    info.add_text("Raw profile type exif", profile, zip=deflated)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=deflated)
    info.add_text("exif:GPSLatitude", "52/1, 13/1, 27/4", zip=deflated)
    info.add_text("Title", "GPS stays in a title", zip=deflated)
    data = encode(photo(), "PNG", pnginfo=info)
    with Image.open(io.BytesIO(without_location(data))) as image:
        image.load()  # Pillow checks every CRC
        assert image.text["Title"] == "GPS stays in a title"
        assert image.text["exif:GPSLatitude"].strip() == ""
        assert not tells(image.text["XML:com.adobe.xmp"].encode(), XMP_SECRETS)
        raw = bytes.fromhex("".join(image.text["Raw profile type exif"].split()[2:]))
        assert not tells(raw, SECRETS)
        assert image.getexif()[0x0112] == 6
        assert image.getexif().get_ifd(GPS) == {}


def test_png_texts_that_cannot_be_read_are_emptied(photo, encode):
    def chunk(body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(b"zTXt" + body))
        return struct.pack(">I", len(body)) + b"zTXt" + body + crc

    data = encode(photo(), "PNG")
    broken = zlib.compress(b"GPS " * 50)[:-5]
    bodies = [
        b"Raw profile type exif\0\0" + text for text in (broken, zlib.compress(b"\nexif\n zz"))
    ]
    clean = without_location(data[:33] + chunk(bodies[0]) + chunk(bodies[1]) + data[33:])
    assert (
        clean
        == data[:33] + 2 * chunk(b"Raw profile type exif\0\0" + zlib.compress(b"")) + data[33:]
    )


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_iptc_places(kind, photo, encode):
    def dataset(number: int, value: bytes) -> bytes:
        return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(value)) + value

    iptc = dataset(5, b"A title") + dataset(90, CITY.encode()) + dataset(101, b"Poland")
    thumbnail = b"8BIM\x04\x0c\0\0" + struct.pack(">I", 12) + dataset(90, b"not one")
    body = b"Photoshop 3.0\0" + thumbnail + b"8BIM\x04\x04\x02me\0"
    body += struct.pack(">I", len(iptc)) + iptc
    if kind == "TIFF":
        data = encode(photo(), "TIFF", tiffinfo={33723: iptc})
    else:
        data = encode(photo(), "JPEG")
        data = data[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + data[2:]
        assert dataset(90, b"not one") in without_location(data)
    clean = without_location(data)
    assert CITY.encode() not in clean
    assert b"Poland" not in clean
    assert b"A title" in clean
    assert len(clean) == len(data)


def test_further_pictures_and_a_video_behind_a_jpeg(photo, encode):
    first, second = (encode(photo(), "JPEG", exif=exif_block(1)) for _ in range(2))
    video = b"\x00\x00\x00\x1e\xa9xyz\x00\x12\x15\xc7+52.2297+021.0122/" + bytes(9)
    clean = without_location(first + second + video)
    assert not tells(clean, [*SECRETS, b"52.2297"])
    assert clean[: len(first)] == without_location(first)
    assert clean.endswith(b"\xa9xyz\x00\x12\x15\xc7" + b" " * 18 + bytes(9))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
def test_an_exif_block_that_cannot_be_read_keeps_only_the_orientation(kind, photo, encode):
    block = bytearray(exif_block(8))
    data = encode(photo(), kind, exif=bytes(block))
    tiff = data.index(b"MM\0*") if b"MM\0*" in data else data.index(b"II*\0")
    order = "<" if data[tiff : tiff + 1] == b"I" else ">"
    pointer = data.index(struct.pack(order + "HHI", GPS, 4, 1), tiff) + 8
    broken = data[:pointer] + struct.pack(order + "I", 1 << 30) + data[pointer + 4 :]
    if kind == "PNG":
        at = broken.index(b"eXIf")
        size = int.from_bytes(broken[at - 4 : at])
        crc = struct.pack(">I", zlib.crc32(broken[at : at + 4 + size]))
        broken = broken[: at + 4 + size] + crc + broken[at + 8 + size :]
    clean = without_location(broken)
    assert not tells(clean, [*SECRETS, b"2024:05:06", b"a coin"])
    with Image.open(io.BytesIO(clean)) as image:
        assert dict(image.getexif()) == {0x0112: 8}
    assert np.array_equal(decode(clean).pixels, decode(broken).pixels)


def test_hostile_structures_end_quickly():
    entry = struct.pack("<HHII", 0x02BC, 1, 1 << 22, 8)
    directory = struct.pack("<H", 4000) + entry * 4000 + struct.pack("<I", 8)
    looped = b"II*\0\x08\0\0\0" + directory + bytes(1 << 22)
    assert len(without_location(looped)) == len(looped)
    nested = struct.pack("<HHII", 0x8769, 4, 1 << 20, 8)
    block = bytearray(b"II*\0\x08\0\0\0" + struct.pack("<H", 9) + nested * 9 + bytes(1 << 23))
    blank_exif(block, 0, len(block))
    assert not any(block[26:])


def test_bytes_that_are_no_picture_come_back():
    for data in (
        b"",
        b"hello",
        b"II*\0",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"RIFF\0\0\0\0WEBP",
    ):
        assert without_location(data) == data


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_metadata_never_changes_pixels(data, corpus):
    """What can be decoded before blanking can be decoded after it, to the same pixels."""
    whole = corpus[data.draw(st.sampled_from(sorted(corpus)))]
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, min(len(whole), 600) - 1))] = data.draw(
            st.integers(0, 255)
        )
    clean = without_location(bytes(damaged))
    before = picture_or_none(bytes(damaged))
    if before is not None and clean != damaged:
        assert picture_or_none(clean) == before


def picture_or_none(data: bytes) -> tuple[bytes, tuple[int, ...]] | None:
    from coinvec.errors import ImageError

    try:
        pixels = decode(data).pixels
    except ImageError:
        return None
    return pixels.tobytes(), pixels.shape
