"""A load run: 16 clients that search a service on loopback, as fast as it answers.

    python -m tests.bench.load PHOTOS [--home DIR] [--seconds 120] [--clients 16]

Prints throughput, latencies, statuses and memory, beside the time of the models alone. PHOTOS is a
folder of photos; the home is served by a `coinvec serve` of its own. Runs nothing but what it
starts, and leaves the catalogue as it was.
"""

import argparse
import asyncio
import itertools
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

from tests.bench.report import report as say

WHERES = ({}, {"where": "year > 1950"}, {"where": "value >= :v", "param.v": "1"}, {"k": "50"})
BUSY_WAIT_S = 0.2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    photos = sorted(path for path in options.photos.iterdir() if path.suffix in (".jpg", ".png"))
    home = ["--home", str(options.home)] if options.home else []
    command = [sys.executable, "-m", "coinvec", *home, "serve", "--port", "0", "--rate", "0"]
    service = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        url = address(service)
        # Its log must be read, or it waits for whoever reads it.
        reader = subprocess.Popen(["cat"], stdin=service.stderr, stdout=subprocess.DEVNULL)
        alone = asyncio.run(model_time(url, photos))
        report(asyncio.run(load(url, photos, options, service.pid)), alone, options)
    finally:
        service.terminate()
        service.wait()
        reader.wait()


def address(service):
    """Where the service listens, once it does."""
    said = ""
    for line in service.stderr:
        said += line
        if "startup complete" in line:
            return re.search(r"http://\S+", said)[0]
    raise SystemExit(said)


async def model_time(url, photos):
    """Median milliseconds of preprocessor and encoder, when nobody else asks."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        answers = [await search(client, path.read_bytes(), {}) for path in photos[:8]]
    timings = [answer.json()["timings_ms"] for answer in answers if answer.status_code == 200]
    return statistics.median(each["preprocess"] + each["encode"] for each in timings)


async def load(url, photos, options, pid):
    """Latencies of answered searches, statuses of all, and memory along the way."""
    latencies, statuses, memory = [], Counter(), []
    begin = time.perf_counter()
    end = begin + options.seconds
    asked = itertools.cycle(itertools.product([each.read_bytes() for each in photos], WHERES))

    async def client_loop(client):
        while time.perf_counter() < end:
            photo, fields = next(asked)
            started = time.perf_counter()
            answer = await search(client, photo, fields)
            statuses[answer.status_code] += 1
            if answer.status_code == 503:
                await asyncio.sleep(BUSY_WAIT_S)
            else:
                latencies.append(time.perf_counter() - started)

    async def watch():
        for share in (0.05, 0.5, 0.98):
            await asyncio.sleep(max(0.0, begin + share * options.seconds - time.perf_counter()))
            memory.append(resident_megabytes(pid))

    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        loops = [client_loop(client) for _ in range(options.clients)]
        await asyncio.gather(watch(), *loops)
    return latencies, statuses, memory, time.perf_counter() - begin


async def search(client, photo, fields):
    return await client.post("/v1/search", files={"image": ("coin.jpg", photo)}, data=fields)


def resident_megabytes(pid):
    [line] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(line) / 1024


def report(run, alone, options):
    latencies, statuses, memory, seconds = run
    cuts = statistics.quantiles(latencies, n=100)
    say(f"{options.clients} clients for {seconds:.0f} s")
    say(f"throughput    {len(latencies) / seconds:.1f} answers/s")
    say(f"latency, ms   p50 {cuts[49] * 1e3:.0f}, p95 {cuts[94] * 1e3:.0f}, "
          f"p99 {cuts[98] * 1e3:.0f}")  # fmt: skip
    say(f"models alone  {alone:.1f} ms a photo, when nobody else asks")
    say(f"statuses      {dict(sorted(statuses.items()))}")
    start, middle, last = memory
    say(f"memory, MiB   start {start:.0f}, middle {middle:.0f}, end {last:.0f}")


if __name__ == "__main__":
    main()
