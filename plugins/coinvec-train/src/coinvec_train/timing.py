"""How long calls take, beside what they are compared with in the same run."""

import statistics
import time
from collections.abc import Callable, Mapping

_WARM_UP = 3


def medians_ms(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median time of each call in milliseconds; the calls take turns, to share disturbances."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for at in range(_WARM_UP + rounds):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            if at >= _WARM_UP:
                times[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}
