"""SQLAlchemy and pandas over a home; the guide's example is run."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "pandas.md"
COINS = sa.table("coins", *(sa.column(n) for n in ("country", "type", "side", "references")))


@pytest.fixture(scope="module")
def engine(home):
    engine = sa.create_engine(f"coinvec:///{home}")
    yield engine
    engine.dispose()


def test_a_text_with_a_photo(engine, minted):
    text = sa.text("SELECT type, similarity FROM coins ORDER BY similarity(:image) DESC LIMIT 2")
    with engine.connect() as connection:
        rows = connection.execute(text, {"image": minted.photos[0].path}).all()
    assert len(rows) == 2
    assert rows[0].similarity > rows[1].similarity


def test_an_expression(engine, designs):
    alike = designs[0]["country"]
    wanted = sorted((d["type"], d["side"]) for d in designs if d["country"] == alike)
    select = (
        sa.select(COINS.c.type, COINS.c.side)
        .where(COINS.c.country.in_([alike]), COINS.c.references.is_(None))
        .order_by(COINS.c.type, COINS.c.side)
        .limit(3)
        .offset(1)
    )
    with engine.connect() as connection, connection.begin():
        assert [tuple(row) for row in connection.execute(select)] == wanted[1:4]
        counted = sa.select(COINS.c.country, sa.func.count()).group_by(COINS.c.country)
        assert dict(connection.execute(counted).all())[alike] == len(wanted)


def test_similarity_in_an_expression(engine, minted):
    photo = sa.func.similarity(sa.bindparam("image", minted.photos[0].path))
    select = sa.select(COINS.c.type, photo.label("alike")).order_by(photo.desc()).limit(2)
    with engine.connect() as connection:
        rows = connection.execute(select).all()
    assert rows[0].alike > rows[1].alike


def test_the_table_is_described(engine):
    inspector = sa.inspect(engine)
    assert inspector.get_table_names() == ["coins"]
    assert inspector.has_table("coins")
    assert not inspector.has_table("other")
    columns = {column["name"]: column for column in inspector.get_columns("coins")}
    assert isinstance(columns["value"]["type"], sa.Numeric)
    assert isinstance(columns["year_from"]["type"], sa.Integer)
    assert columns["country"]["nullable"] is False
    assert "year" not in columns
    with pytest.raises(sa.exc.NoSuchTableError):
        inspector.get_columns("other")


def test_mistakes_are_sqlalchemys_errors(engine):
    with engine.connect() as connection:
        with pytest.raises(sa.exc.ProgrammingError, match="country"):
            connection.execute(sa.text("SELECT contry FROM coins"))
        with pytest.raises(sa.exc.NotSupportedError):
            connection.execute(sa.text("DELETE FROM coins"))


def test_an_engine_shares_its_connection_and_lets_go_of_it(filled):
    engine = sa.create_engine("coinvec://")
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            assert connection.scalar(sa.text("SELECT count(*) FROM coins")) == 12
    engine.dispose()
    again = sa.create_engine(f"coinvec:///{filled}")
    with again.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM coins")) == 12
    again.dispose()


def test_the_guide_says_what_happens(filled, minted, tmp_path, monkeypatch, capsys):
    work = tmp_path / "work"
    work.mkdir()
    shutil.move(filled, work / "my-collection")
    shutil.copy(minted.photos[0].path, work / "photo.jpg")
    monkeypatch.chdir(work)
    names = {}
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), names)
    frame = names["alike"]
    assert list(frame.columns) == ["country", "denomination", "similarity"]
    assert len(frame) == 5
    assert frame["similarity"].is_monotonic_decreasing
    assert pd.api.types.is_float_dtype(frame["similarity"])
    assert names["counts"]["designs"].sum() == 12
    pd.testing.assert_frame_equal(names["plain"], frame)
    assert str(frame["country"][0]) in capsys.readouterr().out
