"""Numbers and details of foreign files, for any text whatever."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from coinvec.domain.coins import TEXT_MAX_LENGTH, CoinType
from coinvec.importers.details import joined, number


@settings(deadline=None)
@given(st.one_of(st.text(max_size=20), st.floats().map(repr), st.decimals().map(str)))
def test_a_number_is_one_that_a_coin_can_have(text):
    for zero in (False, True):
        found = number(text, zero=zero)
        if found is not None and Decimal(found) < 10**6:
            value = Decimal(found)
            assert abs(value - Decimal(text)) <= Decimal("0.0000005")
            CoinType("t", "c", "d", value=value, weight_g=None if zero else float(value))


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["note", "grade"]),
            st.text(st.characters(exclude_characters=";"), min_size=1, max_size=TEXT_MAX_LENGTH),
        )
    )
)
def test_joined_details_lose_nothing(details):
    found = joined(details)
    assert all(1 <= len(text) <= TEXT_MAX_LENGTH for text in found.values())
    for name in ("note", "grade"):
        parts = [text for key, text in found.items() if key.split("_")[0] == name]
        said = [each[name] for each in details if name in each]
        assert "".join(parts) == "; ".join(dict.fromkeys(said))
