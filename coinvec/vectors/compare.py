"""Whether a row of a collection says what SQL says."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np

from coinvec.domain.vectors import VectorRecord
from coinvec.vectors.schema import EMBEDDING, row_of


class Difference(StrEnum):
    """In what a row differs from what it should be."""

    VECTOR = "vector"
    COLUMNS = "columns"


def difference(row: Mapping[str, Any], record: VectorRecord) -> Difference | None:
    """In what a whole row (`VectorStore.rows`) differs from a record; a vector counts first.

    Vectors are compared exactly: engines give the float32 numbers back that they were given.
    """
    expected = row_of(record)
    stored = np.asarray(row[EMBEDDING], dtype=np.float32)
    if not np.array_equal(stored, expected.pop(EMBEDDING)):
        return Difference.VECTOR
    if any(row[name] != value for name, value in expected.items()):
        return Difference.COLUMNS
    return None
