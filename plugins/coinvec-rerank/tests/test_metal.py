import numpy as np
import pytest
from coins import candidate, crop_of
from coinvec_rerank.metal import Colour, MetalRanker, metal_colour, metal_odds
from coinvec_rerank.weights import Prior

from coinvec.plugin.protocols import RankingRequest


def coin(red, green, blue):
    return crop_of(np.full((256, 256, 3), (red, green, blue), np.uint8))


COPPER, BRASS, NICKEL = coin(165, 105, 75), coin(175, 150, 90), coin(150, 150, 148)


@pytest.mark.parametrize(
    ("crop", "colour"),
    [(COPPER, Colour.RED), (BRASS, Colour.YELLOW), (NICKEL, Colour.WHITE)],
)
def test_the_colour_of_the_coin_is_the_likeliest(crop, colour):
    odds = dict(zip(Colour, metal_odds(crop), strict=True))
    assert max(odds, key=odds.get) is colour
    assert sum(odds.values()) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("composition", "colour"),
    [
        ("Copper", Colour.RED),
        ("Bronze", Colour.RED),
        ("Copper-nickel", Colour.WHITE),
        ("Aluminium-bronze", Colour.YELLOW),
        ("Nickel brass", Colour.YELLOW),
        ("Silver (.925)", Colour.WHITE),
        ("Bimetallic: brass centre in a nickel ring", None),
        ("Copper plated steel", None),
        ("Porcelain", None),
        (None, None),
    ],
)
def test_compositions_have_colours(composition, colour):
    assert metal_colour(composition) is colour


def test_contradicted_candidates_fall_and_unknown_ones_lose_nothing():
    given = [
        candidate("white", 0.80, composition="Nickel"),
        candidate("unknown", 0.79),
        candidate("red", 0.78, composition="Bronze"),
    ]
    ranked = MetalRanker(Prior(weight=0.05)).rank(RankingRequest([COPPER], lambda _: None), given)
    assert [each.type for each in ranked] == ["unknown", "red", "white"]
