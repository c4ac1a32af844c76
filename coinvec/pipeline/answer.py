"""From encoded photos to ranked, joined and judged answers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coinvec.catalogue.designs import Gallery
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.choices import GroupBy, Verdict
from coinvec.domain.images import Crop
from coinvec.domain.models import Thresholds
from coinvec.domain.predicates import Predicate
from coinvec.domain.records import CoinRecord, StoredGeneration
from coinvec.domain.results import Candidate, SearchResult
from coinvec.domain.vectors import DesignImages
from coinvec.pipeline.deeper import COMPARED, find_among
from coinvec.pipeline.exact import ExactVectors
from coinvec.pipeline.find import Finder, Finding, Probe
from coinvec.pipeline.judge import Judgement, judge_scores, judge_similarities
from coinvec.pipeline.rank import RankStep
from coinvec.pipeline.retrieve import Group, Retriever
from coinvec.pipeline.sides import matches, with_sides
from coinvec.pipeline.timing import StageTimer
from coinvec.plugin.protocols import LoadImages, RankingRequest
from coinvec.query.planner import Plan
from coinvec.query.render import render_filter
from coinvec.vectors.filters import VectorFilter
from coinvec.vectors.grouping import first_of_groups
from coinvec.vectors.tracing import Request, noted

Answer = tuple[Sequence[Candidate], Judgement]
"""Hits in the order that they are shown in, and what is to be said of them."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A probe, and what is known of it so far."""

    probe: Probe
    request: RankingRequest
    finding: Finding
    answer: Answer

    @property
    def is_unknown(self) -> bool:
        """Whether the catalogue seems to lack the coin."""
        _, judgement = self.answer
        return judgement.verdict is Verdict.UNKNOWN


