"""Decoding: every format, mode, orientation and source; limits and refusals."""

import io
import struct
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from coinvec.errors import ImageError
from coinvec.media.decode import ImageInfo, decode, probe, read_bytes
from coinvec.media.formats import Format, sniff
from coinvec.media.source import Limits

LOSSLESS = {"PNG", "WebP", "TIFF", "BMP"}

# What a camera stores when it wants the upright picture U seen, by EXIF orientation (Exif 2.32).
STORED = {
    1: lambda u: u,
    2: lambda u: u[:, ::-1],
    3: lambda u: u[::-1, ::-1],
    4: lambda u: u[::-1],
    5: lambda u: u.transpose(1, 0, 2),
    6: lambda u: np.rot90(u, 1),
    7: lambda u: u[::-1, ::-1].transpose(1, 0, 2),
    8: lambda u: np.rot90(u, -1),
}


def saved(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def difference(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def oriented(value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


def test_every_format_shows_what_was_encoded(kind, photo, encode):
    data = encode(photo(), kind)
    picture = decode(data)
    assert picture.pixels.dtype == np.uint8
    assert difference(picture.pixels, photo()) <= (0 if kind in LOSSLESS else 4)
    assert probe(data) == ImageInfo(Format(kind), 64, 48)
    assert sniff(data).content_type == f"image/{kind.lower()}"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("where", ["JPEG", "PNG", "WebP", "TIFF", "HEIC", "AVIF"])
def test_orientation_is_honoured_once(where, orientation, photo, encode):
    stored = np.ascontiguousarray(STORED[orientation](photo()))
    data = encode(stored, where, exif=oriented(orientation))
    assert difference(decode(data).pixels, photo()) <= (0 if where in LOSSLESS else 4)
    info = probe(data)
    assert (info.width, info.height) == (64, 48)


def test_orientation_of_a_pillow_image_is_honoured(photo, encode):
    data = encode(np.ascontiguousarray(STORED[6](photo())), "PNG", exif=oriented(6))
    assert np.array_equal(decode(Image.open(io.BytesIO(data))).pixels, photo())


def test_orientation_behind_the_pixels_of_a_png_is_found(photo, encode):
    data = encode(np.ascontiguousarray(STORED[8](photo())), "PNG", exif=oriented(8))
    chunk = data[data.index(b"eXIf") - 4 : data.index(b"IDAT") - 4]
    late = data.replace(chunk, b"").replace(b"\0\0\0\0IEND", chunk + b"\0\0\0\0IEND")
    assert late.index(b"IDAT") < late.index(b"eXIf")
    assert np.array_equal(decode(late).pixels, photo())
    assert (probe(late).width, probe(late).height) == (64, 48)


def test_nonsense_orientation_is_ignored(photo, encode):
    assert np.array_equal(decode(encode(photo(), "PNG", exif=oriented(99))).pixels, photo())


def test_transparent_is_black(photo):
    alpha = np.zeros((48, 64), dtype=np.uint8)
    alpha[10:20, 30:50] = 255
    alpha[30:40, 5:9] = 128
    pixels = decode(saved(Image.fromarray(np.dstack([photo(), alpha])))).pixels
    expected = photo() * (alpha[..., None] / 255.0)
    assert np.abs(pixels - expected).max() <= 1


def test_transparent_palette_colour_is_black(photo):
    image = Image.fromarray(photo()).quantize(16)
    indices = np.asarray(image)
    pixels = decode(saved(image, "GIF", transparency=int(indices[0, 0]))).pixels
    hidden = indices == indices[0, 0]
    assert not pixels[hidden].any()
    assert pixels[~hidden].any(axis=1).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBX", "CMYK", "YCbCr"])
def test_modes_become_rgb(mode, photo):
    image = Image.fromarray(photo()).convert(mode)
    pixels = decode(image).pixels
    grey = np.repeat((photo() @ [0.299, 0.587, 0.114])[..., None], 3, axis=2)
    expected = grey if mode in ("L", "LA") else photo()
    if mode == "1":
        assert set(np.unique(pixels)) == {0, 255}
    else:
        assert difference(pixels, expected.astype(np.uint8)) <= (20 if mode == "P" else 2)


def test_cmyk_jpeg_is_not_inverted(photo):
    data = saved(Image.fromarray(photo()).convert("CMYK"), "JPEG", quality=95)
    assert difference(decode(data).pixels, photo()) < 4


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    pixels = decode(saved(Image.fromarray(ramp), kind)).pixels
    assert np.array_equal(pixels[..., 0], ramp // 256)
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


def test_floating_point_samples_are_refused():
    data = saved(Image.fromarray(np.ones((4, 4), dtype=np.float32)), "TIFF")
    with pytest.raises(ImageError, match="32-bit samples"):
        decode(data)


def icc_profile(name: str, primaries: list[tuple[float, float, float]]) -> bytes:
    """A matrix profile (ICC.1:2001) with gamma 2.2."""
    xyz = [
        b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in p))
        for p in [(0.9642, 1.0, 0.8249), *primaries]
    ]
    text = name.encode() + b"\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(8 + 3 + 67)
    bodies = {b"desc": desc + bytes(-len(desc) % 4), b"cprt": b"text\0\0\0\0none"}
    bodies |= dict(zip((b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ"), xyz, strict=True))
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, 563, 0)
    bodies |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, data, at = struct.pack(">I", len(bodies)), b"", 128 + 4 + 12 * len(bodies)
    for tag, body in bodies.items():
        table += tag + struct.pack(">II", at + len(data), len(body))
        data += body
    head = struct.pack(
        ">I4sI4s4s4s", at + len(data), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ "
    )
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + data


SRGB_PRIMARIES = [(0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)]


def test_icc_profile_is_applied_and_a_broken_one_ignored(photo, encode):
    red, green, blue = SRGB_PRIMARIES
    swapped = icc_profile("green and red swapped", [green, red, blue])
    pixels = decode(encode(photo(), "PNG", icc_profile=swapped)).pixels
    assert difference(pixels, photo()[..., [1, 0, 2]]) < 4
    named_srgb = icc_profile("sRGB IEC61966-2.1", [green, red, blue])
    for untouched in (named_srgb, swapped[:200], b"junk"):
        data = encode(photo(), "PNG", icc_profile=untouched)
        assert np.array_equal(decode(data).pixels, photo())


def test_icc_profile_of_cmyk_that_cannot_be_read_is_ignored(photo):
    image = Image.fromarray(photo()).convert("CMYK")
    data = saved(image, "JPEG", quality=95, icc_profile=icc_profile("RGB", SRGB_PRIMARIES))
    assert difference(decode(data).pixels, photo()) < 4


def test_first_frame_of_an_animation(photo):
    frames = [Image.fromarray(photo()).quantize(64), Image.new("P", (64, 48))]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert difference(decode(data).pixels, photo()) < 8


def test_all_sources_give_the_same_picture(tmp_path, photo, encode):
    data = encode(photo(), "PNG")
    path = tmp_path / "coin.png"
    path.write_bytes(data)
    with path.open("rb") as stream:
        sources = [path, str(path), data, io.BytesIO(data), stream, photo(), Image.open(path)]
        for source in sources:
            assert np.array_equal(decode(source).pixels, photo())
    assert decode(path).name == str(path)
    assert decode(data, name="upload").name == "upload"


def test_read_bytes_keeps_a_file_and_encodes_the_rest_without_loss(tmp_path, photo, encode):
    data = encode(photo(), "JPEG")
    path = tmp_path / "coin.jpg"
    path.write_bytes(data)
    assert read_bytes(path) == read_bytes(data) == read_bytes(io.BytesIO(data)) == data
    for source in (photo(), Image.fromarray(photo())):
        encoded = read_bytes(source)
        assert sniff(encoded) is Format.PNG
        assert np.array_equal(decode(encoded).pixels, photo())


@pytest.mark.parametrize(
    "array",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)),
     np.zeros((0, 4, 3), np.uint8)],
)  # fmt: skip
def test_other_arrays_are_refused(array):
    with pytest.raises(ImageError, match="H x W x 3"):
        decode(array)


def test_pixel_limit_is_exact_in_every_format(kind, photo, encode):
    data = encode(photo(), kind)
    assert decode(data, limits=Limits(max_pixels=64 * 48)).width == 64
    for refused in (decode, probe):
        with pytest.raises(ImageError, match="64 x 48 pixels"):
            refused(data, limits=Limits(max_pixels=64 * 48 - 1))
    with pytest.raises(ImageError, match="64 x 48 pixels"):
        decode(photo(), limits=Limits(max_pixels=10))
    with pytest.raises(ImageError, match="64 x 48 pixels"):
        decode(Image.fromarray(photo()), limits=Limits(max_pixels=10))


def png_bomb(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    # A megabyte of deflated zeros stands for a gigabyte of pixels.
    pixels = zlib.compress(bytes(1 << 20)) * 64
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


BOMB_SCRIPT = r"""
import re, resource, sys
from pathlib import Path
from coinvec.errors import ImageError
from coinvec.media.decode import decode
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
try:
    decode(sys.stdin.buffer)
except ImageError as error:
    print(error)
# Not ru_maxrss: that begins with what the process that forked this one held.
print(int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux resource limits")
def test_decompression_bomb_is_refused_from_its_header():
    done = subprocess.run(
        [sys.executable, "-c", BOMB_SCRIPT], input=png_bomb(30_000), capture_output=True, check=True
    )
    message, peak_mib = done.stdout.decode().splitlines()
    assert "30000 x 30000 pixels" in message
    assert int(peak_mib) < 600  # decoded, it would be 2,700
    assert done.stderr == b""


class CountingStream(io.RawIOBase):
    """An endless upload that gives a thousand bytes at a time."""

    given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part = bytes(min(size, 1000))
        self.given += len(part)
        return part


def test_no_more_than_the_byte_limit_is_read():
    stream = CountingStream()
    with pytest.raises(ImageError, match=r"more than 5,000 bytes"):
        read_bytes(stream, Limits(max_bytes=5000))
    assert stream.given == 5001


def test_byte_limit_is_exact(tmp_path, photo, encode):
    data = encode(photo(), "PNG")
    path = tmp_path / "coin.png"
    path.write_bytes(data)
    assert decode(path, limits=Limits(max_bytes=len(data))).width == 64
    for source in (path, data):
        with pytest.raises(ImageError, match="bytes, the most"):
            decode(source, limits=Limits(max_bytes=len(data) - 1))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "XML or an SVG drawing"),
        (b"\n<!DOCTYPE html><html></html>", "an HTML page"),
        (b"PK\x03\x04" + bytes(30), "a ZIP archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript document"),
        (b"just a note", "text"),
        (bytes(range(256)), "no picture"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(16), "no picture"),
    ],
)
def test_what_is_no_picture_is_named(data, words):
    with pytest.raises(ImageError, match=f"looks like {words}") as caught:
        decode(data, name="upload")
    assert str(caught.value).startswith("upload (")
    assert "JPEG" in caught.value.hint


def test_empty_missing_and_unreadable_files(tmp_path):
    (tmp_path / "empty.jpg").touch()
    for name, why in (("empty.jpg", "is empty"), ("none.jpg", "No such file"), (".", "directory")):
        with pytest.raises(ImageError, match=why):
            decode(tmp_path / name)
    with pytest.raises(ImageError, match="not bytes"):
        decode(io.StringIO("text"))
    with pytest.raises(ImageError, match="cannot be read"):
        decode("nul\0byte")


def test_half_a_picture_is_refused(kind, photo, encode):
    data = encode(photo(), kind)
    with pytest.raises(ImageError, match="cannot be decoded") as caught:
        decode(data[: len(data) // 2], name="half")
    assert str(caught.value).startswith("half")
    assert "\n" not in str(caught.value)


def test_pillows_own_limit_and_warnings_do_not_show(monkeypatch, photo, encode):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64)
    data = encode(photo(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(20))
    assert decode(data).width == 64


def test_warning_filters_are_restored_after_threads(photo, encode):
    data = encode(photo(), "JPEG")
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        assert all(p.width == 64 for p in pool.map(lambda _: decode(data), range(64)))
    assert warnings.filters == before


def test_importing_media_is_light():
    script = (
        "import sys, coinvec.media.decode, coinvec.media.privacy, coinvec.media.store;"
        "print(*{'PIL', 'pillow_heif', 'fsspec', 'cv2'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == ""


def test_limits_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        Limits(max_pixels=0)


def test_name_of_a_stream_is_its_path(tmp_path: Path):
    path = tmp_path / "note.txt"
    path.write_text("hello")
    with path.open("rb") as stream, pytest.raises(ImageError, match=r"note\.txt"):
        decode(stream)


@pytest.mark.parametrize("source", [["front.jpg", "back.jpg"], None, 7])
def test_what_is_no_source_at_all_is_told(source):
    with pytest.raises(ImageError, match=f"a {type(source).__name__} is neither a path nor bytes"):
        decode(source)
