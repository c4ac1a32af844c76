import hashlib
from itertools import count

import numpy as np
import pytest

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.domain.records import CoinRecord, GenerationState
from coinvec.domain.vectors import Embedding, Generation, Metric, ModelRef

DIM = 8


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated SQLite file, to be copied rather than made anew for every test."""
    path = tmp_path_factory.mktemp("catalogue") / "empty.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(empty_database, tmp_path):
    path = tmp_path / "catalogue.db"
    path.write_bytes(empty_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def store(url):
    with CatalogueStore.open(url) as opened:
        yield opened


def generation(encoder="polar", dim=DIM):
    return Generation(ModelRef("hough", "1"), ModelRef(encoder, "1"), Metric.COSINE, dim)


@pytest.fixture
def live(store):
    return store.add_generation(generation(), collection="g1", state=GenerationState.LIVE)


def vectors(records, seed=0):
    """A unit vector for every record's image."""
    random = np.random.default_rng(seed)
    made = {}
    for record in records:
        vector = random.standard_normal(DIM).astype(np.float32)
        made[record.image.id] = Embedding(vector / np.linalg.norm(vector))
    return made


_numbers = count()


def record(key="thaler", side=Side.OBVERSE, design="o1", years=(None, None), coin=None, **image):
    """A record with a fresh image; further arguments are fields of the image."""
    coin = coin or CoinType(key=key, country="Prussia", denomination="1 Thaler")
    shown = Design(coin.key, side, design, YearSpan(*years))
    image_id = image.pop("id", None) or hashlib.sha256(str(next(_numbers)).encode()).hexdigest()
    fields = {"filename": "a.jpg", "format": "JPEG", "width": 640, "height": 480} | image
    return CoinRecord(coin, shown, CoinImage(id=image_id, design=shown, **fields))
