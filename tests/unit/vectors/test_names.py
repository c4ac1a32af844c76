from dataclasses import replace

from coinvec.domain.models import Metric, ModelRef
from coinvec.domain.vectors import Generation
from coinvec.vectors.names import collection_name

GENERATION = Generation(ModelRef("hough", "1"), ModelRef("polar", "3"), Metric.COSINE, 64)


def test_the_name_never_changes():
    # A home made by an older release must find its collection.
    assert collection_name(GENERATION) == "coins_c726babe0e34bf89"


def test_each_part_counts():
    others = [
        replace(GENERATION, preprocessor=ModelRef("hough", "2")),
        replace(GENERATION, encoder=ModelRef("polar", "4")),
        replace(GENERATION, dim=65),
        replace(GENERATION, encoder=ModelRef("polar@3", "x")),
        replace(GENERATION, encoder=ModelRef("polar", "3@x")),
    ]
    names = {collection_name(each) for each in [GENERATION, *others]}
    assert len(names) == 6
