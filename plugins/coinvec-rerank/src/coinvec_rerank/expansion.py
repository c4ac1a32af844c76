"""The ranker `expand`: the query is moved towards its neighbours, and they are compared anew."""

from collections.abc import Sequence

import numpy as np

from coinvec.domain.results import Candidate
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.protocols import RankingRequest
from coinvec_rerank.order import by_score
from coinvec_rerank.weights import EXPANSION, Expansion


class ExpansionRanker:
    """Orders candidates by similarity to the query and to the expanded query.

    The embedding of the query is joined by those of its nearest neighbours, each weighted by a
    power of its similarity, so that what the photographs of one design have in common counts for
    more than what this one shows by chance (F. Radenović, G. Tolias, O. Chum: Fine-tuning CNN
    image retrieval with no human annotation, 2019, "αQE"; after O. Chum et al.: Total recall,
    2007). Neighbours are all images of the candidates' designs.

    Args:
        weights: How to expand; by default as chosen on the development coins.
    """

    def __init__(self, weights: Expansion = EXPANSION) -> None:
        self._weights = weights

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """See `Ranker.rank`; looks at embeddings only. A candidate without one keeps its place."""
        images = request.load_images(candidates)
        galleries = {design: each.vectors for design, each in images.items()}
        designs = dict.fromkeys(each.design.id for each in candidates)
        known = [galleries[design] for design in designs if design in galleries]
        if not known:
            return candidates
        queries = expanded(request.vectors, np.concatenate(known), self._weights)
        share = self._weights.weight
        scores = [
            None
            if (gallery := galleries.get(each.design.id)) is None
            else (1 - share) * each.similarity + share * float((gallery @ queries.T).max())
            for each in candidates
        ]
        return by_score(candidates, scores)


def expanded(queries: FloatArray, gallery: FloatArray, weights: Expansion) -> FloatArray:
    """Move queries towards their neighbours.

    Args:
        queries: n × dim float32, unit norm.
        gallery: m × dim float32, unit norm.
        weights: How many neighbours, and how much each counts.

    Returns:
        n × dim float32, unit norm.
    """
    similarities = queries @ gallery.T
    count = min(weights.neighbours, len(gallery))
    nearest = np.argsort(-similarities, axis=1, kind="stable")[:, :count]
    shares = np.take_along_axis(similarities, nearest, axis=1).clip(min=0.0) ** weights.power
    moved = queries + np.einsum("nk,nkd->nd", shares, gallery[nearest])
    unit: FloatArray = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return unit
