"""A catalogue with known vectors: in a pair of real stores, and in plain Python."""

import numpy as np

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.records import CoinRecord, GenerationState
from coinvec.domain.results import CoinInPicture
from coinvec.domain.vectors import Embedding, Generation
from coinvec.pipeline.exact import ExactVectors
from coinvec.pipeline.find import Finder, Probe
from coinvec.pipeline.retrieve import Retriever
from coinvec.query.planner import make_plan
from coinvec.services.sync import drain_outbox
from coinvec.vectors.indexes import EXACT
from coinvec.vectors.names import collection_name
from coinvec.vectors.store import VectorStore
from tests.integration.filters.hostile import ATTRIBUTE, STORED_TEXTS
from tests.strategies import sample_catalogue

DIM = 8
TOLERANCE = 2e-5

KEYS = {
    GroupBy.TYPE: lambda record: record.coin.key,
    GroupBy.DESIGN: lambda record: record.design.id,
    GroupBy.IMAGE: lambda record: record.image.id,
}


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def _bearers(texts):
    """A coin for each text, which bears it wherever a coin may bear any text."""
    for number, text in enumerate(texts):
        key = f"bearer {number}"
        coin = CoinType(key, text, text, currency=text, title=text, references=(text,))
        design = Design(key, Side.OBVERSE, "o1", YearSpan(1904, None))
        attributes = {ATTRIBUTE: text, text: "there"}
        image = CoinImage(f"{number:064x}", design, "a.png", "PNG", 9, 9, attributes=attributes)
        yield CoinRecord(coin, design, image)


class Gallery:
    """The same coins in two stores and in Python.

    Args:
        database: URL of an empty database.
        milvus: Directory or address of an empty vector store.
        index: Index of the collection.
    """

    def __init__(self, database, milvus, index=EXACT):
        rng = np.random.default_rng(5)
        self.records = [*sample_catalogue(3, 12), *_bearers(STORED_TEXTS)]
        # Few directions, so that many images tie.
        self.axes = unit(rng.normal(size=(9, DIM)))
        self.vectors = {
            record.image.id: self.axes[rng.integers(len(self.axes))] for record in self.records
        }
        schema.upgrade(database)
        self.catalogue = CatalogueStore.open(database)
        generation = Generation(ModelRef("p", "1"), ModelRef("e", "1"), Metric.COSINE, DIM)
        self.live = self.catalogue.add_generation(
            generation, collection=collection_name(generation), state=GenerationState.LIVE
        )
        embeddings = {key: Embedding(vector) for key, vector in self.vectors.items()}
        self.catalogue.save(self.records, embeddings, self.live.id)
        self.store = VectorStore.open(milvus, index=index)
        self.store.create_collection(self.live.collection, dim=DIM, metric=Metric.COSINE)
        drain_outbox(self.catalogue, self.store, self.live)

    def close(self):
        self.store.close()
        self.catalogue.close()

    def plan(self, query):
        return make_plan(query, self.catalogue, self.store.index(self.live.collection))

    def answer(self, plan, *vectors):
        """What the query path finds under a plan for one coin, of which there are some photos."""
        retriever = Retriever(self.store, self.live.collection, plan.access)
        photos = tuple(CoinInPicture("p", None) for _ in vectors)
        finder = Finder(retriever, plan)
        return finder.find([Probe(photos, np.stack(vectors))])[0]

    def find(self, query, *vectors):
        plan = self.plan(query)
        return plan, self.answer(plan, *vectors)

    def of_types(self, types, where):
        """Searches what SQL keeps of the vectors of some types under a filter."""
        known = self.catalogue.coins().vectors(self.live.id, DIM, where, types=types)
        return Retriever(ExactVectors(known), self.live.collection)

    def similarity(self, record, vector):
        return float(np.dot(self.vectors[record.image.id].astype(float), vector.astype(float)))

    def best(self, vector, records, group_by):
        """The best (falling similarity, image id) of each group, best groups first."""
        groups = {}
        for record in records:
            key = KEYS[group_by](record)
            ranked = (-round(self.similarity(record, vector), 5), record.image.id)
            groups[key] = min(ranked, groups.get(key, ranked))
        return sorted(groups.values())
