"""Catalogue records and filters made by Hypothesis, and what a filter means, said plainly.

`evaluate` is the reference every engine is compared with. It is written from the interface
document alone and shares no code with the compilers, the LIKE of `coinvec.domain` included:

- three-valued logic; None stands for NULL;
- texts by code point; numbers by their exact value, a float meaning the decimal number it is
  written as (`0.1` is one tenth);
- `diameter_mm` and `weight_g` are doubles, and a literal beside them is rounded to a double;
- `year` by the rules of `Comparison`.
"""

import hashlib
import operator
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from coinvec.domain.coins import CoinType, Design, Side, YearSpan
from coinvec.domain.columns import COLUMNS, Kind, Level
from coinvec.domain.images import CoinImage
from coinvec.domain.predicates import (
    And,
    AttributeRef,
    ColumnRef,
    Comparison,
    InList,
    IsNull,
    Like,
    Not,
    Op,
    Or,
    operand_kind,
)
from coinvec.domain.records import CoinRecord

# Small vocabularies, so that filters and records meet; among them what engines get wrong: case,
# letters that grow when casefolded, wildcards, quotes, and code points whose UTF-16 order differs.
TEXTS = (
    "Poland", "poland", "POLAND", "Pol%nd", "Pol_nd", "Straße", "STRASSE", "İzmir", "O'Brien",
    'say "x"', "back\\slash", "a", "B", "ab", "é", "e\u0301", "\uff5e", "\U00010348", "two\nlines",
    "KM# 23", "0", "null", " ",
)  # fmt: skip
YEARS = tuple(range(1900, 1907))
VALUES = tuple(
    Decimal(text) for text in ("0", "0.000001", "0.1", "0.25", "1", "1.5", "10", "999999999999")
)
MEASURES = (0.1, 19.05, 19.5, 20.0, 21.7, 1e-3)
ATTRIBUTE_KEYS = ("look", "a b", 'quo"te', "it's", "$.x", "back\\", "é", "[0]")
KEYS = ("a", "B", "b", "t-1", "Ä", "o1", "100%", "it's")

texts = st.sampled_from(TEXTS)
patterns = st.one_of(
    texts,
    st.lists(st.sampled_from([*"%_%_", *TEXTS, *"polandsßSİ\\'\""]), min_size=1, max_size=5).map(
        "".join
    ),
)


def _maybe(random, values):
    return random.choice(values) if random.random() < 0.7 else None


def _coin(random, key):
    return CoinType(
        key=key,
        country=random.choice(TEXTS),
        denomination=random.choice(TEXTS),
        currency=_maybe(random, TEXTS),
        value=_maybe(random, VALUES),
        title=random.choice(("", *TEXTS)),
        composition=_maybe(random, TEXTS),
        diameter_mm=_maybe(random, MEASURES),
        weight_g=_maybe(random, MEASURES),
        shape=_maybe(random, TEXTS),
        numista_id=_maybe(random, TEXTS),
        references=tuple(random.choices(TEXTS, k=random.randrange(3))),
    )


def _years(random):
    first, last = _maybe(random, YEARS), _maybe(random, YEARS)
    if first is not None and last is not None:
        first, last = min(first, last), max(first, last)
    return YearSpan(first, last)


def _image(random, design, number):
    return CoinImage(
        id=hashlib.sha256(f"{design.id} {number}".encode()).hexdigest(),
        design=design,
        filename=random.choice(TEXTS),
        format=random.choice(["JPEG", "PNG", "HEIF"]),
        width=random.randint(1, 5000),
        height=random.randint(1, 5000),
        description=_maybe(random, TEXTS),
        credit=_maybe(random, TEXTS),
        license=_maybe(random, TEXTS),
        attributes={key: random.choice(TEXTS) for key in ATTRIBUTE_KEYS if random.random() < 0.5},
        media_digest=f"{random.getrandbits(256):064x}" if random.random() < 0.5 else None,
    )


def sample_catalogue(seed, n_types):
    """Records of `n_types` types that agree with each other as a catalogue must."""
    random, records = Random(seed), []
    for key in [*KEYS, *(f"type {n}" for n in range(n_types))][:n_types]:
        coin = _coin(random, key)
        places = [(side, name) for side in Side for name in KEYS[:3]]
        for side, name in random.sample(places, random.randint(1, 3)):
            design = Design(key, side, name, _years(random))
            records += [
                CoinRecord(coin, design, _image(random, design, number))
                for number in range(random.randint(1, 2))
            ]
    return records


def catalogues(max_types=5):
    """Catalogues of one type or more, made from a seed (which Hypothesis shrinks quickly)."""
    return st.builds(sample_catalogue, st.integers(0, 2**32), st.integers(1, max_types))


# --- filters ---------------------------------------------------------------------------------

_columns = st.sampled_from([ColumnRef(name) for name in COLUMNS])
_attributes = st.sampled_from([*ATTRIBUTE_KEYS, "absent"]).map(AttributeRef)


def operands(*, attributes=True):
    return _columns | _attributes if attributes else _columns


def numbers(known):
    """Literals at and around known values, as integers, decimals and floats."""
    values = st.sampled_from(known)
    near = st.sampled_from([Decimal(0), Decimal("0.5"), Decimal("-0.0000001"), Decimal("1e-7")])
    exact = st.tuples(values, near).map(lambda pair: Decimal(str(pair[0])) + pair[1])
    far = st.sampled_from([-1, 0, 10**30, -(10**30), Decimal("1e-30")])
    return st.one_of(values, exact, exact.map(float), exact.map(int), far)


