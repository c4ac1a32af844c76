"""What every engine behind `VectorStore` must do. A backend subclasses and supplies `uri`.

Expected answers are computed in plain Python and double precision from what was written.
"""

import threading
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.domain.models import Metric
from coinvec.domain.predicates import And, ColumnRef, Comparison, InList, Like, Not, Op, Or
from coinvec.domain.vectors import VectorRecord
from coinvec.errors import StoreError
from coinvec.vectors import connection, grouping
from coinvec.vectors.expressions import compile_filter
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.literals import NotExpressible
from coinvec.vectors.store import VectorStore
from tests.strategies import evaluate, predicates, sample_catalogue

DIM = 8
COUNTRY = ColumnRef("country")
HOSTILE = (
    "plain",
    'double " quote',
    "single ' quote",
    "both \" and '",
    "back\\slash",
    "ends in \\",
    '\\"',
    "two\nlines\r\nand\ttab",
    '"] or true',
    '" or image_id != "',
    "') or (1 == 1",
    "%",
    "_",
    "a%b_c",
    "{country}",
    "é",
    "e\u0301",
    "\u2028",
    "\x01\x7f",
    "\uff5e",
    "🪙",
    "\U0010ffff",
    "true",
    "NULL",
    " ",
    "日本",
)
_names = count()


