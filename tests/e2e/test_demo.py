"""The demo does what it prints."""

from tests.tables import table


def test_demo(coinvec, tmp_path, monkeypatch):
    monkeypatch.setenv("COINVEC_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    outcome = coinvec("demo", "--directory", tmp_path / "demo")
    assert outcome.status == 0, outcome.err
    rows = table(tmp_path / "demo" / "catalogue" / "manifest.csv")
    assert len({(row["type"], row["side"], row["design"]) for row in rows}) >= 60
    assert len({row["country"] for row in rows}) == 10
    assert f"{len(rows)} photos added" in outcome.out
    assert len(list((tmp_path / "demo" / "photos").glob("*.jpg"))) == 12
    assert "coinvec add --obverse" in outcome.out
    listed = coinvec("--home", tmp_path / "demo" / "home", "config", "show")
    assert listed.status == 0
