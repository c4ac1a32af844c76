"""What plugins cost at the start: `import coinvec` and the discovery of many, in fresh processes.

Once with the metadata of everything installed read anew, and once with the plugins remembered, as
they are from the second start on. Beside it stands what `import numpy` takes in the same run, which
discovery does without.
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.options import Options
from tests.bench.report import report

PLUGINS = 50
RUNS = 15
INSTALLED = {"read anew": 2**33, "remembered": 0}
"""When: of a folder that was changed in the future nothing is remembered."""
HOOKS = """
from coinvec.plugin import hookimpl
from coinvec.plugin.specs import EncoderSpec

COINVEC_API = 1

@hookimpl
def coinvec_encoders():
    return [EncoderSpec(name="bench-{number}", target="nowhere:Encoder", revision="1", dim=64)]
"""
MEASURE = """
import sys, time
begun = time.perf_counter()
import coinvec
from coinvec.plugin.host import PluginHost
imported = time.perf_counter()
host = PluginHost()
done = time.perf_counter()
assert "numpy" not in sys.modules
import numpy
numpy_done = time.perf_counter()
assert sum(name.startswith("bench-") for name in host.names("encoder")) == {plugins}
print(imported - begun, done - imported, numpy_done - done)
"""


def run(options: Options) -> None:
    """Install the plugins in a folder of their own, and start Python again and again."""
    del options
    report(
        "\n| installed plugins | | import coinvec, ms | discovery, ms | both | import numpy, ms |"
    )
    report("|---:|---|---:|---:|---:|---:|")
    for plugins in (0, PLUGINS):
        with TemporaryDirectory(prefix="coinvec-bench-") as name:
            site = Path(name) / "site"
            site.mkdir()
            _install(site, plugins)
            _start(site, plugins)  # writes the bytecode
            for how, installed in INSTALLED.items():
                os.utime(site, (installed, installed))
                _start(site, plugins)
                times = [_start(site, plugins) for _ in range(RUNS)]
                start, found, numpy = (median(each) * 1000 for each in zip(*times, strict=True))
                shown = " | ".join(f"{ms:.0f}" for ms in (start, found, start + found, numpy))
                report(f"| {plugins} | {how} | {shown} |")


def _install(folder: Path, plugins: int) -> None:
    for number in range(plugins):
        (folder / f"bench_hooks_{number}.py").write_text(HOOKS.format(number=number))
        info = folder / f"bench_{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: bench-{number}\nVersion: 1.0\n"
            "Requires-Dist: coinvec>=0.1,<0.2\n"
        )
        (info / "entry_points.txt").write_text(
            f"[coinvec]\nbench-{number} = bench_hooks_{number}\n"
        )


def _start(site: Path, plugins: int) -> list[float]:
    """Seconds that a fresh process takes for coinvec, for discovery, and for numpy."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(plugins=plugins)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(site), str(Path.cwd()))),
            "XDG_CACHE_HOME": str(site.parent / "cache"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(each) for each in done.stdout.split()]
