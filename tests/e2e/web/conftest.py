"""A real service on a real home, and a real Chromium that looks at it."""

import shutil
import time
from dataclasses import dataclass, field

import pytest

from tests.e2e.web.service import PATIENCE_S, PHONE, serving
from tests.servers import required

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


@pytest.fixture(scope="session")
def served(_filled, tmp_path_factory):
    """The rendered collection, served; tests that change it use a server of their own."""
    home = tmp_path_factory.mktemp("web") / "home"
    shutil.copytree(_filled, home)
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "Chromium is not installed: apt-get install chromium"
        if required:
            pytest.fail(reason)
        pytest.skip(reason)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


# What a photo's bytes and a filter become on their way out; the driver cannot see into forms.
RECORD_FORMS = """
  const fetching = window.fetch;
  window.sentForms = [];
  window.fetch = (url, options) => {
    if (options?.body instanceof FormData) window.sentForms.push(options.body);
    return fetching(url, options);
  };
"""
LAST_FORM = """async () => {
  const sent = [...window.sentForms.at(-1)];
  const text = async (file) =>
    String.fromCharCode(...new Uint8Array(await file.slice(0, 4000).arrayBuffer()));
  return Object.fromEntries(await Promise.all(
    sent.map(async ([name, value]) => [name, value instanceof File ? await text(value) : value])));
}"""


@dataclass
class Visit:
    """A browser tab, and what it complained of."""

    page: object
    address: str
    complaints: list = field(default_factory=list)

    def go(self, view):
        self.page.goto(f"{self.address}#/{view}")

    def status(self, view):
        return self.page.locator(f"#{view}-status")

    def until(self, condition):
        """Waits for a condition in JavaScript; the driver's own waiting is barred by the CSP."""
        end = time.monotonic() + PATIENCE_S
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, condition
            self.page.wait_for_timeout(50)

    def last_form(self):
        """The form sent last: texts, and the beginning of each file in Latin-1, by name."""
        return self.page.evaluate(LAST_FORM)


@pytest.fixture
def visit(chromium):
    """Opens the page in a fresh browser profile; afterwards nothing may have been complained of.

    A test that provokes a refusal takes the complaint about it out of `complaints`.
    """
    opened = []

    def open_page(address, viewport=PHONE, **options):
        context = chromium.new_context(viewport=viewport, permissions=["camera"], **options)
        context.set_default_timeout(PATIENCE_S * 1000)
        page = context.new_page()
        page.add_init_script(RECORD_FORMS)
        seen = Visit(page, address)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: line.type in ("error", "warning") and seen.complaints.append(line.text),
        )
        page.goto(address)
        opened.append((context, seen))
        return seen

    yield open_page
    for context, seen in opened:
        context.close()
        assert seen.complaints == []