_ATTEMPTS = 5
"""Searches at most until no vector without a row is met; the last one looks at SQL's ids alone."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers probes from one generation.

    Attributes:
        catalogue: The SQL store.
        retriever: Searches the generation's collection.
        generation: The live generation.
        thresholds: Its encoder's calibrated limits.
        ranker: Orders the candidates.
        witness: The ranker whose scores the verdict rests on, if it gives any.
        locate: Gives the path or URL of an image id's kept picture.
        load_crop: Gives the cut-out of a catalogue image, for rankers.
        cache: Where rankers keep what follows from that.
    """

    catalogue: CatalogueStore
    retriever: Retriever
    generation: StoredGeneration
    thresholds: Thresholds | None
    ranker: RankStep
    witness: RankStep
    locate: Callable[[str], str]
    load_crop: Callable[[str], Crop | None]
    cache: Path | None = None

    def answer(
        self, probes: Sequence[Probe], plan: Plan, timer: StageTimer, *, both_sides: bool = True
    ) -> list[SearchResult]:
        """Answer probes that share a plan, together.

        Args:
            probes: The coins to look up.
            plan: How the query is answered.
            timer: Counts the stages; each probe is given its share.
            both_sides: Also look up how alike the side that was not photographed is.
        """
        looks = self._look(probes, plan, timer)
        if (second := self.ranker.second) is not None:
            unknown = [at for at, look in enumerate(looks) if look.is_unknown]
            if unknown and self._is_comparable(plan):
                again = self._look_deeper([looks[at] for at in unknown], plan, second, timer)
                for at, look in zip(unknown, again, strict=True):
                    looks[at] = look
        findings = [look.finding for look in looks]
        ranked = [look.answer for look in looks]
        if both_sides:
            with timer.stage("join"):
                ranked = self._with_sides(ranked, probes, findings, plan)
        timings = timer.milliseconds(shared_by=max(1, len(probes)))
        return [
            self._result(probe, plan, finding, answer, timings)
            for probe, finding, answer in zip(probes, findings, ranked, strict=True)
        ]

    def _look(self, probes: Sequence[Probe], plan: Plan, timer: StageTimer) -> list[_Look]:
        """The first look: what the vector store finds, ranked."""
        widened = replace(plan, ranked=self.ranker.widened(plan.k))
        findings, records = self._find(probes, widened, timer)
        looks: list[_Look] = []
        for probe, found in zip(probes, findings, strict=True):
            request = self._request(probe)
            hits, judgement = self._ranked(self.ranker, request, found, records, timer)
            looks.append(_Look(probe, request, found, (hits[: plan.k], judgement)))
        return looks

    def _is_comparable(self, plan: Plan) -> bool:
        """Whether there is anything to compare, and not too much."""
        return 0 < self.catalogue.count(plan.query.where, GroupBy.IMAGE) <= COMPARED

    def _look_deeper(
        self, looks: Sequence[_Look], plan: Plan, step: RankStep, timer: StageTimer
    ) -> list[_Look]:
        """Look again, at more candidates and as closely as the ranker can."""
        probes = [look.probe for look in looks]
        with timer.stage("retrieve"), noted(_comparison(plan, len(probes))) as request:
            gallery = self._gallery(None, plan.query.where)
            findings = find_among(gallery, probes, plan, step.widened(0))
            request.rows = len(gallery.image_ids)
        with timer.stage("join"):
            records = self.catalogue.records(set[str]().union(*(f.evidence for f in findings)))
            load_images = self._images_loader(gallery, plan)
        again: list[_Look] = []
        for look, found in zip(looks, findings, strict=True):
            closer = replace(look.request, second_look=True, load_images=load_images)
            ordered, judgement = self._ranked(step, closer, found, records, timer)
            before, _ = look.answer  # as many as are asked for, where these are of fewer groups
            hits = first_of_groups([*ordered, *before], plan.query.group_by, plan.k)
            again.append(replace(look, answer=(hits, judgement)))
        return again

    def _find(
        self, probes: Sequence[Probe], plan: Plan, timer: StageTimer
    ) -> tuple[list[Finding], dict[str, CoinRecord]]:
        """Find, and find again without the vectors that SQL has no row of, until there are none.

        Returns:
            The findings, warned of what was left out, and the records they rest on.
        """
        orphans: list[set[str]] = [set() for _ in probes]
        findings, records = list[Finding](), dict[str, CoinRecord]()
        for attempt in range(_ATTEMPTS):
            with timer.stage("retrieve"):
                findings = Finder(self.retriever, plan).find(probes)
            with timer.stage("join"):
                records = self.catalogue.records(set[str]().union(*(f.evidence for f in findings)))
                fresh = [finding.evidence - records.keys() for finding in findings]
            if not any(fresh):
                break
            for place, more in enumerate(fresh):
                orphans[place] |= more
            plan = self._without(plan, frozenset().union(*orphans), attempt)
        return [_warned(*each) for each in zip(findings, map(len, orphans), strict=True)], records

    def _without(self, plan: Plan, orphans: frozenset[str], attempt: int) -> Plan:
        """The plan without orphans: those met so far, or, where they go on, all there may be."""
        if attempt < _ATTEMPTS - 2:
            return replace(
                plan, filter=replace(plan.filter, excluded=orphans, excluded_by=GroupBy.IMAGE)
            )
        known = frozenset(self.catalogue.image_ids(plan.query.where))
        return replace(plan, filter=VectorFilter(image_ids=known))

    def _join(self, groups: Sequence[Group], records: Mapping[str, CoinRecord]) -> list[Candidate]:
        return [
            self._candidate(group, records[group.best.image_id])
            for group in groups
            if group.best.image_id in records  # it may have been removed this very moment
        ]

    def _candidate(self, group: Group, record: CoinRecord) -> Candidate:
        return Candidate(
            similarity=group.similarity,
            coin=record.coin,
            design=record.design,
            image=record.image,
            image_location=self.locate(record.image.id) if record.image.has_media else None,
            sides=matches(group.sides),
        )

    def _request(self, probe: Probe) -> RankingRequest:
        crops = [photo.crop for photo in probe.photos if photo.crop is not None]
        return RankingRequest(
            crops, self.load_crop, probe.vectors, self._load_images, cache=self.cache
        )

    def _load_images(self, candidates: Sequence[Candidate]) -> dict[str, DesignImages]:
        return self._gallery({candidate.type for candidate in candidates}).by_design()

    def _images_loader(self, gallery: Gallery, plan: Plan) -> LoadImages:
        """What gives rankers the images of designs: the gallery, if that is all there is."""
        if plan.query.where is not None:  # of a design that matches, images may be left out
            return self._load_images
        images = gallery.by_design()
        return lambda _: images

    def _ranked(
        self,
        step: RankStep,
        request: RankingRequest,
        finding: Finding,
        records: Mapping[str, CoinRecord],
        timer: StageTimer,
    ) -> Answer:
        """What was found, in the ranker's order, and what is to be said of it."""
        with timer.stage("join"):
            candidates = self._join(finding.groups, records)
            leaders = self._join(finding.leaders, records)
        with timer.stage("rank"):
            ordered = step.apply(request, candidates)
            encoder = str(self.generation.generation.encoder)
            return ordered, (
                judge_scores(self.witness, encoder, request, leaders, ordered)
                or judge_similarities(self.thresholds, leaders, candidates, ordered)
            )

    def _with_sides(
        self,
        answers: Sequence[Answer],
        probes: Sequence[Probe],
        findings: Sequence[Finding],
        plan: Plan,
    ) -> list[Answer]:
        """Answers whose hits have the best match of the side that was not photographed, too.

        It is looked up in SQL, and for the hits that are shown alone: a ranker is given many more.
        """
        rows = [finding.row for finding in findings]
        shown = zip(answers, rows, strict=True)
        types = {hit.type for (hits, _), row in shown if row is not None for hit in hits}
        vectors = ExactVectors(self._gallery(types, plan.query.where))
        known = Retriever(vectors, self.generation.collection)
        return [
            (hits if row is None else with_sides(hits, probe.vectors[row], known), judgement)
            for (hits, judgement), probe, row in zip(answers, probes, rows, strict=True)
        ]

    def _gallery(self, types: Collection[str] | None, where: Predicate | None = None) -> Gallery:
        """The vectors that SQL keeps of some types, or of all, as far as a filter leaves them."""
        generation = self.generation
        return self.catalogue.coins().vectors(
            generation.id, generation.generation.dim, where, types=types
        )

    def _result(
        self,
        probe: Probe,
        plan: Plan,
        finding: Finding,
        answer: Answer,
        timings: Mapping[str, float],
    ) -> SearchResult:
        hits, judgement = answer
        return SearchResult(
            verdict=judgement.verdict,
            calibrated=self.thresholds is not None,
            generation=str(self.generation.generation),
            encoder=str(self.generation.generation.encoder),
            total_matching=plan.total_matching,
            coins_in_picture=probe.photos,
            hits=hits,
            timings_ms=timings,
            warnings=(*finding.warnings, *plan.warnings),
            score=judgement.score,
            judged_by=judgement.by,
        )


def _comparison(plan: Plan, queries: int) -> Request:
    """What explanations say of a deeper look."""
    where = plan.query.where
    return Request(
        "comparison in SQL", "" if where is None else render_filter(where), queries, None
    )


def _warned(finding: Finding, orphans: int) -> Finding:
    if not orphans:
        return finding
    ignored = (
        "1 vector without a row was" if orphans == 1 else f"{orphans:,} vectors without a row were"
    )
    warning = f"{ignored} ignored; run `coinvec doctor`."
    return replace(finding, warnings=(*finding.warnings, warning))
