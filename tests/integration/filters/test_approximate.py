"""With an approximate index: exact where few images match, and never short."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coinvec.domain.choices import GroupBy
from coinvec.domain.results import Query
from coinvec.query import planner
from coinvec.query.planner import Access
from tests.integration.filters.conftest import LITE, MILVUS, SQLITE
from tests.integration.filters.gallery import KEYS, TOLERANCE, Gallery
from tests.integration.filters.test_retrieval import directions
from tests.strategies import matches, predicates

EXAMPLES = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
questions = st.builds(Query, st.none() | predicates(), st.integers(1, 15), st.sampled_from(GroupBy))


@pytest.fixture(
    scope="module",
    params=[(LITE, "HNSW(M=2,efConstruction=8,ef=1)"), (MILVUS, "IVF_FLAT(nlist=64,nprobe=1)")],
    ids=" ".join,
)
def approximate(request, empty_stores):
    engine, index = request.param
    made = Gallery(*empty_stores(engine, SQLITE), index=index)
    yield made
    made.close()


def expected(gallery, query, vector):
    kept = [record for record in gallery.records if matches(query.where, record)]
    return gallery.best(vector, kept, query.group_by)


@EXAMPLES
@given(query=questions, vector=directions)
def test_few_images_are_looked_at_one_by_one(approximate, query, vector):
    plan, finding = approximate.find(query, vector)
    assert plan.access is Access.SCAN
    assert [group.best.image_id for group in finding.groups] == [
        image for _, image in expected(approximate, query, vector)[: query.k]
    ]


@EXAMPLES
@given(query=questions, vector=directions)
def test_many_images_are_searched_for_and_no_group_is_missing(
    approximate, monkeypatch, query, vector
):
    monkeypatch.setattr(planner, "SCAN_LIMIT", -1)
    plan, finding = approximate.find(query, vector)
    right = expected(approximate, query, vector)
    assert plan.access is Access.INDEX
    assert plan.total_matching == len(right)
    assert len(finding.groups) == min(query.k, len(right))
    records = {record.image.id: record for record in approximate.records}
    found = [records[group.best.image_id] for group in finding.groups]
    assert all(matches(query.where, record) for record in found)
    assert len({KEYS[query.group_by](record) for record in found}) == len(found)
    assert [group.similarity for group in finding.groups] == pytest.approx(
        [approximate.similarity(record, vector) for record in found], abs=TOLERANCE
    )
