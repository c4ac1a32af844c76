"""What is sent to break the service is refused, and nothing of it is kept."""

import io
import struct
import zlib

import pytest
from PIL import Image

from coinvec.domain.choices import GroupBy
from coinvec.http import bounds
from tests.integration.http.conftest import problem


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width, height, *rows):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def jpeg():
    stream = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


HOSTILE = {
    "a compressed bomb": png(30_000, 30_000, *[bytes(90_001)] * 500),
    "a picture of 30,000 pixels a side": png(30_000, 30_000),
    "a picture larger than its file": png(4_000, 4_000, bytes(12_001)),
    "half a JPEG": jpeg()[: len(jpeg()) // 2],
    "a JPEG's beginning": b"\xff\xd8\xff\xe0",
    "an SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "a ZIP archive": b"PK\x03\x04" + bytes(1_000),
    "a program": b"\x7fELF" + bytes(1_000),
    "nothing": b"",
}
LACKING = ("a picture larger than its file",)
NAMES = (
    "../../../etc/passwd",
    "C:\\windows\\system32\\a.png",
    "/dev/zero",
    "a\x00b.png",
    "%2e%2e/x",
    "<script>.png",
    "a" * 500,
)


@pytest.fixture
def unchanged(home):
    """Asserts that the test left neither a row nor a file."""

    def state():
        files = sorted(path for path in home.settings.home.rglob("*") if "vectors" not in str(path))
        kept = [path for path in files if not path.name.startswith("catalogue.db")]
        return home.catalogue.count(None, GroupBy.IMAGE), kept

    before = state()
    yield
    assert state() == before


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_pictures(client, unchanged, what):
    data = HOSTILE[what]
    told = problem(client.post("/v1/search", files={"image": ("coin.jpg", data)}), 422)
    # Pillow fills up with black what a PNG lacks of its pixels, and black is no coin.
    assert told["type"].rpartition(":")[2] == ("no-coin" if what in LACKING else "image")
    fields = {"country": "Nowhere", "denomination": "1 bomb"}
    files = {"obverse": ("coin.png", data, "image/png")}
    told = problem(client.post("/v1/coins", data=fields, files=files), 422, "rows-rejected")
    assert told["added"] == 0
    assert told["rejected"][0]["image"] == "coin.png"


@pytest.mark.parametrize("name", NAMES)
def test_names_that_would_lead_elsewhere_lead_nowhere(client, unchanged, name):
    answer = client.post("/v1/search", files={"image": (name, HOSTILE["HTML"])})
    told = problem(answer, 422)
    assert "/etc" not in told["detail"]
    assert "\\" not in told["detail"]
    assert len(told["detail"]) < 400


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"hello", 415),
        ("", b"hello", 415),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b'{"image": "\xff"}', 400),
        ("application/json", b'{"image": "\\ud800", "where": "\\ud800"}', 422),
        ("multipart/form-data", b"no boundary", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken", 422),
    ],
)
def test_bodies_that_are_none(client, unchanged, kind, body, status):
    problem(client.post("/v1/search", content=body, headers={"Content-Type": kind}), status)


def test_forms_of_countless_parts(client, unchanged):
    files = [("image", (f"{each}.jpg", b"x")) for each in range(50)]
    problem(client.post("/v1/search", files=files), 400)


@pytest.fixture
def small(app, monkeypatch):
    """The service takes bodies of 1,000 bytes only."""
    layer = app.middleware_stack
    while not isinstance(layer, bounds.Bounds):
        layer = getattr(layer, "app", None) or layer._app
    monkeypatch.setattr(layer, "_max_bytes", 1_000)


def test_bodies_that_are_too_large(client, unchanged, small):
    problem(client.post("/v1/search", content=b"x" * 1_001), 413, "too-large")

    def parts():  # without a stated length
        for _ in range(1_000):
            yield b'{"image": ' + b" " * 100

    sent = {"Content-Type": "application/json"}
    problem(client.post("/v1/search", content=parts(), headers=sent), 413, "too-large")


def test_no_filter_reaches_the_database(client):
    for text in ("1=1; DROP TABLE coin_type", "country = '' OR 1=1 --", "type IN (SELECT 1)"):
        problem(client.get("/v1/coins", params={"where": text}), 400, "expression")
    for text in ("DELETE FROM coins", "SELECT digest FROM api_key", "PRAGMA user_version"):
        problem(client.post("/v1/sql", json={"statement": text}), 400, "expression")
    assert client.get("/v1/coins").json()["total_matching"] == 6
