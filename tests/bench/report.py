"""Where the benchmarks say what they found."""

import sys


def report(text: str) -> None:
    """Print a line, or some, at once: a run of an hour is watched."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
