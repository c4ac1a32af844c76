import difflib
from collections import Counter
from decimal import Decimal
from itertools import combinations, product

import cv2
import numpy as np
import pytest

from coinvec.domain.coins import Side
from coinvec.errors import InvalidValueError
from coinvec.testing import minting
from coinvec.testing.minting import mint_catalogue
from coinvec.testing.motifs import PORTRAIT
from coinvec.testing.planchet import polar_grid
from coinvec.testing.portraits import portrait_style
from coinvec.testing.relief import strike

_NAMES = """
afghanistan albania algeria andorra angola antigua argentina armenia aruba australia austria
azerbaijan bahamas bahrain bangladesh barbados bavaria belarus belgium belize benin bermuda bhutan
biafra bohemia bolivia bosnia botswana brazil brunei bulgaria burkina burma burundi cambodia
cameroon canada ceylon chad chile china colombia comoros congo croatia cuba curacao cyprus czechia
dahomey dalmatia danzig denmark djibouti dominica ecuador egypt eritrea estonia eswatini ethiopia
fiji finland france gabon galicia gambia georgia germany ghana gibraltar greece greenland grenada
guatemala guernsey guinea guyana haiti hannover honduras hungary iceland india indonesia iran iraq
ireland israel italy jamaica japan jersey jordan katanga kazakhstan kenya kiribati korea kosovo
kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya liechtenstein lithuania lombardy
luxembourg macao macedonia madagascar malawi malaysia maldives mali malta mauritania mauritius
mexico micronesia moldavia moldova monaco mongolia montenegro moravia morocco mozambique myanmar
namibia nassau nauru nepal netherlands nicaragua niger nigeria norway oman pakistan palau
palestine panama paraguay parma peru philippines poland pomerania portugal prussia qatar rhodesia
romania russia rwanda samoa sardinia sarmatia savoy saxony scotland senegal serbia seychelles siam
sicily silesia singapore slovakia slovenia somalia spain sudan suriname sweden switzerland syria
taiwan tajikistan tanzania thailand tibet togo tonga transylvania tunisia turkey turkmenistan
tuscany tuvalu uganda ukraine uruguay uzbekistan vanuatu vatican venezuela venice vietnam
wallachia westphalia wurttemberg yemen yugoslavia zaire zambia zanzibar zimbabwe
"""
REAL_COUNTRIES = _NAMES.split()


@pytest.fixture(scope="module")
def catalogue():
    return mint_catalogue(3)


def test_the_demonstration_has_sixty_designs_of_ten_issuers(catalogue):
    designs = {minted.design(side).id for minted in catalogue for side in Side}
    assert len(designs) == 64
    shares = Counter(minted.coin.country for minted in catalogue)
    assert len(shares) == 10
    assert max(shares.values()) - min(shares.values()) <= 1


def test_the_same_seed_mints_the_same_and_another_one_does_not(catalogue):
    assert mint_catalogue(3) == catalogue
    assert mint_catalogue(4) != catalogue


def test_entries_agree_with_what_the_coins_show(catalogue):
    for minted in catalogue:
        coin, planchet = minted.coin, minted.reverse.planchet
        figures, unit = coin.denomination.split(" ")
        assert minted.obverse.planchet == planchet
        assert (minted.reverse.numeral, minted.reverse.unit) == (figures, unit.upper())
        assert coin.value == Decimal(figures) / (1 if unit == coin.currency else 100)
        assert coin.country.upper() in minted.obverse.legend
        assert minted.obverse.lower_legend == str(minted.years.first)
        assert coin.composition == planchet.composition
        assert 14 < coin.diameter_mm < 33
        assert 0.5 < coin.weight_g < 30


def test_larger_denominations_of_an_issuer_are_worth_more(catalogue):
    values = {}
    for minted in catalogue:
        values.setdefault(minted.coin.country, []).append(minted.coin.value)
    assert all(list(v) == sorted(set(v)) for v in values.values())


def test_no_two_designs_look_the_same(catalogue):
    """Even ignoring metal and outline, every two reliefs differ in their details."""
    field = polar_grid(128).distance < 0.85
    details = []
    for minted in catalogue:
        for side in Side:
            relief = strike(minted.side(side), 128)
            fine = cv2.GaussianBlur(relief, (0, 0), 1) - cv2.GaussianBlur(relief, (0, 0), 6)
            details.append(fine[field] / np.linalg.norm(fine[field]))
    likeness = [float(one @ other) for one, other in combinations(details, 2)]
    assert max(likeness) < 0.85


def test_portraits_of_one_catalogue_are_of_different_people(catalogue):
    portraits = [m.obverse for m in catalogue if m.obverse.motif == PORTRAIT]
    styles = {portrait_style(np.random.default_rng(p.motif_seed)) for p in portraits}
    assert len(styles) == len(portraits) >= 8


def test_large_catalogues_still_have_distinct_designs():
    many = mint_catalogue(1, n_types=400, n_issuers=20)
    designs = [minted.side(side) for minted in many for side in Side]
    assert len(set(designs)) == 800
    assert len({minted.coin.key for minted in many}) == 400


def test_no_issuer_bears_a_real_name_or_nearly():
    for root, ending in product(minting._ROOTS, minting._ENDINGS):
        name = (root + ending).lower()
        assert not [real for real in REAL_COUNTRIES if real in name or name in real]
        assert not difflib.get_close_matches(name, REAL_COUNTRIES, n=1, cutoff=0.85)


@pytest.mark.parametrize(("n_types", "n_issuers"), [(3, 4), (30, 0), (100, 21)])
def test_impossible_shares_are_refused(n_types, n_issuers):
    with pytest.raises(InvalidValueError, match="cannot be spread"):
        mint_catalogue(n_types=n_types, n_issuers=n_issuers)
