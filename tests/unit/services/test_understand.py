"""Rows against the catalogue and against each other; on a real SQLite catalogue."""

from dataclasses import replace

import numpy as np
import pytest

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.records import CoinRecord, GenerationState
from coinvec.domain.vectors import Embedding, Generation
from coinvec.errors import InvalidValueError
from coinvec.services.rows import Row
from coinvec.services.understand import Meaning, RowReader

COIN = CoinType(key="fi-1", country="Finland", denomination="1 markka", composition="silver")
DESIGN = Design("fi-1", Side.OBVERSE, "o1", YearSpan(1964, 1968))
CELLS = {
    "image": "a.jpg",
    "type": "fi-1",
    "side": "obverse",
    "country": "Finland",
    "denomination": "1 markka",
}


@pytest.fixture
def catalogue(tmp_path):
    url = f"sqlite:///{tmp_path / 'c.db'}"
    schema.upgrade(url)
    with CatalogueStore.open(url) as store:
        models = Generation(ModelRef("p", "1"), ModelRef("e", "1"), Metric.COSINE, 2)
        stored = store.add_generation(models, collection="coins_x", state=GenerationState.LIVE)
        image = CoinImage("0" * 64, DESIGN, "a.jpg", "JPEG", 1, 1)
        vector = Embedding(np.array([1, 0], dtype=np.float32))
        store.save([CoinRecord(COIN, DESIGN, image)], {image.id: vector}, stored.id)
        yield store


def read(catalogue, *rows):
    return list(RowReader(catalogue).read(rows))


def row(line, **cells):
    return Row(line, {**CELLS, **cells})


def test_what_the_catalogue_knows_completes_a_row(catalogue):
    (meaning,) = read(catalogue, row(2))
    assert meaning == Meaning(COIN, DESIGN, is_change=False)


def test_a_new_type_is_no_change(catalogue):
    (meaning,) = read(catalogue, row(2, type="fi-5", denomination="5 markkaa"))
    assert not meaning.is_change
    assert meaning.coin.composition is None


def test_another_field_or_year_is_a_change(catalogue):
    first, second = read(catalogue, row(2, composition="steel"), row(3, composition="steel"))
    assert first.coin == second.coin == replace(COIN, composition="steel")
    assert first.is_change
    assert second.is_change
    (years,) = read(catalogue, row(2, year_to="1970"))
    assert years.is_change
    assert years.design.years == YearSpan(1964, 1970)


def test_rows_must_agree_on_the_type(catalogue):
    good, bad = read(catalogue, row(2, title="A"), row(3, title="B"))
    assert isinstance(good, Meaning)
    assert isinstance(bad, InvalidValueError)
    assert "Line 2" in str(bad)
    assert "title 'A'" in str(bad)


def test_rows_must_agree_on_the_years_of_a_design_only(catalogue):
    rows = row(2, year_to="1970"), row(3, year_to="1971"), row(4, design="o2", year_to="1971")
    first, second, third = read(catalogue, *rows)
    assert isinstance(second, InvalidValueError)
    assert isinstance(first, Meaning)
    assert isinstance(third, Meaning)


def test_a_bad_row_does_not_spoil_the_others(catalogue):
    bad, good = read(catalogue, row(2, side="edge"), row(3))
    assert isinstance(bad, InvalidValueError)
    assert isinstance(good, Meaning)


def test_a_changed_type_stays_changed_after_it_was_written(catalogue):
    reader = RowReader(catalogue)
    (first,) = reader.read([row(2, composition="steel")])
    catalogue.update_type(first.coin)
    (second,) = reader.read([row(70, composition="steel")])
    assert second.is_change
