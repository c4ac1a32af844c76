"""Makers of records, vectors and generations for the tests of the catalogue."""

import hashlib
from itertools import count

import numpy as np

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import Embedding, Generation

DIM = 8


def generation(encoder="polar", dim=DIM):
    return Generation(ModelRef("hough", "1"), ModelRef(encoder, "1"), Metric.COSINE, dim)


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
