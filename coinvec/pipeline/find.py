"""The nearest groups for coins of which one or two photos were taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from coinvec.domain.choices import GroupBy
from coinvec.domain.coins import Side
from coinvec.domain.results import CoinInPicture, Hit
from coinvec.domain.vectors import FloatArray
from coinvec.pipeline.fuse import Fusion, fuse
from coinvec.pipeline.retrieve import Group, Retriever
from coinvec.query.planner import Plan

LEADERS = 5
"""Types that the verdict looks at: a ranker's best two may not be the two most similar."""


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """One coin to be looked up.

    Attributes:
        photos: What was found in each of its photos; at least one shows a coin.
        vectors: n × dim float32, one row for each photo that shows a coin; n is 1 or 2.
        warnings: What the asker should know about the photos.
    """

    photos: tuple[CoinInPicture, ...]
    vectors: FloatArray
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a probe.

    Attributes:
        groups: The best groups, best first.
        leaders: The best `LEADERS` types, for the verdict.
        warnings: What the asker should know.
        evidence: Ids of all images that any of this rests on.
        row: The row of the probe's vectors that this rests on; None where it rests on two, which
            show both sides.
    """

    groups: Sequence[Group] = ()
    leaders: Sequence[Group] = ()
    warnings: tuple[str, ...] = ()
    evidence: frozenset[str] = frozenset()
    row: int | None = None


class Finder:
    """Finds the nearest groups of probes under one plan.

    Args:
        retriever: Searches the generation's collection.
        plan: How the query is answered.
    """

    def __init__(self, retriever: Retriever, plan: Plan) -> None:
        self._retriever = retriever
        self._plan = plan

    def find(self, probes: Sequence[Probe]) -> list[Finding]:
        """One finding per probe; probes with one photo share their searches."""
        if self._plan.total_matching == 0:
            return [Finding(warnings=probe.warnings) for probe in probes]
        findings = [self._begun(probe) for probe in probes]
        alone = {at: found.row for at, found in enumerate(findings) if found.row is not None}
        if alone:
            photos = np.stack([probes[at].vectors[row] for at, row in alone.items()])
            for at, (groups, leaders) in zip(alone, self._single(photos), strict=True):
                seen = findings[at].evidence | _evidence([*groups, *leaders])
                findings[at] = replace(findings[at], groups=groups, leaders=leaders, evidence=seen)
        return findings

    def _begun(self, probe: Probe) -> Finding:
        """What two photos find; where one is to be searched by alone, which, and nothing yet."""
        if len(probe.vectors) == 1:
            return Finding(warnings=probe.warnings, row=0)
        fusion = fuse(self._retriever, probe.vectors, self._plan.filter, self._fused)
        if not fusion.is_one_side:
            return replace(self._pair(probe, fusion), warnings=probe.warnings)
        better = self._better_photo(probe)
        warnings = (*probe.warnings, _one_side_warning(fusion, better))
        return Finding(warnings=warnings, evidence=_evidence(fusion.groups), row=better)

    @property
    def _fused(self) -> int:
        """How many types a fusion must rank: all that are asked for, and some for the verdict."""
        return max(LEADERS, self._plan.k)

    def _single(self, queries: FloatArray) -> list[tuple[list[Group], list[Group]]]:
        """The best groups for each query, and its leaders."""
        rows = self._nearest(queries, self._plan.k, self._plan.query.group_by)
        leaders = self._leaders(queries, rows)
        return [
            ([_group(hit) for hit in hits], [_group(hit) for hit in leading])
            for hits, leading in zip(rows, leaders, strict=True)
        ]

    def _leaders(self, queries: FloatArray, rows: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
        """The best image of each of the best types, for each query.

        Complete rankings of designs or images hold those of types: a type is as alike as its best
        image. Only where few types fill the ranking must the others be searched for.
        """
        best = [_first_of_types(hits) for hits in rows]
        wanted = min(LEADERS, self._plan.total_types)
        short = [row for row, found in enumerate(best) if len(found) < wanted]
        if short:
            for row, hits in zip(short, self._nearest(queries[short], LEADERS), strict=True):
                best[row] = _first_of_types(hits)
        return best

    def _pair(self, probe: Probe, fusion: Fusion) -> Finding:
        k, group_by = self._plan.k, self._plan.query.group_by
        leaders = fusion.groups[:LEADERS]
        evidence = _evidence(fusion.groups)
        if group_by is GroupBy.TYPE:
            return Finding(fusion.groups[:k], leaders, evidence=evidence)
        of_type = {group.best.type_key: group.sides for group in fusion.groups}
        hits = [
            hit
            for row, side in enumerate(fusion.shown)
            for hit in self._retriever.nearest(
                probe.vectors[row : row + 1],
                replace(self._plan.filter, side=side),
                k=k,
                group_by=group_by,
            )[0]
        ]
        hits.sort(key=lambda hit: hit.order)
        groups = [_group(hit, of_type.get(hit.type_key)) for hit in hits[:k]]
        return Finding(groups, leaders, evidence=evidence | _evidence(groups))

    def _better_photo(self, probe: Probe) -> int:
        best = self._nearest(probe.vectors, 1)
        return max((0, 1), key=lambda row: (best[row][0].similarity, -row))

    def _nearest(
        self, queries: FloatArray, k: int, group_by: GroupBy = GroupBy.TYPE
    ) -> list[list[Hit]]:
        plan = self._plan
        expected = plan.total_types if group_by is GroupBy.TYPE else plan.total_matching
        return self._retriever.nearest(
            queries, plan.filter, k=k, group_by=group_by, expected=expected
        )


def _group(hit: Hit, sides: Mapping[Side, Hit] | None = None) -> Group:
    """A group by its best image, which stands for its own side where no sides are known."""
    return Group(hit, hit.similarity, sides or {hit.side: hit})


def _evidence(groups: Sequence[Group]) -> frozenset[str]:
    """Ids of the images that groups rest on."""
    hits = chain.from_iterable((group.best, *group.sides.values()) for group in groups)
    return frozenset(hit.image_id for hit in hits)


def _first_of_types(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each of the first types in a ranking."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.type_key, hit)
        if len(first) == LEADERS:
            break
    return list(first.values())


def _one_side_warning(fusion: Fusion, better: int) -> str:
    return (
        f"Both photos seem to show the {fusion.shown[0].value}; the better match, photo "
        f"{better + 1}, was used."
    )
