"""Finding a coin with the page, as a person does."""

import re

import numpy as np
import pytest
from PIL import Image

from tests.e2e.web.service import DESK, PHONE

BOTH_WIDTHS = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
YEAR_UNHEARD_OF = "9999"


def cards(seen):
    return seen.page.locator("#answers .card")


def pixels(photo):
    with Image.open(photo.path) as picture:
        return np.asarray(picture)


def answer_of(seen, act):
    """What the service answered to the search that an act on the page leads to."""
    with seen.page.expect_response(re.compile(r"/v1/search$")) as caught:
        act()
    return caught.value


@BOTH_WIDTHS
def test_a_photo_finds_its_coin_and_its_rim_is_drawn(visit, served, minted, viewport):
    photo = minted.photos[0]
    seen = visit(served, viewport)
    answer = answer_of(seen, lambda: seen.page.set_input_files("#choose", photo.path))
    hits = answer.json()["hits"]
    cards(seen).first.wait_for()

    assert cards(seen).locator("h3").all_inner_texts() == [hit["title"] for hit in hits]
    first = cards(seen).first.inner_text()
    assert hits[0]["country"] in first
    assert f"{hits[0]['similarity']:.2f} alike" in first
    assert (
        seen.page.locator("#answers .answer").get_attribute("data-verdict")
        == (answer.json()["verdict"])
    )
    assert seen.status("search").text_content().endswith(".")
    # The rim lies where the coin truly is: the shrunk or whole photo has the same shape.
    cx, cy = (float(rim(seen).get_attribute(name)) for name in ("cx", "cy"))
    true = photo.ellipse
    assert np.hypot(cx - true.cx, cy - true.cy) < 0.1 * max(true.rx, true.ry)
    box = seen.page.locator("#well-0 .outline").get_attribute("viewBox")
    assert box == "0 0 480 640"
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def rim(seen):
    return seen.page.locator("#well-0 .outline .rim").first


def test_both_sides_are_sent_and_asked_as_one_coin(visit, served, minted):
    first, second = minted.photos[0], minted.photos[1]
    seen = visit(served)
    answer_of(seen, lambda: seen.page.set_input_files("#choose", first.path))
    answer = answer_of(seen, lambda: seen.page.set_input_files("#choose", second.path))
    assert [each["image"] for each in answer.json()["coins_in_picture"]] == [
        first.path.name,
        second.path.name,
    ]
    seen.page.locator("#well-1 .outline .rim").first.wait_for()
    assert seen.page.locator("#shoot-words").inner_text() == "Next coin"


def test_the_live_view_takes_what_the_camera_sees(visit, served):
    seen = visit(served)
    seen.page.click("#live")
    seen.until("document.getElementById('viewfinder').videoWidth > 0")
    answer = answer_of(seen, lambda: seen.page.click("#release"))
    # Chromium's device shows a test card, no coin: an answer or an honest refusal, never a crash.
    assert answer.status in (200, 422)
    assert seen.last_form()["image"].startswith("\xff\xd8\xff")  # a JPEG
    assert not seen.page.locator("#camera").is_visible()
    seen.page.locator("#well-0 .photo").wait_for()
    if answer.status == 422:
        seen.page.locator("#search-trouble .trouble").wait_for()
        seen.complaints[:] = [each for each in seen.complaints if "422" not in each]


def test_a_filter_is_sent_as_bound_values(visit, served, minted):
    country = minted.types[0].coin.country
    wanted = {each.coin.title for each in minted.types if each.coin.country == country}
    seen = visit(served)
    seen.page.click("#narrow summary")
    seen.page.fill("#search-filter [name=country]", country)
    answer_of(seen, lambda: seen.page.set_input_files("#choose", minted.photos[0].path))
    cards(seen).first.wait_for()
    sent = seen.last_form()
    assert sent["where"] == "country = :country"
    assert sent["param.country"] == country
    assert set(cards(seen).locator("h3").all_inner_texts()) == wanted

    def narrow_to_nothing():
        seen.page.fill("#search-filter [name=year]", YEAR_UNHEARD_OF)
        seen.page.press("#search-filter [name=year]", "Tab")

    answer_of(seen, narrow_to_nothing)
    seen.page.get_by_role("heading", name="Nothing to compare with").wait_for()


def test_every_coin_of_a_photo_is_answered_for_itself(visit, served, minted, tmp_path):
    pair = tmp_path / "pair.png"
    Image.fromarray(np.hstack([pixels(each) for each in minted.photos[:2]])).save(pair)
    seen = visit(served)
    seen.page.click("#narrow summary")
    seen.page.check("#all-coins")
    answer = answer_of(seen, lambda: seen.page.set_input_files("#choose", pair))
    coins = answer.json()["coins"]
    seen.page.locator("#answers .answer").first.wait_for()
    assert seen.page.locator("#answers .answer").count() == len(coins)
    assert seen.page.locator("#well-0 .rim").count() == len(coins)


def test_what_is_no_photo_is_refused_in_words(visit, served, tmp_path):
    text = tmp_path / "coin.jpg"
    text.write_bytes(b"<script>alert(1)</script>")
    seen = visit(served)
    answer = answer_of(seen, lambda: seen.page.set_input_files("#choose", text))
    assert answer.status == 422
    trouble = seen.page.locator("#search-trouble .what")
    assert trouble.inner_text() == answer.json()["detail"]
    assert "422" in seen.complaints.pop()


def test_a_photo_is_shrunk_and_loses_its_place_before_it_leaves(visit, served, minted, tmp_path):
    large = tmp_path / "large.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    whole = Image.fromarray(pixels(minted.photos[0]))
    whole.resize((2400, 3200)).save(large, exif=exif)
    seen = visit(served)
    answer = answer_of(seen, lambda: seen.page.set_input_files("#choose", large))
    assert answer.ok
    assert b"Exif" in large.read_bytes()[:4000]
    assert "Exif" not in seen.last_form()["image"]
    cards(seen).first.wait_for()
    assert seen.page.locator("#well-0 .outline").get_attribute("viewBox") == "0 0 1536 2048"
