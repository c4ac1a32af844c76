"""What Prometheus scrapes: requests, searches by stage and verdict, and how full the queue is."""

import os
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from coinvec.domain.results import SearchResult
from coinvec.http.work import Workers

_SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder through which several processes of one service are counted together."""
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The counters of one process.

    Args:
        workers: Whose threads and queue are watched.
    """

    def __init__(self, workers: Workers) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "coinvec_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._durations = Histogram(
            "coinvec_http_request_seconds",
            "Time from a request to its answer.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "coinvec_search_stage_seconds",
            "Time that a stage of a search took.",
            ["stage"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._verdicts = Counter(
            "coinvec_search_verdicts",
            "Coins looked up, by verdict.",
            ["verdict"],
            registry=self._registry,
        )
        self._watch("busy", "Threads at work.", lambda: workers.busy)
        self._watch("waiting", "Requests that wait for a thread.", lambda: workers.waiting)

    def _watch(self, name: str, text: str, count: Callable[[], int]) -> None:
        if _SHARED not in os.environ:  # a shared gauge is a number in a file, and no function
            gauge = Gauge(f"coinvec_workers_{name}", text, registry=self._registry)
            gauge.set_function(count)

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request; `route` is the route's pattern, never a path as asked."""
        self._requests.labels(method, route, status).inc()
        self._durations.labels(method, route).observe(seconds)

    def note_search(self, result: SearchResult) -> None:
        """Count a coin that was looked up."""
        self._verdicts.labels(result.verdict.value).inc()
        self.note_stages(result.timings_ms)

    def note_stages(self, timings_ms: Mapping[str, float]) -> None:
        """Count the time of each stage."""
        for stage, spent in timings_ms.items():
            self._stages.labels(stage).observe(spent / 1e3)

    def text(self) -> bytes:
        """All counters in the text format of Prometheus."""
        if _SHARED not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
