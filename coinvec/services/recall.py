"""How much of an answer an exact search would have given too."""

from dataclasses import dataclass

from coinvec.domain.choices import GroupBy
from coinvec.domain.results import SIMILARITY_TOLERANCE, Candidate, SearchResult
from coinvec.pipeline.exact import ExactVectors
from coinvec.pipeline.find import Finder
from coinvec.pipeline.retrieve import Group, Retriever
from coinvec.query.planner import Plan, make_exact_plan
from coinvec.services.search import LookUp


@dataclass(frozen=True, slots=True)
class Recall:
    """A vector search held against an exact one over the vectors that SQL keeps.

    Attributes:
        found: Groups of the answer that are among the best, or as similar as the last of them.
        wanted: How many groups the exact search gives.
        vectors: How many vectors it compared.
    """

    found: int
    wanted: int
    vectors: int

    @property
    def share(self) -> float:
        """The recall: 1 where nothing was missed."""
        return self.found / self.wanted if self.wanted else 1.0

    def as_json(self) -> dict[str, object]:
        """As plain values."""
        return {
            "recall": round(self.share, 6),
            "found": self.found,
            "wanted": self.wanted,
            "vectors": self.vectors,
        }

    def __str__(self) -> str:
        """For people."""
        return (
            f"{self.found} of {self.wanted} are what an exact search of {self.vectors:,} vectors "
            "finds"
        )


def recall_of(seen: LookUp, plan: Plan, result: SearchResult) -> Recall:
    """Hold an answer in the order of similarity against an exact search.

    Args:
        seen: The coin.
        plan: The plan the answer was found under.
        result: The answer.
    """
    query = plan.query
    gallery = seen.gallery(query.where)
    exact = make_exact_plan(query, seen.home.catalogue, reason="It is compared with.")
    retriever = Retriever(ExactVectors(gallery), seen.generation.stored.collection)
    [finding] = Finder(retriever, exact).find([seen.probe])
    similarities = {_key(group, query.group_by): group.similarity for group in finding.groups}
    wanted = min(plan.k, len(finding.groups))
    least = finding.groups[wanted - 1].similarity - SIMILARITY_TOLERANCE if wanted else 0.0
    found = sum(
        similarities.get(_key_of(hit, query.group_by), -2.0) >= least for hit in result.hits
    )
    return Recall(min(found, wanted), wanted, len(gallery.image_ids))


def _key(group: Group, group_by: GroupBy) -> str:
    return group.best.group(group_by)


def _key_of(hit: Candidate, group_by: GroupBy) -> str:
    match group_by:
        case GroupBy.TYPE:
            return hit.type
        case GroupBy.DESIGN:
            return hit.design.id
        case GroupBy.IMAGE:
            return hit.image.id
