import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coinvec.errors import SettingsError
from coinvec.http.options import ServeOptions

texts = st.text("abc.:/", max_size=20)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.builds(
        ServeOptions,
        threads=st.integers(0, 99),
        queue=st.integers(0, 99),
        timeout=st.floats(0, 1e6),
        rate=st.integers(0, 10**6),
        require_key=st.booleans(),
        cors_origins=texts,
    )
)
def test_what_is_written_to_the_environment_is_read_from_it(options):
    assert ServeOptions.from_environment(options.to_environment()) == options


@pytest.mark.parametrize(
    ("name", "text"),
    [("THREADS", "two"), ("TIMEOUT", "soon"), ("REQUIRE_KEY", "perhaps"), ("RATE", "-1")],
)
def test_unusable_values_are_told_by_name(name, text):
    with pytest.raises(SettingsError, match=f"COINVEC_HTTP_{name}"):
        ServeOptions.from_environment({f"COINVEC_HTTP_{name}": text})


def test_origins_stand_between_commas():
    assert ServeOptions(cors_origins=" https://a.example, ").origins == ["https://a.example"]
    assert ServeOptions().origins == []
