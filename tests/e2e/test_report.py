"""`coinvec search --open-report`: the page says what the answer says, and needs nothing else."""

import base64
import io
import re
import sys
import webbrowser

import numpy as np
import pytest
from PIL import Image, ImageDraw

from coinvec.cli import pages
from tests.page import Page


@pytest.fixture(autouse=True)
def browser(monkeypatch):
    """Notes what would be opened in a browser."""
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    return opened


def rasterised(path, width, height):
    """Path data of SVG as a mask, even-odd."""
    mask = np.zeros((height, width), bool)
    for part in re.findall(r"M([^MZ]*)Z", path):
        corners = [tuple(map(float, each.split(","))) for each in part.split()]
        image = Image.new("1", (width, height))
        if len(corners) > 1:
            ImageDraw.Draw(image).polygon([(x - 0.5, y - 0.5) for x, y in corners], fill=1)
        mask ^= np.asarray(image)
    return mask


def picture(address):
    head, _, data = address.partition("base64,")
    assert head == "data:image/webp;"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        image.load()
        return image


@pytest.fixture
def report(coinvec, filled, minted, tmp_path):
    """The page of one photo, and the answer as JSON."""
    path = tmp_path / "new folder" / "report.html"
    photo = minted.photos[0].path
    where = "year > 0 AND country <> 'A & B'"
    asked = coinvec(
        *("search", "--image", photo, "--where", where, "-k", 4, "--format", "json"),
        *("--open-report", path),
    )
    assert asked.status == 0, asked.err
    return Page(path), asked.json


def test_the_page_tells_what_the_answer_tells(report, minted):
    page, answer = report
    assert page.texts["h3"] == [hit["title"] for hit in answer["hits"]]
    assert [float(each) for each in page.texts["b"] if re.fullmatch(r"-?\d\.\d{3}", each)] == [
        pytest.approx(hit["similarity"], abs=6e-4) for hit in answer["hits"]
    ]
    assert page.texts["span"][0] == answer["verdict"]
    assert answer["hits"][0]["title"] in page.texts["h1"][0]
    assert "year > 0 AND country <> 'A & B'" in page.texts["code"]
    assert minted.photos[0].path.name in " ".join(page.texts["b"])
    assert "Search the vectors" in " ".join(page.texts["pre"])
    stages = set(answer["timings_ms"]) - {"total"}
    assert stages <= set(page.texts["span"])


def test_the_page_loads_nothing(report):
    page, _ = report
    assert page.addresses
    assert all(address.startswith("data:image/webp;base64,") for address in page.addresses)
    assert page.policy.startswith("default-src 'none'")
    assert page.scripts == []


