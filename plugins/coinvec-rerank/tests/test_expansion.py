import numpy as np
import pytest
from coins import candidate, minted, struck
from coinvec_rerank.expansion import ExpansionRanker, expanded
from coinvec_rerank.weights import Expansion
from hypothesis import given
from hypothesis import strategies as st

from coinvec.domain.vectors import DesignImages
from coinvec.plugin.protocols import RankingRequest


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def request_for(queries, galleries):
    crops = [struck(minted(1)[0])] * len(queries)
    images = {design: DesignImages([design], rows) for design, rows in galleries.items()}
    return RankingRequest(crops, lambda _: None, queries, lambda _: images)


def test_a_query_is_moved_by_its_nearest_neighbours_alone():
    query = unit([[1.0, 0.2, 0.0]])
    gallery = unit([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    near, far = (float(query[0] @ gallery[at]) for at in (0, 2))
    wanted = unit(query[0] + near**3 * gallery[0] + far**3 * gallery[2])
    moved = expanded(query, gallery, Expansion(neighbours=2, power=3.0, weight=1.0))
    np.testing.assert_allclose(moved[0], wanted, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_expanded_queries_stay_on_the_sphere(seed, neighbours):
    chance = np.random.default_rng(seed)
    queries, gallery = unit(chance.normal(size=(2, 8))), unit(chance.normal(size=(5, 8)))
    moved = expanded(queries, gallery, Expansion(neighbours, 3.0, 0.5))
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), 1.0, atol=1e-5)
    assert moved.dtype == np.float32


def test_a_design_that_looks_alike_as_a_whole_overtakes_a_chance_neighbour():
    query = unit([[1.0, 0.0, 0.0]])
    galleries = {
        "chance/obverse/o1": unit([[0.90, 0.0, -0.44]]),
        "right/obverse/o1": unit([[0.89, 0.44, 0.0], [0.88, 0.46, 0.05], [0.87, 0.45, 0.1]]),
    }
    both = [candidate("chance", 0.90), candidate("right", 0.89)]
    ranked = ExpansionRanker(Expansion(4, 3.0, 1.0)).rank(request_for(query, galleries), both)
    assert [each.type for each in ranked] == ["right", "chance"]


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_candidates_without_embeddings_keep_their_places(weight):
    query = unit([[1.0, 0.0]])
    galleries = {f"{name}/obverse/o1": unit([[x, 0.3]]) for name, x in (("a", 0.2), ("c", 1.0))}
    three = [candidate("a", 0.9), candidate("b", 0.8), candidate("c", 0.7)]
    ranked = ExpansionRanker(Expansion(2, 3.0, weight)).rank(request_for(query, galleries), three)
    assert ranked[1].type == "b"
    assert [each.type for each in ranked] == (["a", "b", "c"] if weight == 0 else ["c", "b", "a"])
