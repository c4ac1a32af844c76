"""Damaged pictures of every format: decoded, or refused with `ImageError`, never anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinvec.errors import ImageError
from coinvec.media.decode import decode, probe
from coinvec.media.source import Limits

KINDS = ("JPEG", "PNG", "WebP", "TIFF", "BMP", "GIF", "HEIC", "AVIF")


@st.composite
def damage(draw: st.DrawFn) -> tuple[str, float, list[tuple[float, int]], bytes]:
    """A format, how much of the file is left, bits to flip, and bytes to append."""
    return (
        draw(st.sampled_from(KINDS)),
        draw(st.one_of(st.just(1.0), st.floats(0.0, 1.0))),
        draw(st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(0, 7)), max_size=6)),
        draw(st.binary(max_size=8)),
    )


@settings(max_examples=400, deadline=None)
@given(damage())
def test_only_image_errors(corpus, damage):
    kind, left, flips, tail = damage
    data = bytearray(corpus[kind])
    data = data[: int(left * len(data))]
    for place, bit in flips:
        if data:
            # Squared, so that headers are hit more often than pixels.
            data[min(int(place**2 * len(data)), len(data) - 1)] ^= 1 << bit
    hostile = bytes(data + tail)
    info = picture = refusal = None
    try:
        info = probe(hostile, Limits(max_pixels=1_000_000))
        picture = decode(hostile, limits=Limits(max_pixels=1_000_000))
    except ImageError as error:
        refusal = error
    assert refusal is None or (refusal.hint and "\n" not in str(refusal))
    if picture is not None:
        assert (picture.width, picture.height) == (info.width, info.height)


def test_a_header_that_tells_of_another_size_is_damage(corpus):
    """What was checked against the limits is not what would be decoded."""
    data = bytearray(corpus["HEIC"])
    width_shown = data.index(b"clap") + 4
    data[width_shown + 3] ^= 1
    with pytest.raises(ImageError, match=r"tells of 48 x 65 pixels, and it holds 48 x 64"):
        decode(bytes(data))


def test_damage_prints_nothing(corpus, capfd):
    for data in corpus.values():
        for place in range(10, min(len(data), 400), 7):
            hostile = data[:place] + b"\xff\x00\xff" + data[place + 3 :]
            try:
                decode(hostile, limits=Limits(max_pixels=1_000_000))
            except ImageError:
                continue
    assert capfd.readouterr() == ("", "")