def literals(operand):
    """A literal an operand may be compared with."""
    match operand_kind(operand):
        case Kind.SIDE:
            return st.sampled_from(["obverse", "reverse", "Obverse", "edge"])
        case Kind.TEXT:
            return texts | st.sampled_from(KEYS)
        case Kind.INTEGER | Kind.YEAR:
            return numbers(YEARS)
        case Kind.DECIMAL:
            return numbers(VALUES)
        case Kind.REAL:
            return numbers(MEASURES)


@st.composite
def _likes(draw, operand):
    pattern, escape = draw(patterns), draw(st.sampled_from([None, None, "!", "\\", "%"]))
    if escape is not None:  # escape every escape character there is, and some wildcards
        pattern = "".join(
            escape + char if char == escape or (char in "%_" and draw(st.booleans())) else char
            for char in pattern
        )
    return Like(operand, pattern, ignore_case=draw(st.booleans()), escape=escape)


@st.composite
def leaves(draw, *, attributes=True):
    operand = draw(operands(attributes=attributes))
    kinds = ["comparison", "comparison", "in", "null"]
    if operand_kind(operand) in (Kind.TEXT, Kind.SIDE):
        kinds += ["like", "like"]
    match draw(st.sampled_from(kinds)):
        case "comparison":
            return Comparison(operand, draw(st.sampled_from(list(Op))), draw(literals(operand)))
        case "in":
            return InList(operand, tuple(draw(st.lists(literals(operand), min_size=1, max_size=4))))
        case "null":
            return IsNull(operand)
        case _:
            return draw(_likes(operand))


def predicates(*, attributes=True, max_leaves=8):
    """Filters over every column, and over attributes unless told otherwise."""

    def extend(parts):
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return parts.map(Not) | several.map(And) | several.map(Or)

    return st.recursive(leaves(attributes=attributes), extend, max_leaves=max_leaves)


# --- meaning ---------------------------------------------------------------------------------

_COMPARE = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def value_of(operand, record):
    """The value an operand has in a record (not for `year`, which has none)."""
    if isinstance(operand, AttributeRef):
        return record.image.attributes.get(operand.key)
    coin, design = record.coin, record.design
    special = {
        "type": coin.key,
        "design": design.key,
        "side": design.side.value,
        "year_from": design.years.first,
        "year_to": design.years.last,
        "references": "; ".join(coin.references) or None,
    }
    return special[operand.name] if operand.name in special else getattr(coin, operand.name)


def evaluate(predicate, record):
    """Whether a filter holds of a record: True, False, or None for NULL."""
    match predicate:
        case Not(part):
            return _not(evaluate(part, record))
        case And(parts):
            return _not(_any([_not(evaluate(part, record)) for part in parts]))
        case Or(parts):
            return _any([evaluate(part, record) for part in parts])
        case _:
            return _evaluate_leaf(predicate, record)


def _evaluate_leaf(leaf, record):
    match leaf:
        case IsNull(operand):
            return _is_null(operand, record)
        case InList(operand, values):
            return _any([_compare(operand, Op.EQ, value, record) for value in values])
        case Comparison(operand, op, value):
            return _compare(operand, op, value, record)
        case Like(operand, pattern, ignore_case, escape):
            text = value_of(operand, record)
            return None if text is None else like(text, pattern, ignore_case, escape)


def matches(predicate, record):
    """Whether a record is kept by a filter; None keeps everything."""
    return predicate is None or evaluate(predicate, record) is True


def _not(truth):
    return None if truth is None else not truth


def _any(truths):
    return True if True in truths else None if None in truths else False


def _is_null(operand, record):
    if operand_kind(operand) is Kind.YEAR:
        return record.design.years == YearSpan()
    return value_of(operand, record) is None


def _compare(operand, op, literal, record):
    kind = operand_kind(operand)
    if kind is Kind.YEAR:
        return _compare_year(record.design.years, op, Decimal(str(literal)))
    value = value_of(operand, record)
    if value is None:
        return None
    if kind is Kind.REAL:
        value, literal = float(value), float(literal)
    elif kind not in (Kind.TEXT, Kind.SIDE):
        value, literal = Decimal(str(value)), Decimal(str(literal))
    return _COMPARE[op](value, literal)


def _compare_year(years, op, year):
    if years.first is None and years.last is None:
        return None
    first = Decimal("-inf") if years.first is None else years.first
    last = Decimal("inf") if years.last is None else years.last
    match op:
        case Op.EQ:
            return first <= year <= last
        case Op.NE:
            return not first == last == year
        case Op.LT | Op.LE:
            return _COMPARE[op](first, year)
        case _:
            return _COMPARE[op](last, year)


def like(text, pattern, ignore_case=False, escape=None):
    """LIKE by dynamic programming over the pattern's tokens, without regular expressions."""
    tokens, chars = [], iter(pattern)
    for char in chars:
        wild = char != escape and char in "%_"
        literal = next(chars) if char == escape else char
        tokens += [(part, wild) for part in (literal.casefold() if ignore_case else literal)]
    text = text.casefold() if ignore_case else text
    reached = {0}
    for token, wild in tokens:
        if wild and token == "%":
            reached = set(range(min(reached), len(text) + 1)) if reached else set()
        else:
            reached = {at + 1 for at in reached if at < len(text) and (wild or text[at] == token)}
    return len(text) in reached


def matching_groups(records, predicate, level):
    """Ids of the types, designs or images with at least one matching image, sorted."""
    key = {
        Level.TYPE: lambda record: record.coin.key,
        Level.DESIGN: lambda record: record.design.id,
        Level.IMAGE: lambda record: record.image.id,
    }[level]
    return sorted({key(record) for record in records if matches(predicate, record)})
