"""What is left of a generation to be built, what cannot be, and which one was live before."""

from datetime import UTC, datetime

import pytest

from coinvec.domain.records import Coverage, GapReason, GenerationCheck, GenerationState
from coinvec.errors import GenerationError, InvalidValueError
from tests.unit.catalogue.makers import generation, record, vectors


@pytest.fixture
def records():
    """Six images, of which all but the last have a picture."""
    kept = [record(design=f"d{n}", media_digest="ab" * 32) for n in range(5)]
    return sorted([*kept, record(design="d9")], key=lambda each: each.image.id)


@pytest.fixture
def filled(store, live, records):
    store.save(records, vectors(records), live.id)
    return store


@pytest.fixture
def second(store, live):
    return store.add_generation(generation("b"), collection="g2", state=GenerationState.BUILDING)


def kept_ids(records):
    return [each.image.id for each in records if each.image.has_media]


def test_what_is_to_be_built_comes_in_pages_by_id(filled, second, records):
    wanted = kept_ids(records)
    first = filled.images_to_build(second.id, after="", limit=3)
    rest = filled.images_to_build(second.id, after=first[-1], limit=3)
    assert first + rest == wanted
    assert filled.images_to_build(second.id, after=wanted[-1], limit=3) == []


def test_coverage_counts_every_image_once(filled, live, second, records):
    assert filled.coverage(live.id) == Coverage(6, 6, 0, 0, 0)
    assert filled.coverage(second.id) == Coverage(6, 0, 0, 1, 5)
    ids = kept_ids(records)
    made = {each: vector for each, vector in vectors(records).items() if each in ids[:2]}
    owed_to_live = filled.owed(live.id, 9)
    filled.save_vectors(made, {ids[2]: GapReason.NO_COIN}, second.id)
    assert filled.coverage(second.id) == Coverage(6, 2, 1, 1, 2)
    assert not filled.coverage(second.id).is_complete
    assert filled.images_to_build(second.id, after="", limit=9) == ids[3:]
    assert set(filled.owed(second.id, 9)) == set(ids[:2])
    assert filled.owed(live.id, 9) == owed_to_live, "nothing of it has changed"


def test_only_gaps_that_other_bytes_close_are_forgotten(filled, second, records):
    ids = kept_ids(records)
    reasons = dict(zip(ids, GapReason, strict=False))
    filled.save_vectors({}, reasons, second.id)
    assert filled.gaps(second.id) == reasons
    filled.forget_gaps(second.id)
    assert filled.gaps(second.id) == {ids[0]: GapReason.NO_COIN}


def test_a_vector_closes_a_gap_and_a_gap_can_be_noted_again(filled, second, records):
    image_id = kept_ids(records)[0]
    filled.save_vectors({}, {image_id: GapReason.MISSING}, second.id)
    filled.save_vectors({}, {image_id: GapReason.UNREADABLE}, second.id)
    assert filled.gaps(second.id) == {image_id: GapReason.UNREADABLE}
    filled.save_vectors({image_id: vectors(records)[image_id]}, {}, second.id)
    assert filled.gaps(second.id) == {}
    assert filled.coverage(second.id).embedded == 1


def test_an_image_removed_meanwhile_gets_no_vector(filled, second, records):
    gone, there = kept_ids(records)[:2]
    filled.remove_images([gone])
    made = vectors(records)
    filled.save_vectors({each: made[each] for each in (gone, there)}, {}, second.id)
    assert filled.coverage(second.id).embedded == 1
    filled.save_vectors({}, {gone: GapReason.MISSING}, second.id)
    assert filled.gaps(second.id) == {}


def test_vectors_must_fit_the_generation(filled, live, records):
    wide = filled.add_generation(
        generation("wide", dim=9), collection="g3", state=GenerationState.BUILDING
    )
    with pytest.raises(InvalidValueError, match="has 9"):
        filled.save_vectors(vectors(records[:1]), {}, wide.id)
    with pytest.raises(GenerationError, match="no generation 77"):
        filled.save_vectors({}, {}, 77)


def test_the_generation_before_the_live_one_is_the_last_that_was_live(store, live, second):
    assert store.generation_before_live() is None
    store.set_state(second.id, GenerationState.LIVE)
    assert store.generation_before_live().id == live.id
    store.set_state(live.id, GenerationState.BUILDING)  # as a rollback begins
    assert store.generation_before_live().id == live.id
    store.set_state(live.id, GenerationState.LIVE)
    assert store.generation_before_live().id == second.id
    store.drop_generation(second.id)
    assert store.generation_before_live() is None


def test_dropping_takes_vectors_and_notes_along_but_never_the_live_one(filled, live, second):
    check = GenerationCheck(
        second.id, live.id, datetime.now(UTC), "leave-one-out", 2, {1: 0.5}, {1: 1.0}
    )
    filled.note_check(check)
    assert filled.check_of(second.id) == check
    filled.drop_generation(second.id)
    assert filled.check_of(second.id) is None
    assert filled.generations() == [live]
    with pytest.raises(GenerationError, match="is live"):
        filled.drop_generation(live.id)
    assert filled.coverage(live.id).embedded == 6


def test_the_last_check_stands(store, live, second):
    def check(rate):
        moment = datetime.now(UTC)
        return GenerationCheck(second.id, live.id, moment, "q.csv", 4, {1: rate, 5: 1.0}, {1: 0.5})

    for rate in (0.25, 0.75):
        store.note_check(check(rate))
    assert store.check_of(second.id).candidate == {1: 0.75, 5: 1.0}


@pytest.mark.parametrize(
    ("candidate", "live", "worse"),
    [
        ({1: 0.5, 5: 0.9}, {1: 0.5, 5: 0.9}, False),
        ({1: 0.6, 5: 0.8}, {1: 0.5, 5: 0.9}, False),
        ({1: 0.5, 5: 0.8}, {1: 0.5, 5: 0.9}, True),
        ({5: 1.0, 1: 0.4}, {1: 0.5, 5: 0.9}, True),
    ],
)
def test_the_first_difference_tells_which_is_worse(candidate, live, worse):
    check = GenerationCheck(2, 1, datetime.now(UTC), "q.csv", 4, candidate, live)
    assert check.is_worse is worse
