"""The map of the embedding space: neighbours stay together, and pictures keep apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import CoinImage
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import Embedding
from coinvec.errors import InputError
from coinvec.services.embedding_map import make_map, picture_order, spread
from coinvec.services.home import Home
from coinvec.settings import Settings

GROUPS, EACH = 4, 12


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four tight groups of vectors, each of one country; the ids know nothing of the groups."""
    path = tmp_path_factory.mktemp("map") / "home"
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(GROUPS, 64))
    records, embeddings = [], {}
    for number in range(GROUPS * EACH):
        group = number % GROUPS
        coin = CoinType(f"t{group}", f"Country {group}", "1 coin")
        design = Design(coin.key, Side.OBVERSE, "o1")
        image = CoinImage(f"{number:064x}", design, "a.png", "PNG", 9, 9)
        vector = centres[group] + rng.normal(scale=0.1, size=64)
        embeddings[image.id] = Embedding((vector / np.linalg.norm(vector)).astype(np.float32))
        records.append(CoinRecord(coin, design, image))
    with Home.create(Settings.load(home=path, environ={})) as opened:
        opened.catalogue.save(records, embeddings, opened.live.id)
        yield opened


def test_neighbours_stay_together(home):
    laid = make_map(home, None, 1_000)
    assert (len(laid.records), laid.total) == (GROUPS * EACH, GROUPS * EACH)
    groups = np.array([record.coin.country for record in laid.records])
    gaps = np.linalg.norm(laid.positions[:, None] - laid.positions[None], axis=2)
    np.fill_diagonal(gaps, np.inf)
    assert (groups[gaps.argmin(axis=1)] == groups).all()


def test_it_fills_the_unit_square_in_one_direction(home):
    positions = make_map(home, None, 1_000).positions
    low, high = positions.min(axis=0), positions.max(axis=0)
    assert (high - low).max() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose((low + high) / 2, 0.5, atol=1e-5)


def test_it_is_the_same_every_time(home):
    np.testing.assert_array_equal(
        make_map(home, None, 1_000).positions, make_map(home, None, 1_000).positions
    )


def test_of_too_many_images_a_sample_is_drawn(home):
    laid = make_map(home, None, 10)
    assert (len(laid.records), laid.total) == (10, GROUPS * EACH)
    assert laid.positions.shape == (10, 2)


def test_too_few_images_make_no_map(home):
    with pytest.raises(InputError, match="needs 5 images, and there are 4"):
        make_map(home, None, 4)


points = arrays(
    np.float32, st.tuples(st.integers(0, 40), st.just(2)), elements=st.floats(0, 1, width=32)
)


@settings(deadline=None)
@example(np.array([[0.39584908, 0], [0, 0]], np.float32), 0.3958490917065633, 2)
@given(points, st.floats(0.05, 0.5), st.integers(0, 50))
def test_chosen_points_keep_apart_and_leave_no_room(positions, distance, most):
    chosen = spread(positions, range(len(positions)), distance, most)
    gaps = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    among = gaps[np.ix_(chosen, chosen)] + np.eye(len(chosen))
    assert (among >= np.float32(distance)).all()  # positions are no finer
    assert len(chosen) <= most
    if len(chosen) < most:
        for left in set(range(len(positions))) - set(chosen):
            assert (gaps[left, chosen] < distance).any()


@settings(deadline=None)
@given(points, st.floats(0.05, 0.5), st.integers(0, 50))
def test_coming_nearer_only_adds(positions, distance, most):
    order = range(len(positions))
    far, near = (spread(positions, order, distance, most, halve=each) for each in (False, True))
    assert near[: len(far)] == far
    assert len(near) == len(set(near)) <= most
    if len(near) < most:
        gaps = np.linalg.norm(positions[:, None] - positions[None], axis=2)
        for left in set(order) - set(near):
            assert gaps[left, near].min() < 1e-3


def test_each_design_gets_its_first_picture_before_any_gets_two(home):
    records = [
        CoinRecord(each.coin, each.design, _with_picture(each.image, number % 5 > 0))
        for number, each in enumerate(
            home.catalogue.records(home.catalogue.image_ids(None)).values()
        )
    ]
    order = picture_order(records)
    assert sorted(order) == [place for place, each in enumerate(records) if each.image.has_media]
    assert {records[place].design.id for place in order[:GROUPS]} == {
        f"t{group}/obverse/o1" for group in range(GROUPS)
    }


def _with_picture(image, has_one):
    return replace(image, media_digest=image.id if has_one else None)
