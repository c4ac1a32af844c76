"""How a query was answered, as a tree: for people like psql's, and as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Fact = str | int | float | bool | None | tuple[str, ...]

_INDENT = "  "
_CHILD = "->  "


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One step of an answer, with the steps it took its rows from.

    Attributes:
        step: What it does.
        facts: What else is to be said, by name in snake case; texts, numbers, or several texts.
        estimated_rows: Rows it was expected to give; None where nothing was.
        rows: Rows it gave.
        ms: How long it took, in milliseconds, without the steps below it.
        children: The steps it took its rows from.
    """

    step: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    estimated_rows: int | None = None
    rows: int | None = None
    ms: float | None = None
    children: "tuple[PlanNode, ...]" = ()

    def lines(self) -> Iterator[str]:
        """The tree as text, line by line."""
        yield self._headline()
        yield from (f"{_INDENT}{line}" for line in self._fact_lines())
        for child in self.children:
            first, *others = child.lines()
            yield f"{_INDENT}{_CHILD}{first}"
            yield from (f"{_INDENT}{' ' * len(_CHILD)}{line}" for line in others)

    def as_json(self) -> dict[str, object]:
        """The tree as plain values."""
        numbers = {"estimated_rows": self.estimated_rows, "rows": self.rows, "ms": self.ms}
        facts = {
            name: list(fact) if isinstance(fact, tuple) else fact
            for name, fact in self.facts.items()
        }
        said = {name: number for name, number in numbers.items() if number is not None}
        return {
            "step": self.step,
            **said,
            **facts,
            "children": [child.as_json() for child in self.children],
        }

    def _headline(self) -> str:
        numbers = []
        if self.estimated_rows is not None:
            numbers.append(f"estimated rows={self.estimated_rows:,}")
        if self.rows is not None:
            numbers.append(f"rows={self.rows:,}")
        if self.ms is not None:
            numbers.append(f"{self.ms:.2f} ms")
        return f"{self.step}  ({', '.join(numbers)})" if numbers else self.step

    def _fact_lines(self) -> Iterator[str]:
        """The facts, their values in one column."""
        width = max((len(name) for name in self.facts), default=0) + 1
        for name, fact in self.facts.items():
            shown = fact if isinstance(fact, tuple) else (_shown(fact),)
            label = f"{name.replace('_', ' ').capitalize()}:"
            for line in shown:
                yield f"{label:<{width}} {line}"
                label = ""


def _shown(fact: Fact) -> str:
    return f"{fact:,}" if isinstance(fact, int) and not isinstance(fact, bool) else str(fact)
