"""What all benchmarks are told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """Options of `python -m tests.bench`.

    Attributes:
        rows: Sizes of the catalogues to measure at.
        results: A JSON file that keeps what long runs have measured, so that they can be resumed;
            None for nothing.
    """

    rows: tuple[int, ...] = (10_000,)
    results: Path | None = None
