"""`coinvec map`: a picture, and a page to move about in."""

import base64
import io
import json
import re
import sys
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from coinvec.cli.map_style import COLOURS, REST, Legend
from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import CoinImage
from coinvec.domain.records import CoinRecord
from tests.page import Page

IMAGES = 24


@pytest.fixture
def no_media(filled):
    """The home without its pictures, which it does not know."""
    for kept in (filled / "media").rglob("*"):
        if kept.is_file():
            kept.unlink()
    return filled


def constants(page):
    """What the first script of a map's page holds."""
    found = re.findall(r"^const (\w+) = (.*);$", page.scripts[0], re.MULTILINE)
    return {name: json.loads(value) for name, value in found}


def colours_in(path):
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    return {
        "#" + bytes(each).hex(): count for each, count in zip(found, counts.tolist(), strict=True)
    }


def test_a_picture_is_drawn_in_the_colours_of_the_countries(coinvec, filled, minted, tmp_path):
    path = tmp_path / "maps" / "map.png"
    done = coinvec("map", path)
    assert done.status == 0, done.err
    shown = int(re.search(r"; (\d+) of them as pictures", done.err)[1])
    assert f"shows {IMAGES} images" in done.err
    assert 5 <= shown <= IMAGES
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", (2240, 1680))
    found = colours_in(path)
    countries = {each.coin.country for each in minted.types}
    for colour in COLOURS[: len(countries)]:
        assert found.get(colour, 0) > 300
    assert COLOURS[len(countries)] not in found


def test_coins_are_drawn_where_their_points_lie(coinvec, filled, tmp_path):
    """Without them, what they covered is the colour of the paper and of points."""
    full, bare = tmp_path / "full.png", tmp_path / "bare.png"
    shown = int(re.search(r"; (\d+) of them", coinvec("map", full).err)[1])
    for kept in (filled / "media").rglob("*"):
        if kept.is_file():
            kept.unlink()
    assert "; 0 of them as pictures" in coinvec("map", bare).err
    with Image.open(full) as one, Image.open(bare) as two:
        differs = (np.asarray(one.convert("RGB")) != np.asarray(two.convert("RGB"))).any(axis=2)
    from scipy import ndimage

    places, n = ndimage.label(ndimage.binary_closing(differs))
    sizes = ndimage.sum_labels(differs, places, range(1, n + 1))
    assert (sizes > 1_000).sum() == shown


def test_a_page_holds_every_image_once(coinvec, filled, tmp_path):
    path = tmp_path / "map.html"
    done = coinvec("map", path)
    assert done.status == 0, done.err
    page = Page(path)
    held = constants(page)
    listed = coinvec(
        "sql", "SELECT title, type, side, design, country FROM coins", "--format", "json"
    )
    titles = {f"{r['type']}/{r['side']}/{r['design']}": r["title"] for r in listed.json["rows"]}
    assert len(held["POINTS"]) == IMAGES
    assert {point[5]: point[3] for point in held["POINTS"]} == titles
    assert set(Counter(point[5] for point in held["POINTS"]).values()) == {2}
    places = np.array([point[:2] for point in held["POINTS"]])
    assert places.min() >= 0
    assert places.max() <= 1
    assert held["COLOURS"] == list(COLOURS[: len({r["country"] for r in listed.json["rows"]})])
    assert sorted(held["PICTURES"]) == list(range(IMAGES))


def test_the_page_shows_small_coins(coinvec, filled, tmp_path):
    path = tmp_path / "map.html"
    coinvec("map", path)
    sheet = constants(Page(path))["SHEET"]
    data = sheet["uri"].removeprefix("data:image/webp;base64,")
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.width == sheet["columns"] * sheet["side"]
        first = np.asarray(image)[: sheet["side"], : sheet["side"], 3]
    assert first[0, 0] == 0
    assert first[sheet["side"] // 2, sheet["side"] // 2] == 255


def test_the_page_loads_nothing_and_runs_nothing_else(coinvec, no_media, minted, tmp_path):
    path, title = tmp_path / "map.html", "</script><script>alert(1)</script><!--"
    coinvec("edit", minted.types[0].coin.key, "--title", title)
    assert coinvec("map", path).status == 0
    page = Page(path)
    assert page.addresses == []
    assert "://" not in page.text
    assert page.policy.startswith("default-src 'none'")
    assert len(page.scripts) == 2
    held = constants(page)
    assert title in [point[3] for point in held["POINTS"]]
    assert (held["PICTURES"], held["SHEET"]["uri"]) == ([], None)


def test_a_filter_and_a_limit_leave_out_the_rest(coinvec, no_media, minted, tmp_path):
    path = tmp_path / "map.html"
    done = coinvec("map", path, "--where", "side = :s", "--param", "s=obverse", "--limit", 8)
    assert "shows 8 images, a sample of 12" in done.err
    points = constants(Page(path))["POINTS"]
    assert len(points) == 8
    assert all("/obverse/" in point[5] for point in points)


@pytest.mark.parametrize(
    ("module", "output"),
    [("sklearn.manifold", "map.html"), ("matplotlib.figure", "map.png")],
)
def test_what_is_not_installed_is_named(coinvec, no_media, tmp_path, monkeypatch, module, output):
    monkeypatch.setitem(sys.modules, module, None)
    refused = coinvec("map", tmp_path / output)
    assert refused.status == 4
    assert "pip install 'coinvec[map]'" in refused.err
    assert not (tmp_path / output).exists()


def test_another_ending_is_a_mistake(coinvec, tmp_path):
    refused = coinvec("map", tmp_path / "map.gif")
    assert (refused.status, "must end in one of .png, .html" in refused.err) == (2, True)


def test_an_empty_home_has_no_map(coinvec, tmp_path):
    coinvec("init")
    refused = coinvec("map", tmp_path / "map.png")
    assert refused.status == 3
    assert "there are 0 to be drawn" in refused.err


def records(countries):
    for number, country in enumerate(countries):
        coin = CoinType(f"t{number}", country, "1 coin")
        design = Design(coin.key, Side.OBVERSE, "o1")
        yield CoinRecord(coin, design, CoinImage(f"{number:064x}", design, "a.png", "PNG", 9, 9))


def test_the_countries_with_most_images_have_colours_of_their_own():
    names = [f"c{number:02d}" for number in range(20)]
    made = list(
        records(sorted(name for number, name in enumerate(names) for _ in range(number + 1)))
    )
    legend = Legend(made)
    assert [entry.name for entry in legend.entries] == [*reversed(names[4:]), "4 more"]
    assert [entry.images for entry in legend.entries] == [*range(20, 4, -1), 1 + 2 + 3 + 4]
    assert len({entry.colour for entry in legend.entries}) == len(COLOURS) + 1
    for record in made:
        entry = legend.entries[legend.place(record)]
        assert entry.name == record.coin.country or (
            entry.colour == REST and record.coin.country < "c04"
        )


def test_a_long_name_does_not_reach_into_the_counts():
    [entry] = Legend(list(records(["The Most Serene Republic of Somewhere"]))).entries
    assert len(entry.name) <= 26
    assert entry.name.endswith("…")
