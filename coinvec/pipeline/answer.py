"""From encoded photos to ranked, joined and judged answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.images import Crop
from coinvec.domain.records import CoinRecord, StoredGeneration
from coinvec.domain.results import Candidate, SearchResult, SideMatch, Thresholds
from coinvec.pipeline.find import Finder, Finding, Probe
from coinvec.pipeline.judge import judge
from coinvec.pipeline.rank import apply_ranker
from coinvec.pipeline.retrieve import Group, Retriever
from coinvec.pipeline.timing import StageTimer
from coinvec.plugin.protocols import Ranker, RankingRequest
from coinvec.query.planner import Plan


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers probes from one generation.

    Attributes:
        catalogue: The SQL store.
        retriever: Searches the generation's collection.
        generation: The live generation.
        thresholds: Its encoder's calibrated limits.
        ranker: Orders the candidates.
        locate: Gives the path or URL of an image id's kept picture.
        load_crop: Gives the cut-out of a catalogue image, for rankers.
    """

    catalogue: CatalogueStore
    retriever: Retriever
    generation: StoredGeneration
    thresholds: Thresholds | None
    ranker: Ranker
    locate: Callable[[str], str]
    load_crop: Callable[[str], Crop | None]

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
        with timer.stage("retrieve"):
            findings = Finder(self.retriever, plan, both_sides=both_sides).find(probes)
        with timer.stage("join"):
            joined = self._join(findings)
        with timer.stage("rank"):
            ranked = [
                apply_ranker(self.ranker, self._request(probe), candidates)
                for probe, candidates in zip(probes, joined, strict=True)
            ]
        timings = timer.milliseconds(shared_by=max(1, len(probes)))
        return [
            self._result(probe, plan, finding, hits, timings)
            for probe, finding, hits in zip(probes, findings, ranked, strict=True)
        ]

    def _join(self, findings: Iterable[Finding]) -> list[list[Candidate]]:
        """Candidates of each finding; vectors without a row in SQL are dropped."""
        findings = list(findings)
        ids = {group.best.image_id for finding in findings for group in finding.groups}
        records = self.catalogue.records(ids)
        return [
            [
                self._candidate(group, records[group.best.image_id])
                for group in finding.groups
                if group.best.image_id in records
            ]
            for finding in findings
        ]

    def _candidate(self, group: Group, record: CoinRecord) -> Candidate:
        return Candidate(
            similarity=group.similarity,
            coin=record.coin,
            design=record.design,
            image=record.image,
            image_location=self.locate(record.image.id) if record.image.has_media else None,
            sides={
                side: SideMatch(hit.design_key, hit.similarity)
                for side, hit in sorted(group.sides.items())
            },
        )

    def _request(self, probe: Probe) -> RankingRequest:
        crops = [photo.crop for photo in probe.photos if photo.crop is not None]
        return RankingRequest(crops, self.load_crop)

    def _result(
        self,
        probe: Probe,
        plan: Plan,
        finding: Finding,
        hits: Sequence[Candidate],
        timings: Mapping[str, float],
    ) -> SearchResult:
        return SearchResult(
            verdict=judge(finding.best_types, self.thresholds),
            calibrated=self.thresholds is not None,
            generation=str(self.generation.generation),
            encoder=str(self.generation.generation.encoder),
            total_matching=plan.total_matching,
            coins_in_picture=probe.photos,
            hits=hits,
            timings_ms=timings,
            warnings=(*finding.warnings, *plan.warnings),
        )
