"""Before a coin is called unknown, a ranker that is sure of its scores is shown more candidates."""

from dataclasses import replace

import pytest

from coinvec.domain.choices import GroupBy, Verdict
from coinvec.domain.models import Thresholds
from coinvec.domain.results import Query
from coinvec.pipeline import answer
from coinvec.pipeline.rank import RankStep
from coinvec.query.language import parse_filter
from coinvec.services.collection import Catalogue
from coinvec.services.explain import explained_search
from coinvec.services.home import Home
from coinvec.services.search import Searcher
from coinvec.settings import Settings

LIMITS = Thresholds(known=0.5, match=0.7, margin=0.2)


class Knowing:
    """Knows the coin's type, which the encoder does not; remembers what it was given."""

    def __init__(self, wanted):
        self.wanted, self.given = wanted, []

    def rank(self, request, candidates):
        self.given.append((request, len(candidates)))
        return sorted(candidates, key=lambda each: each.type != self.wanted)

    def scores(self, request, candidates):
        return [0.9 if each.type == self.wanted else 0.1 for each in candidates]


@pytest.fixture
def catalogue(filled):
    with Catalogue(Home.open(Settings.load(home=filled, environ={}))) as opened:
        yield opened


@pytest.fixture
def photo(minted):
    return minted.photos[0].path


@pytest.fixture
def by_similarity(catalogue, photo):
    """The catalogue's types, the most similar to the photo first."""
    ranked = RankStep(Knowing(None))
    result = Searcher(catalogue.home, ranker=ranked).search([photo], Query(k=100))
    return [hit.type for hit in result.hits]


def knowing(catalogue, wanted, *, depth=2, deeper=100):
    encoder = str(catalogue.home.live.generation.encoder)
    return RankStep(Knowing(wanted), depth, "knowing", {encoder: LIMITS}, deeper)


def search(catalogue, photos, step, **query):
    return Searcher(catalogue.home, ranker=step).search(photos, Query(**query))


@pytest.mark.parametrize("k", [1, 3, 100])
def test_what_the_encoder_puts_last_is_found(catalogue, photo, by_similarity, k):
    last = by_similarity[-1]
    found = search(catalogue, [photo], knowing(catalogue, last), k=k)
    assert (found.hits[0].type, found.verdict) == (last, Verdict.MATCH)
    assert len(found) == min(k, len(by_similarity))
    missed = search(catalogue, [photo], knowing(catalogue, last, deeper=None), k=k)
    assert (missed.hits[0].type, missed.verdict) == (by_similarity[0], Verdict.UNKNOWN)


@pytest.mark.parametrize("group_by", GroupBy)
def test_in_every_grouping(catalogue, photo, by_similarity, group_by):
    step = knowing(catalogue, by_similarity[-1])
    assert (
        search(catalogue, [photo], step, k=2, group_by=group_by).hits[0].type == step.ranker.wanted
    )


def test_of_two_photos(catalogue, photo, minted, by_similarity):
    pair = [photo, minted.photos[1].path]
    step = knowing(catalogue, by_similarity[-1])
    found = search(catalogue, pair, step, k=3)
    assert found.hits[0].type == step.ranker.wanted


def test_under_the_filter(catalogue, photo, by_similarity):
    last = by_similarity[-1]
    others = parse_filter(f"type <> '{last}'")
    found = search(catalogue, [photo], knowing(catalogue, last), k=100, where=others)
    assert last not in [hit.type for hit in found.hits]
    assert found.verdict is Verdict.UNKNOWN


def test_the_same_photo_is_shown_more_and_only_where_the_coin_is_unknown(
    catalogue, photo, by_similarity
):
    first, last = by_similarity[0], by_similarity[-1]
    step = knowing(catalogue, last)
    search(catalogue, [photo], step, k=1)
    (one, few), (other, more) = step.ranker.given
    assert [*one.crops] == [*other.crops]
    assert (one.second_look, other.second_look) == (False, True)
    assert (few, more) == (2, 12)  # all designs of the six types
    step = knowing(catalogue, first)
    assert search(catalogue, [photo], step, k=1).verdict is Verdict.MATCH
    assert [count for _, count in step.ranker.given] == [2]


def all_images(request, candidates):
    return {
        design: dict(zip(images.image_ids, map(tuple, images.vectors), strict=True))
        for design, images in request.load_images(candidates).items()
    }


@pytest.mark.parametrize("where", [None, "side = 'obverse' OR type IS NOT NULL"])
def test_both_looks_are_given_the_same_images(catalogue, photo, by_similarity, where):
    step = knowing(catalogue, by_similarity[-1])
    where = where and parse_filter(where)
    found = search(catalogue, [photo], step, k=100, where=where)
    (one, _), (other, _) = step.ranker.given
    images = all_images(one, found.hits)
    assert len(images) == 12
    assert all_images(other, found.hits) == images


def test_no_image_of_a_design_is_kept_back_by_a_filter(catalogue, photo, by_similarity):
    step = knowing(catalogue, "none of them")
    obverses = parse_filter("side = 'obverse'")
    found = search(catalogue, [photo], step, k=100, where=obverses)
    for request, _ in step.ranker.given:
        assert len(all_images(request, found.hits)) == 12, "reverses, too"


def test_not_where_there_is_too_much_to_compare(catalogue, photo, by_similarity, monkeypatch):
    monkeypatch.setattr(answer, "COMPARED", 1)
    step = knowing(catalogue, by_similarity[-1])
    assert search(catalogue, [photo], step, k=1).verdict is Verdict.UNKNOWN
    assert len(step.ranker.given) == 1


def test_closely_even_where_all_was_looked_at(catalogue, photo, by_similarity):
    step = replace(knowing(catalogue, "none of them"), depth=12)
    found = search(catalogue, [photo], step, k=1, group_by=GroupBy.DESIGN)
    assert found.verdict is Verdict.UNKNOWN
    assert [request.second_look for request, _ in step.ranker.given] == [False, True]


def test_not_where_there_is_nothing(catalogue, photo):
    step = knowing(catalogue, "none of them")
    nothing = parse_filter("country = 'Nowhere'")
    assert search(catalogue, [photo], step, k=1, where=nothing).verdict is Verdict.UNKNOWN
    assert len(step.ranker.given) == 0


def test_not_beyond_what_is_declared(catalogue, photo, by_similarity):
    step = knowing(catalogue, by_similarity[-1], deeper=3)
    found = search(catalogue, [photo], step, k=100)
    assert step.ranker.given[-1][1] == 3
    assert sorted(hit.type for hit in found.hits) == sorted(by_similarity)


def test_an_explanation_tells_of_it(catalogue, photo, by_similarity):
    searcher = Searcher(catalogue.home, ranker=knowing(catalogue, by_similarity[-1]))
    _, plan, _ = explained_search(searcher, [photo], Query(k=1), verify=False)
    images = sum(1 for _ in catalogue.home.catalogue.image_ids(None))
    assert f"comparison in SQL for all rows: {images:,} rows" in str(plan)
