"""Web pages that stand alone in one file: nothing in them is fetched from anywhere."""

import base64
import io
import os
import sys
import webbrowser
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from coinvec.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from jinja2 import Environment
    from numpy.typing import NDArray
    from PIL.Image import Image

QUALITY = 85

_DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY")


def write_page(path: Path, template: str, values: Mapping[str, object]) -> None:
    """Fill a template and write the page, whole or not at all.

    Every value is escaped for its place; the page may run no other code and fetch nothing.

    Args:
        path: Where to.
        template: Name of a file in `templates`.
        values: What the template names.

    Raises:
        InputError: The file cannot be written.
    """
    from coinvec.services.files import written_whole

    text = _environment().get_template(template).render(values)
    make_folder(path)
    with written_whole(path) as passing:
        passing.write_text(text, encoding="utf-8")


def make_folder(path: Path) -> None:
    """Make the folder a file is to be written into.

    Raises:
        InputError: It cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder {path.parent} cannot be made: {error.strerror or error}.",
            hint="Name a place that can be written to.",
        ) from error


def show_page(path: Path) -> bool:
    """Open a page in the browser, where a person sits before a desktop; returns whether.

    Scripts, pipes and remote shells get none, least of all one that runs within the terminal.
    """
    has_desktop = sys.platform in ("darwin", "win32") or any(map(os.environ.get, _DESKTOPS))
    if not (sys.stdout.isatty() and has_desktop):
        return False
    return webbrowser.open(path.resolve().as_uri())


def data_uri(pixels: "NDArray[np.uint8]", longest: int) -> str:
    """A picture as a `data:` address, WebP.

    Args:
        pixels: H × W × 3 RGB, or H × W × 4 with transparency, uint8.
        longest: The longer side is at most so many pixels.
    """
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((longest, longest), reducing_gap=2.0)
    return image_uri(image)


def image_uri(image: "Image") -> str:
    """A Pillow image as a `data:` address, WebP."""
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(stream.getvalue()).decode()}"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("coinvec.cli", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