def test_the_page_shows_photo_mask_cutout_and_hits(report, coinvec, minted, tmp_path):
    page, answer = report
    [photo] = page.elements["image"]
    width, height = int(photo["width"]), int(photo["height"])
    assert max(picture(photo["href"]).size) == min(1_000, max(width, height))
    coinvec("segment", minted.photos[0].path, "--mask-dir", tmp_path)
    with Image.open(tmp_path / f"{minted.photos[0].path.stem}.png") as image:
        mask = np.asarray(image) > 0
    assert mask.shape == (height, width)
    [drawn] = page.elements["path"]
    shown = rasterised(drawn["d"], width, height)
    assert (shown & mask).sum() / (shown | mask).sum() > 0.98
    rim = page.elements["ellipse"][-1]
    *centre, rx, ry, degrees = answer["coins_in_picture"][0]["ellipse"]
    numbers = [float(each) for each in re.findall(r"-?[\d.]+(?:e-?\d+)?", rim["transform"])]
    assert numbers == pytest.approx([*centre, degrees], abs=0.01)
    assert (float(rim["rx"]), float(rim["ry"])) == pytest.approx((rx, ry), abs=0.01)
    pictures = [picture(each["src"]) for each in page.elements["img"]]
    assert len(pictures) == 2 + len(answer["hits"])
    cutout = np.asarray(pictures[0])
    assert cutout.shape[2] == 4
    assert cutout[0, 0, 3] == 0
    assert cutout[cutout.shape[0] // 2, cutout.shape[1] // 2, 3] == 255


def test_what_the_catalogue_says_is_text_and_nothing_else(coinvec, filled, minted, tmp_path):
    path, title = tmp_path / "report.html", "<script>alert('1')</script>&amp;"
    photo = minted.manifest.parent / "pictures"
    photo = next(photo.glob(f"{minted.types[0].coin.key}-obverse-*"))
    coinvec("edit", minted.types[0].coin.key, "--title", title)
    assert coinvec("search", "--image", photo, "-k", 1, "--open-report", path).status == 0
    page = Page(path)
    assert page.scripts == []
    assert page.texts["h3"] == [title]


def test_two_photos_stand_side_by_side(coinvec, filled, minted, tmp_path):
    path, key = tmp_path / "report.html", minted.types[1].coin.key
    sides = [
        minted.manifest.parent / "pictures" / f"{key}-{side}-1.jpg"
        for side in ("obverse", "reverse")
    ]
    asked = coinvec(
        "search", "--image", sides[1], "--image", sides[0], "-k", 2, "--open-report", path
    )
    assert asked.status == 0, asked.err
    page = Page(path)
    assert len(page.elements["image"]) == len(page.elements["path"]) == 2
    assert [name for name in page.texts["b"] if name.endswith(".jpg")] == [
        side.name for side in reversed(sides)
    ]
    assert page.texts["h3"][0] == minted.types[1].coin.title


def test_every_coin_has_its_number_and_its_hits(coinvec, filled, minted, tmp_path):
    pictures = minted.manifest.parent / "pictures"
    scene = Image.new("RGB", (460, 240), (235, 235, 235))
    for place, coin in enumerate((minted.types[0].coin, minted.types[3].coin)):
        with Image.open(pictures / f"{coin.key}-reverse-1.jpg") as image:
            scene.paste(image.resize((210, 210)), (10 + 230 * place, 15))
    scene.save(tmp_path / "scene.png")
    path = tmp_path / "report.html"
    asked = coinvec(
        *("search", "--image", tmp_path / "scene.png", "--all-coins", "-k", 2),
        *("--format", "json", "--open-report", path),
    )
    page, coins = Page(path), asked.json["coins"]
    assert page.texts["text"] == [str(number) for number in range(1, len(coins) + 1)]
    assert [text for text in page.texts["h2"] if text.startswith("Coin")] == [
        f"Coin {number}" for number in range(1, len(coins) + 1)
    ]
    assert page.texts["h3"] == [hit["title"] for coin in coins for hit in coin["hits"]]
    assert len(page.elements["path"]) == len(coins)


def test_a_hit_without_picture_says_so(coinvec, filled, minted, tmp_path):
    for kept in (filled / "media").rglob("*"):
        if kept.is_file():
            kept.unlink()
    path = tmp_path / "report.html"
    photo = minted.photos[0].path
    assert coinvec("search", "--image", photo, "-k", 3, "--open-report", path).status == 0
    page = Page(path)
    assert page.texts["span"].count("no picture is kept") == len(page.texts["h3"]) == 3


def test_standard_input_is_shown_too(coinvec, filled, minted, tmp_path, monkeypatch):
    data = minted.photos[1].path.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    path = tmp_path / "report.html"
    assert coinvec("search", "--image", "-", "-k", 1, "--open-report", path).status == 0
    assert len(Page(path).elements["image"]) == 1


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--image-dir", "photos", "--open-report", "out.html"], 2, "--open-report speaks of one"),
        (["--image", "a.jpg", "--open-report", "out.pdf"], 2, "must end in .html"),
    ],
)
def test_what_makes_no_page_is_refused(coinvec, options, status, said):
    refused = coinvec("search", *options)
    assert (refused.status, said in refused.err) == (status, True)


def test_a_page_that_cannot_be_written_is_told(coinvec, filled, minted, tmp_path):
    (tmp_path / "file").touch()
    photo = minted.photos[0].path
    refused = coinvec("search", "--image", photo, "--open-report", tmp_path / "file" / "out.html")
    assert refused.status == 3
    assert "cannot be made" in refused.err


@pytest.mark.parametrize(
    ("terminal", "environ", "opens"),
    [
        (True, {"DISPLAY": ":0"}, True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (True, {}, False),
        (False, {"DISPLAY": ":0"}, False),
    ],
)
def test_only_a_person_before_a_desktop_gets_a_browser(
    browser, monkeypatch, tmp_path, terminal, environ, opens
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert pages.show_page(tmp_path / "a page.html") is opens
    assert browser == ([(tmp_path / "a page.html").as_uri()] if opens else [])
