"""The page for everybody: keyboard, labels, contrast, motion; and what it may load."""

import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.e2e.web.service import PHONE

STATIC = Path(__file__).parents[3] / "coinvec" / "http" / "static"
VIEWS = ("search", "browse", "add", "key")

UNNAMED = """() => [...document.querySelectorAll('a, button, input, summary, [role=img]')]
  .filter(each => each.checkVisibility())
  .filter(each => !(each.labels?.length || each.textContent.trim() ||
                    each.getAttribute('aria-label') || each.querySelector('img[alt]')))
  .map(each => each.outerHTML)"""

# Contrast of every visible text with the first opaque ground behind it (WCAG 2.2, 1.4.3).
FAINT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = rgba(getComputedStyle(each).backgroundColor);
      if (colour[3] > 230) return colour;
    }
    return rgba('white');
  };
  return [...document.querySelectorAll('body *')]
    .filter((each) => each.checkVisibility() && !each.closest('svg, .unseen, .skip'))
    .filter((each) => [...each.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((each) => {
      const [dark, light] = [rgba(getComputedStyle(each).color), ground(each)]
        .map(luminance).sort((a, b) => a - b);
      return [each.textContent.trim().slice(0, 40), (light + 0.05) / (dark + 0.05)];
    })
    .filter(([, ratio]) => ratio < 4.5);
}"""

SMALL = """() => [...document.querySelectorAll('a, button, summary, label.button')]
  .filter(each => each.checkVisibility() && !each.matches('.skip, .back'))
  .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44)
  .map(([name]) => name)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_named_legible_and_large_enough(visit, served, scheme):
    seen = visit(served, PHONE, color_scheme=scheme, reduced_motion="reduce")
    for view in VIEWS:
        seen.page.click(f"[data-tab={view}]")
        if view == "browse":
            seen.page.locator("#shelf .card").first.wait_for()
        assert seen.page.evaluate(UNNAMED) == []
        assert seen.page.evaluate(FAINT) == []
        assert [name for name in seen.page.evaluate(SMALL) if name not in card_titles(seen)] == []
        assert seen.page.locator("h1:visible").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_answer_is_legible_in_sight_and_announced(visit, served, minted, scheme):
    seen = visit(served, PHONE, color_scheme=scheme, reduced_motion="reduce")
    seen.page.set_input_files("#choose", minted.photos[0].path)
    verdict = seen.page.locator("#answers .verdict")
    verdict.wait_for()
    assert seen.page.evaluate(FAINT) == []
    assert seen.page.evaluate(UNNAMED) == []
    box, tabs = verdict.bounding_box(), seen.page.locator(".tabs").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= tabs["y"]
    assert seen.status("search").get_attribute("aria-live") == "polite"
    assert verdict.locator("h2").inner_text() in seen.status("search").text_content()


def card_titles(seen):
    """Titles of cards: the whole card can be tapped."""
    return seen.page.locator("#shelf h3").all_inner_texts()


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(visit, served):
    seen = visit(served)
    reached = []
    for _ in range(10):
        seen.page.keyboard.press("Tab")
        name = "e => e.id || e.dataset.tab || e.className || e.tagName"
        reached.append(seen.page.evaluate(f"({name})(document.activeElement)"))
        outlined = "e => getComputedStyle(e.closest('label:has([type=file])') || e).outlineStyle"
        assert seen.page.evaluate(f"({outlined})(document.activeElement)") == "solid", reached
    assert reached == ["skip", "wordmark", *VIEWS, "shoot", "live", "choose", "SUMMARY"]


def test_the_live_view_is_left_by_keyboard(visit, served):
    seen = visit(served)
    seen.page.focus("#live")
    seen.page.keyboard.press("Enter")
    seen.until("document.activeElement.id === 'release'")
    seen.page.keyboard.press("Escape")
    seen.page.locator("#camera").wait_for(state="hidden")
    assert seen.page.evaluate("document.activeElement.id") == "live"
    assert seen.page.evaluate("document.getElementById('viewfinder').srcObject") is None


def test_nothing_moves_for_those_who_asked(visit, served):
    seen = visit(served, reduced_motion="reduce")
    moving = "() => getComputedStyle(document.querySelector('.button')).transitionDuration"
    assert seen.page.evaluate(moving) == "0s"


def test_the_page_may_load_nothing_from_elsewhere(served):
    with urlopen(served) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "unsafe" not in policy
    written = [each for each in STATIC.rglob("*.*") if each.suffix in {".html", ".js", ".css"}]
    for file in written:
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|innerHTML|insertAdjacentHTML|\beval\b", text), file.name


def test_the_interface_is_described_without_anything_from_elsewhere(visit, served):
    seen = visit(served)
    asked = []
    seen.page.on("request", lambda request: asked.append(request.url))
    seen.page.goto(f"{served}docs")
    seen.page.get_by_text("/v1/search").first.wait_for()
    assert f"{served}openapi.json" in asked
    assert [each for each in asked if not each.startswith((served, "data:"))] == []


def test_it_can_be_installed_and_its_worker_knows_every_file(served):
    manifest = json.loads((STATIC / "manifest.webmanifest").read_text("utf-8"))
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert any(icon["purpose"] == "maskable" for icon in manifest["icons"])
    for icon in manifest["icons"]:
        with urlopen(served + icon["src"]) as answer:
            assert answer.headers["Content-Type"] == icon["type"]
    kept = set(
        re.findall(r'^  "([^"]+)",$', (STATIC / "service-worker.js").read_text(), re.MULTILINE)
    )
    shown = {
        str(each.relative_to(STATIC))
        for folder in ("css", "js")
        for each in (STATIC / folder).rglob("*.*")
    }
    assert shown == {each for each in kept if each.startswith(("css/", "js/"))}
