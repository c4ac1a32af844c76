"""A burst queues, and what does not fit is told at once."""

import asyncio
import threading

import pytest

from coinvec.http.problems import ProblemError
from coinvec.http.work import Workers


def run(scenario):
    return asyncio.run(scenario)


def test_a_burst_queues_and_the_rest_is_refused():
    workers = Workers(threads=2, queue=3, timeout=30)
    gate, running = threading.Event(), threading.Semaphore(0)

    def work():
        running.release()
        gate.wait(30)
        return "done"

    async def burst():
        asked = [asyncio.create_task(workers.run(work)) for _ in range(9)]
        await asyncio.to_thread(lambda: [running.acquire(timeout=30) for _ in range(2)])
        assert (workers.busy, workers.waiting) == (2, 3)
        gate.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = run(burst())
    refused = [each for each in answers if isinstance(each, ProblemError)]
    assert answers.count("done") == 5
    assert len(refused) == 4
    for each in refused:
        assert each.problem.status == 503
        assert 1 <= int(each.problem.headers["Retry-After"]) <= 60
    assert (workers.busy, workers.waiting) == (0, 0)
    workers.close()


def test_work_that_takes_too_long_is_given_up_and_keeps_its_place():
    workers = Workers(threads=1, queue=1, timeout=0.05)
    gate, ran = threading.Event(), []

    async def scenario():
        asked = [workers.run(lambda: gate.wait(30)), workers.run(lambda: ran.append("second"))]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [each.problem.status for each in answers] == [504, 504]
        assert workers.busy == 1  # no thread can be stopped
        gate.set()
        while workers.busy:
            await asyncio.sleep(0.01)
        return await workers.run(lambda: "free again")

    assert run(scenario()) == "free again"
    assert ran == []  # nobody waits for it any more
    workers.close()


def test_errors_come_through_and_free_their_place():
    workers = Workers(threads=1, queue=0, timeout=30)

    def broken():
        raise ZeroDivisionError

    async def scenario():
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await workers.run(broken)
        return await workers.run(lambda: "well")

    assert run(scenario()) == "well"
    workers.close()
