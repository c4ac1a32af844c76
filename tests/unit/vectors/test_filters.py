import pytest

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.vectors.filters import CHUNK, VectorFilter


@pytest.mark.parametrize(
    ("where", "clauses"),
    [
        (VectorFilter(), [""]),
        (VectorFilter(expression="a == 1"), ["(a == 1)"]),
        (VectorFilter(image_ids=frozenset()), []),
        (VectorFilter(image_ids=frozenset("ab"), type_keys=frozenset()), []),
        (VectorFilter(image_ids=frozenset("ba")), ['(image_id in ["a", "b"])']),
        (
            VectorFilter(
                expression="a or b",
                design_ids=frozenset(["t/obverse/1", "t/obverse/2"]),
                type_keys=frozenset(["t"]),
                side=Side.OBVERSE,
                excluded=frozenset(['x"']),
                excluded_by=GroupBy.DESIGN,
            ),
            [
                " and ".join(
                    (
                        "(a or b)",
                        '(side == "obverse")',
                        '(design_id not in ["x\\""])',
                        '(type in ["t"])',
                        '(design_id in ["t/obverse/1", "t/obverse/2"])',
                    )
                )
            ],
        ),
    ],
)
def test_clauses(where, clauses):
    assert list(where.clauses()) == clauses


def test_a_huge_set_is_split_and_nothing_lost():
    ids = frozenset(f"{n:05}" for n in range(2 * CHUNK + 1))
    clauses = list(VectorFilter(expression="a == 1", image_ids=ids, side=Side.REVERSE).clauses())
    assert len(clauses) == 3
    assert all("(a == 1)" in each and "reverse" in each for each in clauses)
    named = [part for each in clauses for part in each.split('"') if part.isdecimal()]
    assert sorted(named) == sorted(ids)
