"""A web page as a browser would read it: for tests of pages that stand alone."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

ADDRESSES = ("src", "href", "srcset", "action", "data", "poster")


class Page(HTMLParser):
    """Texts and elements of a page.

    Attributes:
        texts: What a reader sees, by the element it stands in.
        elements: The attributes of each element, by its name.
        scripts: The scripts, in order.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text = path.read_text(encoding="utf-8")
        self.texts = defaultdict(list)
        self.elements = defaultdict(list)
        self.scripts = []
        self._open = ["document"]
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        self.elements[tag].append(dict(attrs))
        self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements[tag].append(dict(attrs))

    def handle_endtag(self, tag):
        while self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if self._open[-1] == "script":
            self.scripts.append(data)
        elif data.strip():
            self.texts[self._open[-1]].append(" ".join(data.split()))

    @property
    def addresses(self) -> list[str]:
        """Everything the page would load or lead to."""
        found = [
            value
            for elements in self.elements.values()
            for attributes in elements
            for name, value in attributes.items()
            if name.rpartition(":")[2] in ADDRESSES
        ]
        return found + re.findall(r"url\(\s*([^)]*)\)|@import\s+(\S+)", self.text)

    @property
    def policy(self) -> str:
        """What the page allows itself to load."""
        [policy] = [
            each["content"]
            for each in self.elements["meta"]
            if each.get("http-equiv") == "Content-Security-Policy"
        ]
        return policy
