import pytest

from coinvec.errors import SettingsError
from coinvec.vectors.indexes import Engine, IndexSetting, parse_index


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("FLAT", "FLAT"),
        (" flat ( ) ", "FLAT"),
        ("IVF_FLAT", "IVF_FLAT(nlist=128,nprobe=16)"),
        ("ivf_sq8(nprobe=4)", "IVF_SQ8(nlist=128,nprobe=4)"),
        ("HNSW(ef=100, M = 8)", "HNSW(M=8,efConstruction=200,ef=100)"),
    ],
)
def test_reading_and_writing(engine, text, written):
    setting = parse_index(text, engine)
    assert str(setting) == written
    assert parse_index(written, engine) == setting


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("HSNW", "'HNSW'"),
        ("BRUTE_FORCE", "FLAT, IVF_FLAT, IVF_SQ8, HNSW"),
        ("HNSW(efconstruct=10)", "'efConstruction'"),
        ("FLAT(M=1)", "There are: none"),
        ("HNSW(M)", "2 to 2,048"),
        ("HNSW(M=1)", "2 to 2,048"),
        ("HNSW(M=-3)", "2 to 2,048"),
        ("HNSW(M=1e3)", "2 to 2,048"),
        ("HNSW(M=٣)", "2 to 2,048"),
        ("HNSW M=3", "HNSW(M=16,efConstruction=200,ef=64)"),
        ("", "HNSW(M=16,efConstruction=200,ef=64)"),
    ],
)
def test_mistakes_name_what_is_right(text, hint):
    with pytest.raises(SettingsError) as caught:
        parse_index(text, Engine.LITE)
    assert hint in str(caught.value)


def test_parameters_go_where_they_count():
    setting = IndexSetting("HNSW", {"M": 8, "ef": 10})
    assert setting.build_parameters == {"M": 8, "efConstruction": 200}
    assert setting.search_parameters(5) == {"ef": 10}
    assert setting.search_parameters(50) == {"ef": 50}, "servers refuse ef below the limit"
    assert IndexSetting().build_parameters == IndexSetting().search_parameters(5) == {}
    assert IndexSetting().is_exact
    assert not setting.is_exact
