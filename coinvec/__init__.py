"""coinvec: photograph a coin, find it in a vector-searchable catalogue.

import coinvec

with coinvec.open("my-collection") as coins:
    for hit in coins.search("photo.jpg", where="country = :c", params={"c": "Finland"}):
        print(hit.similarity, hit.title)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coinvec.errors import CoinvecError

if TYPE_CHECKING:
    from coinvec.services.collection import Catalogue
    from coinvec.services.collection import init_catalogue as init
    from coinvec.services.collection import open_catalogue as open  # noqa: A004 - our verb

__version__ = "0.1.0"
__all__ = ["Catalogue", "CoinvecError", "__version__", "init", "open"]

_LAZY = {
    "Catalogue": "Catalogue",
    "init": "init_catalogue",
    "open": "open_catalogue",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the attribute may be anything public
    """Resolve the public names on first use, so that `import coinvec` stays light."""
    if name not in _LAZY:
        raise AttributeError(f"module 'coinvec' has no attribute {name!r}")
    return getattr(import_module("coinvec.services.collection"), _LAZY[name])


def __dir__() -> list[str]:
    return sorted(__all__)
