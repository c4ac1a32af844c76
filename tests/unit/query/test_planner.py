"""What the planner chooses, and why."""

import pytest

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.columns import Level
from coinvec.domain.predicates import like_matches
from coinvec.domain.results import Query
from coinvec.errors import ExpressionError
from coinvec.query import planner, values
from coinvec.query.language import parse_filter
from coinvec.query.planner import Access, DecidedBy, make_plan
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.indexes import Engine, parse_index
from tests.strategies import matching_groups, sample_catalogue

RECORDS = sample_catalogue(seed=3, n_types=25)
HNSW = parse_index("HNSW", Engine.LITE)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('planner') / 'catalogue.db'}"
    schema.upgrade(url)
    with CatalogueStore.open(url) as store:
        store.save(RECORDS, {}, generation_id=0)
        yield store


def planned(catalogue, text, index=None, group_by=GroupBy.TYPE):
    return make_plan(Query(parse_filter(text), 10, group_by), catalogue, index)


def test_without_a_filter_milvus_is_given_none(catalogue):
    plan = make_plan(Query(), catalogue)
    assert (plan.decided_by, plan.filter, plan.access) == (
        DecidedBy.NOTHING,
        VectorFilter(),
        Access.INDEX,
    )
    assert plan.total_matching == plan.total_types == 25


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("country = 'Poland'", 'country == "Poland"'),
        ("title LIKE 'Pol%'", '(title >= "Pol" and title < "Pom")'),
        ("side != 'reverse' OR type IN ('a')", '(side != "reverse" or type in ["a"])'),
    ],
)
def test_what_milvus_can_express_is_pushed_down(catalogue, text, expression):
    plan = planned(catalogue, text)
    assert plan.decided_by is DecidedBy.MILVUS
    assert plan.filter == VectorFilter(expression)
    assert plan.reasons == ()


def test_a_pattern_milvus_cannot_match_becomes_the_values_it_matches(catalogue):
    plan = planned(catalogue, "country ILIKE '%POL%' AND country LIKE 'P%'")
    matched = {r.coin.country for r in RECORDS if like_matches(r.coin.country.upper(), "%POL%")}
    assert matched
    assert plan.decided_by is DecidedBy.VALUES
    listed = ", ".join(f'"{value}"' for value in sorted(matched))
    prefix = '(country >= "P" and country < "Q")'
    assert plan.filter == VectorFilter(f"(country in [{listed}] and {prefix})")
    assert plan.reasons == ("Milvus has no ILIKE.",)


def test_attributes_are_decided_by_image_ids(catalogue):
    plan = planned(catalogue, "attr['look'] = 'Poland' OR country ILIKE 'p%'")
    ids = matching_groups(RECORDS, plan.query.where, Level.IMAGE)
    assert plan.decided_by is DecidedBy.IMAGE_IDS
    assert plan.filter == VectorFilter(image_ids=frozenset(ids))
    assert plan.reasons == ("attr['look'] is not kept in Milvus.",)


def test_what_is_too_large_for_an_expression_is_decided_by_design_ids(catalogue):
    texts = ", ".join(f"'{number}'" for number in range(5_000))
    plan = planned(catalogue, f"title IN ({texts}, 'Poland')", group_by=GroupBy.DESIGN)
    ids = matching_groups(RECORDS, parse_filter("title IN ('0', 'Poland')"), Level.DESIGN)
    assert plan.decided_by is DecidedBy.DESIGN_IDS
    assert plan.filter == VectorFilter(design_ids=frozenset(ids))
    assert plan.total_matching == len(ids) > plan.total_types > 0


def test_a_pattern_over_too_many_values_is_decided_by_design_ids(catalogue, monkeypatch):
    monkeypatch.setattr(values, "DISTINCT_LIMIT", 3)
    plan = planned(catalogue, "country ILIKE '%POL%'")
    ids = matching_groups(RECORDS, plan.query.where, Level.DESIGN)
    assert plan.decided_by is DecidedBy.DESIGN_IDS
    assert plan.filter == VectorFilter(design_ids=frozenset(ids))


def test_few_images_are_scanned_where_the_index_is_approximate(catalogue, monkeypatch):
    text = "country = 'Poland'"
    n_images = len(matching_groups(RECORDS, parse_filter(text), Level.IMAGE))
    for limit, access in ((n_images, Access.SCAN), (n_images - 1, Access.INDEX)):
        monkeypatch.setattr(planner, "SCAN_LIMIT", limit)
        plan = planned(catalogue, text, HNSW)
        assert plan.access is access
        assert any(f"match: {n_images}." in reason for reason in plan.reasons) == (
            access is Access.SCAN
        )
    assert planned(catalogue, text).access is Access.INDEX, "an exact index needs no help"


def test_values_that_occur_nowhere_are_answered_with_the_nearest(catalogue):
    [warning] = planned(catalogue, "country = 'Polnad' AND title != 'nothing'").warnings
    assert "country = 'Polnad'" in warning
    assert "did you mean 'Poland'?" in warning


def test_a_list_of_thousands_is_not_looked_up_value_by_value(catalogue, monkeypatch):
    asked = []
    has_value = CatalogueStore.has_value
    monkeypatch.setattr(
        CatalogueStore, "has_value", lambda *args: asked.append(args) or has_value(*args)
    )
    texts = ", ".join(f"'{number}'" for number in range(5_000))
    plan = planned(catalogue, f"title IN ({texts}) OR country IN ({texts})")
    assert 0 < len(plan.warnings) <= values.WARNINGS
    assert len(asked) <= values.CHECKED


def test_more_conditions_than_a_store_should_be_asked_are_refused(catalogue):
    text = " OR ".join(f"title = '{number}'" for number in range(2_001))
    with pytest.raises(ExpressionError, match="2,001 conditions"):
        planned(catalogue, text)
