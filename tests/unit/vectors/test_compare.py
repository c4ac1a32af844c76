"""Whether a row of a collection says what SQL says."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.images import CoinImage
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import VectorRecord
from coinvec.vectors.compare import Difference, difference
from coinvec.vectors.schema import row_of

COIN = CoinType("thaler", "Prussia", "1 Thaler", value=Decimal("1.5"), weight_g=18.5)
DESIGN = Design("thaler", Side.OBVERSE, "o1", YearSpan(1800, None))
IMAGE = CoinImage("a" * 64, DESIGN, "a.jpg", "JPEG", 4, 3)
VECTOR = np.float32([0.6, 0.8, 0.0])
RECORD = VectorRecord("a" * 64, VECTOR, CoinRecord(COIN, DESIGN, IMAGE).columns)


def as_milvus_gives_it(record):
    row = row_of(record)
    return row | {"embedding": [float(number) for number in row["embedding"]]}


def test_what_was_written_agrees():
    assert difference(as_milvus_gives_it(RECORD), RECORD) is None


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("country", "Bavaria"),
        ("currency", "thaler"),
        ("value", None),
        ("value", Decimal("1.500001")),
        ("year_from", 1801),
        ("year_to", 1800),
        ("side", "reverse"),
        ("weight_g", 18.500000000000004),
        ("design", "o2"),
    ],
)
def test_another_column(column, other):
    changed = replace(RECORD, columns={**RECORD.columns, column: other})
    assert difference(as_milvus_gives_it(changed), RECORD) is Difference.COLUMNS
    assert difference(as_milvus_gives_it(RECORD), changed) is Difference.COLUMNS


def test_unknown_is_not_zero():
    zero = replace(RECORD, columns={**RECORD.columns, "value": Decimal(0)})
    unknown = replace(RECORD, columns={**RECORD.columns, "value": None})
    assert difference(as_milvus_gives_it(zero), unknown) is Difference.COLUMNS


@pytest.mark.parametrize(
    "vector",
    [
        np.float32([np.nextafter(np.float32(0.6), np.float32(1)), 0.8, 0.0]),
        np.float32([0.6, 0.8]),
        np.float32([0.6, 0.8, 0.0, 0.0]),
        np.float32([0.8, 0.6, 0.0]),
    ],
)
def test_another_vector_counts_first(vector):
    changed = replace(RECORD, vector=vector, columns={**RECORD.columns, "country": "Bavaria"})
    assert difference(as_milvus_gives_it(changed), RECORD) is Difference.VECTOR
