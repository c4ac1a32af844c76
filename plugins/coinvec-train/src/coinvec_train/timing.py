"""How long calls take, beside what they are compared with in the same run."""

import math
import statistics
import time
from collections.abc import Callable, Mapping

_BLOCKS = 5
_WARM_UP = 3


def medians_ms(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median time of each call in milliseconds.

    The calls take turns, to share disturbances, and some times each: the idle threads of the last
    one, such as torch's, go on spinning for a while on the cores that the next one needs.

    Args:
        calls: What is timed, by name.
        rounds: How often each is, at least, beside what warms it up.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(_BLOCKS):
        for name, call in calls.items():
            for _ in range(_WARM_UP):
                call()
            times[name] += [_ms(call) for _ in range(math.ceil(rounds / _BLOCKS))]
    return {name: statistics.median(each) for name, each in times.items()}


def _ms(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000
