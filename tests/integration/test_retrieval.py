"""Retrieval under filters, for one photo and for two, against brute force in numpy."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.domain.records import GenerationState
from coinvec.domain.results import CoinInPicture, Query
from coinvec.domain.vectors import Embedding, Generation, Metric, ModelRef
from coinvec.pipeline.find import Finder, Probe
from coinvec.pipeline.retrieve import Retriever
from coinvec.query.planner import make_plan
from coinvec.services.sync import drain_outbox
from coinvec.vectors.names import collection_name
from coinvec.vectors.store import VectorStore
from tests.strategies import matches, predicates, sample_catalogue

DIM = 8
EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Gallery:
    """A catalogue with known vectors, in real stores and in plain Python."""

    def __init__(self, folder):
        rng = np.random.default_rng(5)
        self.records = sample_catalogue(3, 12)
        # Few directions, so that many images tie.
        self.axes = unit(rng.normal(size=(9, DIM)))
        self.vectors = {
            record.image.id: self.axes[rng.integers(len(self.axes))] for record in self.records
        }
        url = f"sqlite:///{folder / 'c.db'}"
        schema.upgrade(url)
        self.catalogue = CatalogueStore.open(url)
        generation = Generation(ModelRef("p", "1"), ModelRef("e", "1"), Metric.COSINE, DIM)
        self.live = self.catalogue.add_generation(
            generation, collection=collection_name(generation), state=GenerationState.LIVE
        )
        embeddings = {key: Embedding(vector) for key, vector in self.vectors.items()}
        self.catalogue.save(self.records, embeddings, self.live.id)
        self.store = VectorStore.open(str(folder / "v.db"))
        self.store.create_collection(self.live.collection, dim=DIM, metric=Metric.COSINE)
        drain_outbox(self.catalogue, self.store, self.live)

    def find(self, query, *vectors, both_sides=True):
        plan = make_plan(query, self.catalogue)
        finder = Finder(Retriever(self.store, self.live.collection), plan, both_sides=both_sides)
        photos = tuple(CoinInPicture("p", None) for _ in vectors)
        return plan, finder.find([Probe(photos, np.stack(vectors))])[0]

    def similarity(self, record, vector):
        return float(np.dot(self.vectors[record.image.id].astype(float), vector.astype(float)))

    def best(self, vector, records, key):
        """The best (similarity, image id) of each group, best groups first."""
        groups = {}
        for record in records:
            ranked = (-round(self.similarity(record, vector), 5), record.image.id)
            groups[key(record)] = min(ranked, groups.get(key(record), ranked))
        return sorted((value, name) for name, value in groups.items())


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


KEYS = {
    GroupBy.TYPE: lambda record: record.coin.key,
    GroupBy.DESIGN: lambda record: record.design.id,
    GroupBy.IMAGE: lambda record: record.image.id,
}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    made = Gallery(tmp_path_factory.mktemp("gallery"))
    yield made
    made.store.close()
    made.catalogue.close()


directions = st.integers(0, 2**16).map(
    lambda seed: unit(np.random.default_rng(seed).normal(size=DIM))
)


@EXAMPLES
@given(where=st.none() | predicates(), vector=directions, k=st.integers(1, 15), data=st.data())
def test_one_photo_equals_brute_force(gallery, where, vector, k, data):
    group_by = data.draw(st.sampled_from(GroupBy))
    plan, finding = gallery.find(Query(where, k, group_by), vector)
    kept = [record for record in gallery.records if matches(where, record)]
    expected = gallery.best(vector, kept, KEYS[group_by])
    assert plan.total_matching == len(expected)
    assert [group.best.image_id for group in finding.groups] == [
        image for (_, image), _ in expected[:k]
    ]
    assert [group.similarity for group in finding.groups] == pytest.approx(
        [-similarity for (similarity, _), _ in expected[:k]], abs=2e-5
    )
    types = gallery.best(vector, kept, KEYS[GroupBy.TYPE])
    assert list(finding.best_types) == pytest.approx(
        [-similarity for (similarity, _), _ in types[:2]], abs=2e-5
    )


@EXAMPLES
@given(where=st.none() | predicates(), vector=directions)
def test_the_sides_of_a_hit_are_the_best_of_each_side_of_its_type(gallery, where, vector):
    _, finding = gallery.find(Query(where, 3), vector)
    kept = [record for record in gallery.records if matches(where, record)]
    for group in finding.groups:
        for side in Side:
            own = [
                record
                for record in kept
                if record.coin.key == group.best.type_key and record.design.side is side
            ]
            assert (side in group.sides) == bool(own)
            if own:
                ((_, image), _) = gallery.best(vector, own, KEYS[GroupBy.TYPE])[0]
                assert group.sides[side].image_id == image


@EXAMPLES
@given(where=st.none() | predicates(), a=directions, b=directions, k=st.integers(1, 15))
def test_two_photos_equal_brute_force_over_all_assignments(gallery, where, a, b, k):
    plan, finding = gallery.find(Query(where, k), a, b)
    kept = [record for record in gallery.records if matches(where, record)]
    assert plan.total_matching == len({record.coin.key for record in kept})
    scores = {}
    for shown in [(s, t) for s in Side for t in Side]:
        for key in {record.coin.key for record in kept}:
            sides = [
                [
                    gallery.similarity(record, vector)
                    for record in kept
                    if record.coin.key == key and record.design.side is side
                ]
                for vector, side in zip((a, b), shown, strict=True)
            ]
            known = [max(each) for each in sides if each]
            if known:
                scores.setdefault(shown, []).append(sum(known) / len(known))
    if not scores:
        assert not finding.groups
        return
    opposite = max(max(v) for (s, t), v in scores.items() if s is not t)
    same = max((max(v) for (s, t), v in scores.items() if s is t), default=-2)
    if abs(same - opposite) < 1e-4:
        return  # either reading of the photos is right
    if same > opposite:
        assert any("Both photos" in warning for warning in finding.warnings)
        best = max(gallery.similarity(record, vector) for record in kept for vector in (a, b))
        assert finding.groups[0].similarity == pytest.approx(best, abs=2e-5)
    else:
        expected = max(
            (sorted(v, reverse=True)[:k] for (s, t), v in scores.items() if s is not t), key=max
        )
        found = [group.similarity for group in finding.groups]
        assert found == pytest.approx(expected, abs=2e-5)


@EXAMPLES
@given(a=directions, b=directions, group_by=st.sampled_from([GroupBy.DESIGN, GroupBy.IMAGE]))
def test_two_photos_grouped_finely_are_ranked_by_the_photo_of_their_side(gallery, a, b, group_by):
    _, finding = gallery.find(Query(None, 4, group_by), a, b)
    similarities = [group.similarity for group in finding.groups]
    assert len({KEYS[group_by](record) for record in gallery.records}) > 4 == len(similarities)
    assert similarities == sorted(similarities, reverse=True)


def test_a_batch_gives_each_its_own_answer(gallery):
    rng = np.random.default_rng(1)
    vectors = unit(rng.normal(size=(5, DIM)))
    plan = make_plan(Query(k=4), gallery.catalogue)
    finder = Finder(Retriever(gallery.store, gallery.live.collection), plan, both_sides=False)
    photo = (CoinInPicture("p", None),)
    together = finder.find([Probe(photo, vector[None]) for vector in vectors])
    for vector, finding in zip(vectors, together, strict=True):
        (alone,) = finder.find([Probe(photo, vector[None])])
        assert alone == finding
