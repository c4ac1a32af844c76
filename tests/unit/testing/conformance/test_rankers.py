"""Each check of the kit finds the fault it is there for."""

import pytest

from coinvec.testing.conformance import find_subjects

HEAD = """
from dataclasses import replace
import itertools, time

calls = itertools.count()

def order(each):
    return (-each.similarity, each.image.id)

class Model:
    def rank(self, request, candidates):
"""


@pytest.mark.parametrize(
    ("body", "check", "words"),
    [
        ("return candidates[:9]", "permutation", "3 of them are missing"),
        ("return [*candidates, candidates[0]]", "permutation", "returned 13"),
        ("return [replace(c, similarity=1.0) for c in candidates]",
         "invents-nothing", "not given"),
        ("return sorted(candidates, key=order)[:len(candidates) - (len(candidates) == 1)]",
         "one-candidate", "0 came back"),
        ("return sorted(candidates, key=order, reverse=next(calls) % 2 == 1)", "deterministic",
         "another order"),
        ("return sorted(candidates, key=order, reverse=request.cache is not None)",
         "cache-changes-nothing", "With a cache"),
        (("return sorted(candidates, key=order, reverse=hasattr(self, 'kept'))\n"
         "    def prepare(self, crops, cache): self.kept = crops"), "cache-changes-nothing",
         "With a cache"),
        (("return sorted(candidates, key=order)\n"
         "    def scores(self, request, candidates): return [2.0] * len(candidates)"),
         "scores-usable", "-1 to 1"),
        (("return sorted(candidates, key=order)\n"
         "    def scores(self, request, given): return [1 / len(given)] * len(given)"),
         "scores-usable", "another score than among others"),
        ("self.given = candidates; time.sleep(.01); return sorted(self.given, key=order)",
         "thread-safe", "Threads"),
        ("return sorted(candidates, key=lambda c: -c.similarity)", "ties-settled",
         "as they were given"),
        ("candidates.sort(key=order, reverse=True); return list(candidates)",
         "input-untouched", "reordered the list"),
        ("return [c for c in candidates if request.load_crop(c.image.id).area]",
         "permutation", "AttributeError"),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_named(written, outcome, body, check, words):
    found = outcome(written("ranker", f"{HEAD}        {body}\n"), check)
    assert not found.passed
    assert words in found.detail


def test_the_core_declares_no_hooks_module_to_be_asked(outcome):
    [subject] = find_subjects("similarity")
    assert outcome(subject, "light-until-used").passed
