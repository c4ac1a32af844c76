"""For tests and demonstrations: rendered coins with known masks. Ships with the core.

`mint_catalogue` invents coin types; `render_side` strikes and lights one side; `photograph`
lays coins on a table and takes a picture of them, with the true mask and rim ellipse;
`write_catalogue` and `write_phone_photos` put whole collections on disk. Everything is drawn
from a seed: no picture is shipped.

The names below are resolved on first use, so that importing this package loads no OpenCV.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coinvec.testing.catalogue import PhonePhoto, write_catalogue, write_phone_photos
    from coinvec.testing.coin import RenderedCoin, render_side
    from coinvec.testing.designs import CoinDesign, Metal, Planchet, Shape
    from coinvec.testing.minting import MintedType, mint_catalogue
    from coinvec.testing.photo import RenderedPhoto, photograph

__all__ = [
    "CoinDesign",
    "Metal",
    "MintedType",
    "PhonePhoto",
    "Planchet",
    "RenderedCoin",
    "RenderedPhoto",
    "Shape",
    "mint_catalogue",
    "photograph",
    "render_side",
    "write_catalogue",
    "write_phone_photos",
]

_HOMES = {
    "CoinDesign": "designs",
    "Metal": "designs",
    "MintedType": "minting",
    "PhonePhoto": "catalogue",
    "Planchet": "designs",
    "RenderedCoin": "coin",
    "RenderedPhoto": "photo",
    "Shape": "designs",
    "mint_catalogue": "minting",
    "photograph": "photo",
    "render_side": "coin",
    "write_catalogue": "catalogue",
    "write_phone_photos": "catalogue",
}


def __getattr__(name: str) -> object:
    """Resolve a public name in its module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """The public names, resolved or not."""
    return sorted({*globals(), *__all__})
