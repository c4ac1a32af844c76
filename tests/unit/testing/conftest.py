import pytest

from coinvec.domain.coins import Side
from coinvec.testing.designs import CoinDesign, Layout, Metal, Planchet


@pytest.fixture
def design():
    """Builds a design; keywords replace what it shows by default."""

    def build(planchet=None, **changes):
        shown = {
            "side": Side.OBVERSE,
            "planchet": planchet or Planchet(Metal.BRASS),
            "layout": Layout.MOTIF,
            "motif": "ship",
            "legend": "REPUBLIC OF NOWHERE",
            "lower_legend": "1987",
        }
        return CoinDesign(**(shown | changes))

    return build
