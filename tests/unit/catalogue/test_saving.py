"""What `save` and the edits store, and what they owe to the vector store."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from sqlalchemy.orm import Session

from coinvec.catalogue.tables import CurrencyRow, DenominationRow, IssuerRow
from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import CoinType, Side
from coinvec.domain.columns import REFERENCE_SEPARATOR, stored_columns
from coinvec.domain.predicates import ColumnRef, Comparison, Op
from coinvec.domain.records import CoinRecord, GenerationState
from coinvec.errors import GenerationError, InvalidValueError, NotInCatalogueError
from tests.strategies import catalogues, sample_catalogue
from tests.unit.catalogue.makers import generation, record, vectors


def everything(store):
    return store.records(store.image_ids(None))


def settle_all(store, generation_id):
    owed = store.owed(generation_id, 10**6)
    store.settle(generation_id, owed)
    return set(owed)


def names(store, table):
    with Session(store._engine) as session:
        return sorted(session.scalars(select(table.name)))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=catalogues())
def test_what_is_saved_comes_back_whatever_was_there_before(store, live, records):
    store.save(records, vectors(records), live.id)
    ids = [each.image.id for each in records]
    assert store.records(ids) == {each.image.id: each for each in records}
    assert store.images(ids) == {each.image.id: each.image for each in records}
    designs = {each.design.id: each.design for each in records}
    assert store.designs(list(designs)) == designs
    coins = {each.coin.key: each.coin for each in records}
    assert store.coin_types(list(coins)) == coins
    for key in coins:
        own = [each for each in records if each.coin.key == key]
        shown = [each for each in store.type_records(key) if each.image.id in ids]
        order = sorted(own, key=lambda each: (each.design.id, each.image.id))
        assert shown == order


def test_more_records_than_one_statement_takes_come_back(store, live):
    records = sample_catalogue(seed=1, n_types=420)
    assert len(records) > 1000
    store.save(records, vectors(records), live.id)
    assert everything(store) == {each.image.id: each for each in records}
    assert store.embedding_count(live.id) == store.count(None, GroupBy.IMAGE) == len(records)
    assert len(store.vector_records(live.id, store.image_ids(None))) == len(records)


def test_keys_that_do_not_exist_are_left_out(store, live):
    stored = record()
    store.save([stored], {}, live.id)
    assert store.coin_types(["thaler", "ducat"]) == {"thaler": stored.coin}
    assert store.designs(["thaler/obverse/o1", "thaler/reverse/o1", "thaler", ""]) == {
        "thaler/obverse/o1": stored.design
    }
    assert store.images(["0" * 64]) == store.records(["0" * 64]) == {}
    assert store.type_records("ducat") == []


def test_vector_records_hold_the_vector_and_every_stored_column(store, live):
    coin = CoinType(
        key="thaler",
        country="Prussia",
        denomination="1 Thaler",
        currency="Thaler",
        value=Decimal("1.500"),
        composition="Silver",
        diameter_mm=34.0,
        weight_g=22.27,
        shape="round",
        numista_id="N# 1",
        references=("KM# 409", "Dav. 767", "Olding"),
    )
    stored = record(coin=coin, years=(1750, None))
    embeddings = vectors([stored])
    store.save([stored], embeddings, live.id)
    [found] = store.vector_records(live.id, [stored.image.id, "0" * 64]).values()
    assert found.image_id == stored.image.id
    assert found.vector.dtype == np.float32
    np.testing.assert_array_equal(found.vector, embeddings[stored.image.id].vector)
    assert found.columns == {
        "country": "Prussia",
        "currency": "Thaler",
        "denomination": "1 Thaler",
        "value": Decimal("1.5"),
        "side": "obverse",
        "type": "thaler",
        "design": "o1",
        "title": "Prussia, 1 Thaler",
        "year_from": 1750,
        "year_to": None,
        "composition": "Silver",
        "diameter_mm": 34.0,
        "weight_g": 22.27,
        "shape": "round",
        "numista_id": "N# 1",
        "references": REFERENCE_SEPARATOR.join(("KM# 409", "Dav. 767", "Olding")),
    }
    assert set(found.columns) == {column.name for column in stored_columns()}


def test_saving_the_same_again_changes_and_owes_nothing(store, live):
    records = sample_catalogue(seed=5, n_types=4)
    store.save(records, vectors(records), live.id)
    assert settle_all(store, live.id) == {each.image.id for each in records}
    store.save(records, vectors(records), live.id)
    store.save(records, {}, live.id)
    assert store.owed(live.id, 10) == {}
    assert everything(store) == {each.image.id: each for each in records}


@pytest.fixture
def two_types(store, live):
    """Three images of one type, on two designs, and one of another; nothing owed."""
    records = [
        record("thaler", Side.OBVERSE),
        record("thaler", Side.OBVERSE),
        record("thaler", Side.REVERSE),
        record("ducat"),
    ]
    store.save(records, vectors(records), live.id)
    settle_all(store, live.id)
    return records


def changed_coin(records, **fields):
    coin = replace(records[0].coin, **fields)
    return [
        CoinRecord(coin, each.design, each.image) for each in records if each.coin.key == coin.key
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"country": "Saxony"},
        {"value": Decimal(3)},
        {"currency": "Mark"},
        {"references": ("KM# 1", "KM# 2")},
        {"weight_g": 5.5},
        {"title": "A thaler"},
    ],
    ids=lambda fields: next(iter(fields)),
)
@pytest.mark.parametrize("how", ["save", "update_type"])
def test_another_field_of_a_type_owes_all_its_images(store, live, two_types, fields, how):
    new = changed_coin(two_types, **fields)
    if how == "save":
        store.save(new[:1], {}, live.id)  # one of its images is enough to say it
    else:
        store.update_type(new[0].coin)
    assert settle_all(store, live.id) == {each.image.id for each in new}
    assert everything(store) == {each.image.id: each for each in (*new, two_types[-1])}


def test_references_that_join_to_the_same_text_are_told_apart(store, live, two_types):
    store.update_type(changed_coin(two_types, references=("a; b",))[0].coin)
    store.update_type(changed_coin(two_types, references=("a", "b"))[0].coin)
    assert store.coin_types(["thaler"])["thaler"].references == ("a", "b")


def test_other_years_of_a_design_owe_the_images_of_the_design(store, live, two_types):
    first, second, *_ = two_types
    new = record("thaler", years=(1750, 1786), id=first.image.id)
    store.save([new], {}, live.id)
    assert settle_all(store, live.id) == {first.image.id, second.image.id}
    assert store.designs(["thaler/obverse/o1"]) == {"thaler/obverse/o1": new.design}


def test_another_description_is_stored_and_owes_nothing(store, live, two_types):
    old = two_types[0]
    new = record("thaler", id=old.image.id, description="worn", attributes={"look": "l1"})
    store.save([new], {}, live.id)
    assert store.images([old.image.id]) == {old.image.id: new.image}
    assert store.owed(live.id, 10) == {}


def test_another_vector_owes_its_image_alone(store, live, two_types):
    other = vectors(two_types, seed=1)[two_types[0].image.id]
    store.save(two_types, {two_types[0].image.id: other}, live.id)
    assert settle_all(store, live.id) == {two_types[0].image.id}
    [found] = store.vector_records(live.id, [two_types[0].image.id]).values()
    np.testing.assert_array_equal(found.vector, other.vector)


def test_names_that_no_type_uses_any_longer_are_forgotten(store, live, two_types):
    store.update_type(changed_coin(two_types, currency="Mark")[0].coin)
    store.update_type(changed_coin(two_types, country="Saxony", currency="Taler")[0].coin)
    assert names(store, IssuerRow) == ["Prussia", "Saxony"]
    assert names(store, CurrencyRow) == ["Taler"]
    assert names(store, DenominationRow) == ["1 Thaler"]


def test_changes_are_owed_to_every_generation_with_the_vector(store, live, two_types):
    states = {
        state: store.add_generation(generation(state.value), collection=state.value, state=state)
        for state in (GenerationState.BUILDING, GenerationState.RETIRED)
    }
    for each in states.values():
        store.save(two_types[:1], vectors(two_types[:1]), each.id)
    building, retired = (each.id for each in states.values())
    assert settle_all(store, building) == {two_types[0].image.id}
    assert settle_all(store, retired) == {two_types[0].image.id}
    store.update_type(changed_coin(two_types, title="Renamed")[0].coin)
    assert settle_all(store, live.id) == {each.image.id for each in two_types[:3]}
    assert settle_all(store, building) == {two_types[0].image.id}
    assert settle_all(store, retired) == {two_types[0].image.id}


def test_an_image_stays_under_its_design(store, live, two_types):
    with pytest.raises(InvalidValueError, match="another design") as refused:
        store.save([record("ducat", id=two_types[0].image.id)], {}, live.id)
    assert f"coinvec remove --image {two_types[0].image.id}" in refused.value.hint
    assert everything(store) == {each.image.id: each for each in two_types}


def test_a_refused_batch_leaves_nothing_behind(store, live):
    good, bad = record("a"), record("b")
    with pytest.raises(InvalidValueError):
        store.save([good, bad, record("c", id=bad.image.id)], {}, live.id)
    wrong = {good.image.id: vectors([good])[good.image.id]}
    with pytest.raises(GenerationError, match="no generation 99"):
        store.save([good], wrong, 99)
    assert store.count(None, GroupBy.TYPE) == 0
    assert names(store, IssuerRow) == []


def test_records_that_disagree_are_refused(store, live):
    one = record("thaler", years=(1750, 1750))
    other = record("thaler", years=(1751, 1751))
    with pytest.raises(InvalidValueError, match="two ways"):
        store.save([one, other], {}, live.id)


def test_vectors_must_fit_the_generation_and_belong_to_a_record(store, live):
    stored = record()
    wide = store.add_generation(
        generation(dim=16), collection="wide", state=GenerationState.BUILDING
    )
    with pytest.raises(InvalidValueError, match="8 components"):
        store.save([stored], vectors([stored]), wide.id)
    with pytest.raises(InvalidValueError, match="without a record"):
        store.save([stored], vectors([record()]), live.id)


def test_removing_images_removes_what_is_left_without_any(store, live, two_types):
    first, second, third, ducat = two_types
    assert store.remove_images([first.image.id, "0" * 64]) == 1
    assert store.count(None, GroupBy.DESIGN) == 3
    assert store.remove_images([second.image.id]) == 1
    assert store.design_ids(None) == [ducat.design.id, third.design.id]
    assert store.remove_images([third.image.id, ducat.image.id]) == 2
    for group in GroupBy:
        assert store.count(None, group) == 0
    assert names(store, IssuerRow) == names(store, DenominationRow) == []
    assert store.embedding_count(live.id) == 0


def test_a_removed_type_is_gone_and_its_images_are_owed(store, live, two_types):
    assert store.remove_type("thaler") == 3
    assert everything(store) == {two_types[-1].image.id: two_types[-1]}
    owed = settle_all(store, live.id)
    assert owed == {each.image.id for each in two_types[:3]}
    assert store.vector_records(live.id, list(owed)) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.remove_type("kreuzer"),
        lambda store: store.update_type(CoinType("kreuzer", "Austria", "1 Kreuzer")),
    ],
)
def test_a_type_that_does_not_exist_cannot_be_changed(store, change):
    with pytest.raises(NotInCatalogueError, match="kreuzer"):
        change(store)


def test_face_values_are_exact_and_sorted_by_value(store, live):
    values = [Decimal(text) for text in ("0.000001", "0.1", "9", "10", "999999999999.999999")]
    records = [
        record(coin=CoinType(f"t{place}", "A", "1", value=value))
        for place, value in enumerate(values)
    ]
    store.save(records, {}, live.id)
    for place, value in enumerate(values):
        assert store.coin_types([f"t{place}"])[f"t{place}"].value == value
        below = Comparison(ColumnRef("value"), Op.LT, value)
        assert store.count(below, GroupBy.TYPE) == place
