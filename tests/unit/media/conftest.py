"""Small encoded pictures in every format, with whatever metadata a test asks for."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

FORMATS = ("JPEG", "PNG", "WebP", "TIFF", "BMP", "GIF", "HEIC", "AVIF")


def photo(width: int = 64, height: int = 48) -> np.ndarray:
    """A smooth picture without any symmetry, so that every wrong turn shows."""
    y, x = np.mgrid[0:height, 0:width]
    red = 40 + 180 * x / width
    green = 30 + 150 * y / height
    blue = 200 - 120 * (x / width) * (y / height)
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


def encode(pixels: np.ndarray, kind: str, **options: Any) -> bytes:
    """Encode, without loss where the format can."""
    stream = io.BytesIO()
    image = Image.fromarray(pixels)
    if kind == "HEIC":
        pillow_heif.from_pillow(image).save(stream, quality=95, **options)
    elif kind == "GIF":
        image.quantize(256).save(stream, "GIF", **options)
    else:
        lossless = {"WebP": {"lossless": True}, "JPEG": {"quality": 95}, "AVIF": {"quality": 95}}
        image.save(stream, kind.upper(), **lossless.get(kind, {}), **options)
    return stream.getvalue()


@pytest.fixture(name="photo")
def _photo() -> Callable[..., np.ndarray]:
    return photo


@pytest.fixture(name="encode")
def _encode() -> Callable[..., bytes]:
    return encode


@pytest.fixture(params=FORMATS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def corpus() -> dict[str, bytes]:
    """One picture in each format, the better part of them with EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 13.0, 7.5)})
    with_exif = {"exif": exif.tobytes()}
    return {
        kind: encode(photo(), kind, **({} if kind in ("BMP", "GIF") else with_exif))
        for kind in FORMATS
    }