def unit_vectors(count, seed, dim=DIM):
    vectors = np.random.default_rng(seed).normal(size=(count, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def columns(**given):
    record = sample_catalogue(seed=1, n_types=1)[0]
    return record.columns | given


def image_id(number):
    return f"{number:064x}"


def ids(hits):
    return [hit.image_id for hit in hits]


class Gallery:
    """A filled collection and what is in it: few different vectors, so that many images tie."""

    def __init__(self, store, name):
        self.store, self.name = store, name
        self.records = sample_catalogue(seed=7, n_types=90)
        self.palette = unit_vectors(25, seed=1)
        draw = np.random.default_rng(2).integers(0, len(self.palette), len(self.records))
        self.shade = dict(zip((r.image.id for r in self.records), draw.tolist(), strict=True))
        self.queries = unit_vectors(6, seed=3) * np.float32(3)  # of any norm
        store.create_collection(name, dim=DIM, metric=Metric.COSINE)
        store.upsert(
            name,
            [
                VectorRecord(r.image.id, self.palette[self.shade[r.image.id]], r.columns)
                for r in self.records
            ],
        )
        wide = self.queries.astype(float)
        wide /= np.linalg.norm(wide, axis=1, keepdims=True)
        self.scores = wide @ self.palette.astype(float).T  # queries x palette

    def score(self, query, image):
        return self.scores[query, self.shade[image]]

    def expected(self, query, kept, group_by, k):
        """Best k groups as (similarity, image id), by brute force."""
        key = {
            GroupBy.TYPE: lambda record: record.coin.key,
            GroupBy.DESIGN: lambda record: record.design.id,
            GroupBy.IMAGE: lambda record: record.image.id,
        }[group_by]
        best = {}
        for record in kept:
            rank = (-self.score(query, record.image.id), record.image.id)
            group = key(record)
            best[group] = min(rank, best.get(group, rank))
        return [image for _, image in sorted(best.values())[:k]]

    def matching(self, predicate):
        return [record for record in self.records if evaluate(predicate, record) is True]

    def check(self, found, query, kept, group_by, k):
        assert ids(found) == self.expected(query, kept, group_by, k)
        for hit in found:
            assert hit.similarity == pytest.approx(self.score(query, hit.image_id), abs=1e-5)


few = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


class VectorStoreContract:
    """Subclass it and override `uri`."""

    @pytest.fixture(scope="class")
    @classmethod
    def uri(cls, tmp_path_factory):
        """Where an empty store is."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def store(cls, uri):
        store = VectorStore.open(uri)
        yield store
        store.close()

    @pytest.fixture(scope="class")
    @classmethod
    def gallery(cls, store):
        return Gallery(store, "gallery")

    @pytest.fixture
    def collection(self, store):
        name = f"test_{next(_names)}"
        store.create_collection(name, dim=DIM, metric=Metric.COSINE)
        yield name
        store.drop_collection(name)

    @pytest.fixture
    def records(self):
        return [
            VectorRecord(image_id(n), vector, columns(country=f"c{n}"))
            for n, vector in enumerate(unit_vectors(10, seed=4))
        ]

    # --- collections ---

    def test_collections_come_and_go(self, store):
        assert not store.has_collection("here")
        store.create_collection("here", dim=DIM, metric=Metric.COSINE)
        assert store.has_collection("here")
        assert "here" in store.collections()
        store.drop_collection("here")
        store.drop_collection("here")
        assert not store.has_collection("here")
        with pytest.raises(StoreError, match="here"):
            store.count("here")

    def test_a_collection_made_again_may_have_another_dimension(self, store, collection, records):
        store.upsert(collection, records)
        store.drop_collection(collection)
        store.create_collection(collection, dim=3, metric=Metric.COSINE)
        assert store.count(collection) == 0
        vector = unit_vectors(1, seed=1, dim=3)[0]
        store.upsert(collection, [VectorRecord("a", vector, columns())])
        assert store.count(collection) == 1

    def test_an_alias_moves(self, store, collection, records):
        store.create_collection("other", dim=DIM, metric=Metric.COSINE)
        store.upsert(collection, records[:3])
        assert store.alias_target("live") is None
        store.set_alias("live", collection)
        assert store.alias_target("live") == collection
        assert store.count("live") == 3
        assert not store.has_collection("live")
        store.set_alias("live", "other")
        store.set_alias("live", "other")
        assert store.alias_target("live") == "other"
        assert store.count("live") == 0
        store.drop_collection("other")
        assert store.alias_target("live") is None
        with pytest.raises(StoreError):
            store.set_alias("live", "nowhere")

    # --- rows ---

    def test_upsert_is_idempotent_and_replaces(self, store, collection, records):
        store.upsert(collection, records)
        store.upsert(collection, records)
        assert store.count(collection) == 10
        changed = VectorRecord(image_id(3), records[4].vector, columns(country="new"))
        store.upsert(collection, [records[3], changed])  # the last of one call counts
        assert store.count(collection) == 10
        assert store.count(collection, 'country == "new"') == 1
        assert store.count(collection, 'country == "c3"') == 0
        [found] = store.vectors(collection, [image_id(3)]).values()
        assert np.array_equal(found, records[4].vector)

    def test_writes_are_read_at_once(self, store, collection, records):
        nothing = store.search(collection, records[0].vector[None], where=VectorFilter(), limit=3)
        assert nothing == [[]]
        for n, record in enumerate(records):
            store.upsert(collection, [record])
            assert store.count(collection) == n + 1
            query = record.vector[np.newaxis]
            [[hit]] = store.search(collection, query, where=VectorFilter(), limit=1)
            assert hit.image_id == record.image_id
            assert hit.similarity == pytest.approx(1, abs=1e-6)

    def test_a_hit_says_what_it_shows(self, store, collection):
        vector = unit_vectors(1, seed=1)[0]
        shown = columns(type="t 1", side="reverse", design="d 1")
        store.upsert(collection, [VectorRecord("a", vector, shown)])
        [[hit]] = store.search(collection, vector[None], where=VectorFilter(), limit=5)
        assert (hit.type_key, hit.side, hit.design_key) == ("t 1", Side.REVERSE, "d 1")

    def test_delete(self, store, collection, records):
        store.upsert(collection, records)
        gone = [image_id(2), image_id(5), "never there"]
        store.delete(collection, gone)
        store.delete(collection, gone)
        store.delete(collection, [])
        left = {record.image_id for record in records} - set(gone)
        assert store.count(collection) == 8
        assert set(store.image_ids(collection)) == left
        assert set(store.vectors(collection, map(image_id, range(10)))) == left
        [hits] = store.search(collection, records[2].vector[None], where=VectorFilter(), limit=50)
        assert set(ids(hits)) == left
        store.upsert(collection, [records[2]])
        assert store.count(collection) == 9

    def test_all_ids_are_read_page_by_page(self, gallery, monkeypatch):
        monkeypatch.setattr(connection, "_PAGE", 37)
        found = list(gallery.store.image_ids(gallery.name))
        assert sorted(found) == sorted(record.image.id for record in gallery.records)

    def test_vectors_come_back_unchanged(self, gallery):
        found = gallery.store.vectors(gallery.name, [*gallery.shade, "no such image"])
        assert found.keys() == gallery.shade.keys()
        for image, shade in gallery.shade.items():
            assert np.array_equal(found[image], gallery.palette[shade])

    @pytest.mark.parametrize(
        "vector",
        [
            np.ones(DIM - 1, np.float32),
            np.ones((1, DIM), np.float32),
            np.ones(DIM, np.float64),
            np.zeros(DIM, np.float32),
            np.full(DIM, np.nan, np.float32),
            np.full(DIM, np.inf, np.float32),
        ],
    )
    def test_unfit_vectors_are_refused(self, store, collection, records, vector):
        with pytest.raises(StoreError):
            store.upsert(collection, [*records, VectorRecord("x", vector, columns())])
        assert store.count(collection) == 0, "nothing of a refused call is written"
        with pytest.raises(StoreError):
            store.search(collection, vector[None], where=VectorFilter(), limit=1)

    def test_unfit_texts_are_refused(self, store, collection):
        vector = unit_vectors(1, seed=1)[0]
        with pytest.raises(StoreError, match="title"):
            store.upsert(collection, [VectorRecord("x", vector, columns(title="é" * 40_000))])
        with pytest.raises(StoreError, match="image_id"):
            store.upsert(collection, [VectorRecord("x" * 65, vector, columns())])

    # --- filters ---

    @given(predicate=predicates(attributes=False))
    @settings(few, max_examples=70)
    def test_a_compiled_filter_means_what_the_filter_means(self, gallery, predicate):
        try:
            where = compile_filter(predicate)
        except NotExpressible:
            assume(False)
        query = gallery.queries[:1]
        limit = len(gallery.records) + 1
        [hits] = gallery.store.search(
            gallery.name, query, where=VectorFilter(expression=where), limit=limit
        )
        assert set(ids(hits)) == {record.image.id for record in gallery.matching(predicate)}

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_texts_are_only_data(self, store, hostile, text):
        def found(predicate):
            where = VectorFilter(expression=compile_filter(predicate))
            [hits] = store.search(hostile, unit_vectors(1, seed=1), where=where, limit=50)
            return {HOSTILE[int(image, 16)] for image in ids(hits)}

        others = set(HOSTILE) - {text}
        assert found(Comparison(COUNTRY, Op.EQ, text)) == {text}
        assert found(Not(Comparison(COUNTRY, Op.EQ, text))) == others
        assert found(InList(COUNTRY, (text, "absent"))) == {text}
        assert found(Not(InList(COUNTRY, (text, "plain")))) == others - {"plain"}
        assert found(Comparison(COUNTRY, Op.LT, text)) == {each for each in HOSTILE if each < text}
        escaped = "".join("!" + char if char in "!%_" else char for char in text)
        assert found(Like(COUNTRY, escaped + "%", escape="!")) == {
            each for each in HOSTILE if each.startswith(text)
        }
        keys = VectorFilter(type_keys=frozenset([text]))
        [hits] = store.search(hostile, unit_vectors(1, seed=1), where=keys, limit=50)
        assert [HOSTILE[int(image, 16)] for image in ids(hits)] == [text]

    @pytest.fixture(scope="class")
    @classmethod
    def hostile(cls, store):
        store.create_collection("hostile", dim=DIM, metric=Metric.COSINE)
        vectors = unit_vectors(len(HOSTILE), seed=5)
        store.upsert(
            "hostile",
            [
                VectorRecord(image_id(n), vector, columns(country=text, type=text))
                for n, (text, vector) in enumerate(zip(HOSTILE, vectors, strict=True))
            ],
        )
        return "hostile"

    @pytest.mark.parametrize("join", [Or, And])
    def test_a_thousand_conditions(self, gallery, join):
        absent = [Comparison(COUNTRY, Op.EQ, f"x{n}") for n in range(999)]
        parts = [Comparison(COUNTRY, Op.EQ, "Poland"), *absent]
        predicate = join(tuple(parts if join is Or else map(Not, parts)))
        countries = [record.coin.country for record in gallery.records]
        expected = sum((country == "Poland") is (join is Or) for country in countries)
        assert 0 < expected < len(countries)
        assert gallery.store.count(gallery.name, compile_filter(predicate)) == expected

    def test_the_deepest_filter_that_compiles(self, gallery):
        poland = Comparison(COUNTRY, Op.EQ, "Poland")
        predicate, where = poland, compile_filter(poland)
        for n in range(100):
            predicate = (And if n % 2 else Or)((Comparison(COUNTRY, Op.NE, "a"), predicate))
            try:
                where = compile_filter(predicate)
            except NotExpressible:
                break
            deepest = predicate
        assert n > 20
        assert gallery.store.count(gallery.name, where) == len(gallery.matching(deepest))

    # --- groups ---

    @given(
        query=st.integers(0, 5),
        group_by=st.sampled_from(list(GroupBy)),
        k=st.integers(1, 400),
        most=st.sampled_from([8, 64, 16_384]),
    )
    @example(query=0, group_by=GroupBy.TYPE, k=10, most=16_384)
    @few
    def test_groups_equal_brute_force(self, gallery, query, group_by, k, most):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(grouping, "MAX_LIMIT", most)
            [found] = gallery.store.top_groups(
                gallery.name,
                gallery.queries[query : query + 1],
                where=VectorFilter(),
                k=k,
                group_by=group_by,
            )
        gallery.check(found, query, gallery.records, group_by, k)

    def test_a_batch_answers_each_query(self, gallery):
        answers = gallery.store.top_groups(
            gallery.name, gallery.queries, where=VectorFilter(), k=7, group_by=GroupBy.DESIGN
        )
        assert len(answers) == 6
        for query, found in enumerate(answers):
            gallery.check(found, query, gallery.records, GroupBy.DESIGN, 7)
        nothing = np.empty((0, DIM), np.float32)
        where = VectorFilter()
        assert gallery.store.search(gallery.name, nothing, where=where, limit=7) == []

    def test_exact_groups_equal_brute_force(self, gallery, monkeypatch):
        monkeypatch.setattr(connection, "_PAGE", 50)
        predicate = Comparison(COUNTRY, Op.LT, "b")
        answers = gallery.store.exact_groups(
            gallery.name,
            gallery.queries,
            where=VectorFilter(expression=compile_filter(predicate)),
            k=9,
            group_by=GroupBy.TYPE,
        )
        for query, found in enumerate(answers):
            gallery.check(found, query, gallery.matching(predicate), GroupBy.TYPE, 9)

    @given(data=st.data())
    @few
    def test_filters_of_ids_and_groups(self, gallery, data):
        def some(values):
            return data.draw(st.none() | st.frozensets(st.sampled_from(sorted(values))))

        records = gallery.records
        where = VectorFilter(
            image_ids=some(record.image.id for record in records),
            design_ids=some({record.design.id for record in records}),
            type_keys=some({record.coin.key for record in records}),
            side=data.draw(st.sampled_from([None, *Side])),
            excluded=some({record.coin.key for record in records}) or frozenset(),
        )

        def allows(record):
            return (
                (where.image_ids is None or record.image.id in where.image_ids)
                and (where.design_ids is None or record.design.id in where.design_ids)
                and (where.type_keys is None or record.coin.key in where.type_keys)
                and (where.side is None or record.design.side is where.side)
                and record.coin.key not in where.excluded
            )

        [found] = gallery.store.top_groups(
            gallery.name, gallery.queries[:1], where=where, k=5, group_by=GroupBy.TYPE
        )
        gallery.check(found, 0, list(filter(allows, records)), GroupBy.TYPE, 5)

    def test_a_hundred_thousand_ids(self, gallery):
        wanted = gallery.records[::3]
        padding = (f"f{n:063x}" for n in range(100_000 - len(wanted)))
        where = VectorFilter(image_ids=frozenset([*padding, *(r.image.id for r in wanted)]))
        answers = gallery.store.top_groups(
            gallery.name, gallery.queries[:1], where=where, k=10, group_by=GroupBy.TYPE
        )
        for query, found in enumerate(answers):
            gallery.check(found, query, wanted, GroupBy.TYPE, 10)

    # --- threads ---

    def test_readers_never_miss_what_was_there_before(self, store, collection, monkeypatch):
        monkeypatch.setattr(connection, "_FLUSH_ROWS", 5)  # so that rows move while they are read
        vectors = unit_vectors(50, seed=6)
        rows = [VectorRecord(image_id(n), v, columns()) for n, v in enumerate(vectors)]
        store.upsert(collection, rows[:10])
        before = {image_id(n) for n in range(10)}

        def write(start):
            for n in range(start, 50, 2):
                store.upsert(collection, [rows[n]])

        writers = [threading.Thread(target=write, args=(10 + n,)) for n in range(2)]
        for writer in writers:
            writer.start()
        missed = []
        while any(writer.is_alive() for writer in writers):
            [hits] = store.search(collection, vectors[:1], where=VectorFilter(), limit=300)
            missed.append(before - set(ids(hits)))
        assert missed
        assert set().union(*missed) == set()
        assert store.count(collection) == 50

    # --- ends ---

    def test_unknown_collections(self, store):
        vector = unit_vectors(1, seed=1)
        for request in (
            lambda: store.upsert("nowhere", [VectorRecord("a", vector[0], columns())]),
            lambda: store.delete("nowhere", ["a"]),
            lambda: store.vectors("nowhere", ["a"]),
            lambda: list(store.image_ids("nowhere")),
            lambda: store.search("nowhere", vector, where=VectorFilter(), limit=1),
            lambda: store.index("nowhere"),
        ):
            with pytest.raises(StoreError, match="nowhere") as caught:
                request()
            assert caught.value.hint
