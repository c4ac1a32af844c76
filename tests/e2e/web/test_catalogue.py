"""Browsing the catalogue and adding to it with the page; keys."""

import re
import subprocess
import sys

import pytest

from tests.e2e.web.service import DESK, PHONE, serving


def titles(seen):
    return seen.page.locator("#shelf h3").all_inner_texts()


def coins_of(minted, country=None):
    coins = sorted((each.coin for each in minted.types), key=lambda coin: coin.key)
    return [coin.title for coin in coins if country in (None, coin.country)]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_catalogue_is_shown_and_narrowed_down(visit, served, minted, viewport):
    country = minted.types[0].coin.country
    seen = visit(served, viewport)
    seen.page.click("[data-tab=browse]")
    seen.page.locator("#shelf .card").first.wait_for()
    assert titles(seen) == coins_of(minted)
    choice = seen.page.locator("#facets .choice", has_text=country)
    assert choice.locator("span").inner_text() == str(len(coins_of(minted, country)))

    with seen.page.expect_response(re.compile(r"/v1/coins\?")) as caught:
        choice.click()
    assert "where=country+%3D+%3Acountry&" in caught.value.url
    seen.until("document.querySelector('#browse-status').dataset.busy == null")
    assert titles(seen) == coins_of(minted, country)
    # The chosen value had the focus, and its successor has it.
    assert seen.page.evaluate("document.activeElement.dataset.value") == country
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_pages_follow_each_other(visit, served, minted):
    seen = visit(served)
    narrowed = re.compile(r"/v1/coins\?")
    seen.page.route(
        narrowed,
        lambda route: route.continue_(url=route.request.url.replace("limit=24", "limit=4")),
    )
    seen.go("browse")
    seen.page.locator("#more").click()
    seen.until("document.querySelectorAll('#shelf .card').length === 6")
    assert titles(seen) == coins_of(minted)
    assert seen.page.evaluate("document.activeElement.textContent") == coins_of(minted)[4]
    assert not seen.page.locator("#more").is_visible()


def test_a_card_leads_to_the_coin_with_its_pictures(visit, served, minted):
    coin = minted.types[0].coin
    seen = visit(served)
    seen.go("browse")
    seen.page.get_by_role("link", name=coin.title, exact=True).first.click()
    seen.page.locator("#coin-pictures img").first.wait_for()
    assert coin.denomination in seen.page.locator("#coin-facts").inner_text()
    seen.until("document.querySelectorAll('#coin-pictures img').length === 4")
    widths = seen.page.locator("#coin-pictures img").evaluate_all(
        "images => images.map(image => image.naturalWidth)"
    )
    assert widths == [200] * 4


def test_what_the_catalogue_holds_is_suggested(visit, served, minted):
    seen = visit(served)
    seen.until("document.querySelectorAll('#countries option').length > 0")
    suggested = seen.page.locator("#countries option").evaluate_all("all => all.map(o => o.value)")
    assert sorted(suggested) == sorted({each.coin.country for each in minted.types})


def test_a_coin_is_added_with_a_key(visit, filled, minted):
    """Once a key exists the page asks for one; with it, a coin goes in and is found again."""
    secret = subprocess.run(
        [sys.executable, "-m", "coinvec", "keys", "create", "--scope", "write"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    with serving(filled) as address:
        seen = visit(address)
        refused = []
        seen.page.on(
            "response", lambda answer: answer.status == 401 and refused.append(answer.request)
        )
        seen.go("browse")
        seen.page.get_by_role("link", name="Enter a key").click()
        seen.page.fill("#key-form [name=key]", secret)
        seen.page.click("#key-form [type=submit]")

        seen.page.click("[data-tab=add]")
        seen.page.set_input_files("#add [name=obverse]", minted.photos[0].path)
        seen.page.fill("#add [name=country]", "Ruritania")
        seen.page.fill("#add [name=denomination]", "<b>3</b> crowns")
        seen.page.click("#add [type=submit]")
        seen.page.get_by_text("Added, with 1 photo.").wait_for()

        seen.page.click("[data-tab=browse]")
        added = seen.page.locator("#shelf .card", has_text="Ruritania, <b>3</b> crowns")
        added.locator("img").wait_for()  # fetched with the key
        assert secret not in seen.page.content()
        stored = seen.page.evaluate("[sessionStorage.length, localStorage.length]")
        assert stored == [1, 0]
        # What was asked without the key may be refused, and complained of, after it was entered.
        assert refused
        assert not any("authorization" in request.headers for request in refused)
        seen.complaints[:] = [each for each in seen.complaints if "401" not in each]


def test_a_coin_without_photo_is_not_sent(visit, served):
    seen = visit(served)
    seen.go("add")
    seen.page.fill("#add [name=country]", "Ruritania")
    seen.page.fill("#add [name=denomination]", "3 crowns")
    seen.page.click("#add [type=submit]")
    assert "no photo" in seen.page.locator("#add-trouble .what").inner_text()


def test_the_page_opens_without_its_server(visit, filled):
    with serving(filled) as address:
        seen = visit(address)
        seen.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        seen.until("caches.keys().then(names => names.length === 1)")
    seen.page.reload()
    seen.go("browse")
    seen.page.get_by_text("The server does not answer.").wait_for()
    seen.complaints[:] = [each for each in seen.complaints if "ERR_CONNECTION" not in each]
