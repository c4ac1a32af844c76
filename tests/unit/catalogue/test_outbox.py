"""The outbox and the generations it serves."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coinvec.catalogue.tables import GenerationRow
from coinvec.domain.coins import CoinType
from coinvec.domain.records import GenerationState
from coinvec.errors import GenerationError
from tests.unit.catalogue.makers import generation, record, vectors


@pytest.fixture
def stored(store, live):
    records = [record(f"t{number}") for number in range(5)]
    for each in records:
        store.save([each], vectors([each]), live.id)
    return [each.image.id for each in records]


def rename(store, key):
    store.update_type(CoinType(key, "Prussia", "1 Thaler", title=f"{key} renamed"))


def test_the_longest_owed_come_first_and_settled_ones_no_more(store, live, stored):
    owed = store.owed(live.id, 2)
    assert list(owed) == stored[:2]
    store.settle(live.id, owed)
    assert list(store.owed(live.id, 10)) == stored[2:]


def test_an_image_is_owed_once_however_often_it_changes(store, live, stored):
    rename(store, "t0")
    assert list(store.owed(live.id, 10)) == [*stored[1:], stored[0]]


def test_work_that_came_in_while_settling_stays_owed(store, live, stored):
    taken = store.owed(live.id, 10)
    rename(store, "t3")
    store.settle(live.id, taken)
    assert list(store.owed(live.id, 10)) == [stored[3]]


def test_entry_numbers_are_never_used_twice(store, live, stored):
    taken = store.owed(live.id, 10)
    store.settle(live.id, taken)
    rename(store, "t3")
    [number] = store.owed(live.id, 10).values()
    assert number > max(taken.values())


def test_the_removal_of_an_image_that_came_back_elsewhere_stays_owed(store, live, stored):
    """Its old collection must still hear of the removal, though only the new one has it now."""
    other = store.add_generation(
        generation("other"), collection="g2", state=GenerationState.BUILDING
    )
    store.settle(live.id, store.owed(live.id, 10))
    store.remove_images([stored[0]])
    again = record("t0", id=stored[0])
    store.save([again], vectors([again]), other.id)
    assert list(store.owed(live.id, 10)) == list(store.owed(other.id, 10)) == [stored[0]]
    assert store.vector_records(live.id, [stored[0]]) == {}
    assert list(store.vector_records(other.id, [stored[0]])) == [stored[0]]


def test_settling_one_generation_leaves_the_others(store, live, stored):
    other = store.add_generation(
        generation("other"), collection="g2", state=GenerationState.BUILDING
    )
    store.settle(other.id, store.owed(live.id, 10))
    assert len(store.owed(live.id, 10)) == 5


def test_owing_everything_owes_what_has_a_vector(store, live, stored):
    store.settle(live.id, store.owed(live.id, 10))
    store.save([record("bare")], {}, live.id)
    store.owe_all(live.id)
    store.owe_all(live.id)
    assert sorted(store.owed(live.id, 10)) == sorted(stored)


def test_generations_come_back_as_they_were_added(store, live):
    before = datetime.now(UTC)
    building = store.add_generation(
        generation("other"), collection="g2", state=GenerationState.BUILDING
    )
    assert store.generations() == [live, building]
    assert building.generation == generation("other")
    assert building.collection == "g2"
    assert before <= building.created_at <= datetime.now(UTC)
    assert store.generations()[1].created_at.tzinfo is UTC


def test_a_new_live_generation_retires_the_old_one(store, live):
    second = store.add_generation(generation("b"), collection="g2", state=GenerationState.LIVE)
    assert store.live_generation() == second
    store.set_state(live.id, GenerationState.LIVE)
    assert [each.state.value for each in store.generations()] == ["live", "retired"]
    for state in (GenerationState.RETIRED, GenerationState.BUILDING):
        with pytest.raises(GenerationError, match="is live"):
            store.set_state(live.id, state)
    assert store.live_generation().id == live.id


def test_two_live_generations_are_refused_by_the_database_itself(store, live):
    second = store.add_generation(generation("b"), collection="g2", state=GenerationState.BUILDING)
    with Session(store._engine) as session, pytest.raises(IntegrityError):
        session.execute(
            update(GenerationRow).where(GenerationRow.id == second.id).values(state="live")
        )


@pytest.mark.parametrize(("encoder", "collection"), [("polar", "g2"), ("other", "g1")])
def test_the_same_models_or_collection_are_refused(store, live, encoder, collection):
    with pytest.raises(GenerationError, match="already"):
        store.add_generation(
            generation(encoder), collection=collection, state=GenerationState.BUILDING
        )


def test_a_generation_that_does_not_exist_has_no_state(store):
    with pytest.raises(GenerationError, match="no generation 7"):
        store.set_state(7, GenerationState.LIVE)
