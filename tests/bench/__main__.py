"""`python -m tests.bench [NAME…]`: the benchmarks by name, all by default.

They print ratios of what is measured within one run, because absolute times say little on a
machine that does other things as well.
"""

import argparse
from importlib import import_module
from pathlib import Path

from tests.bench.options import Options
from tests.bench.report import report

BENCHES = {
    "overhead": "what the query layer costs over raw pymilvus",
    "indexes": "index types on a Milvus server: recall, latency, build time, memory",
    "discovery": "what fifty installed plugins cost at the start",
    "depth": "what looking at more hits costs a search",
}
"""What there is, in the order it runs: a module of this folder with a function `run(options)`."""


def main() -> None:
    """Read the command line and run."""
    listed = "\n".join(f"  {name}: {what}" for name, what in BENCHES.items())
    parser = argparse.ArgumentParser(
        "python -m tests.bench",
        description=f"Benchmarks:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all by default")
    parser.add_argument(
        "--rows", default="10000", help="sizes of the catalogues, joined by ','; 10000 by default"
    )
    parser.add_argument("--results", type=Path, help="JSON file to keep and resume results in")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHES]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHES)}")
    options = Options(tuple(int(each) for each in given.rows.split(",")), given.results)
    for name in given.names or BENCHES:
        report(f"\n## {name}: {BENCHES[name]}")
        import_module(f"tests.bench.{name}").run(options)


main()
