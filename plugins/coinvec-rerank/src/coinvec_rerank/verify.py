"""The ranker `verify`: the first hits are compared with the photo, picture against picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from coinvec.domain.images import Crop
from coinvec.domain.results import Candidate
from coinvec.plugin.protocols import RankingRequest
from coinvec_rerank.cache import BlobCache
from coinvec_rerank.gradients import (
    REVISION,
    SHAPE,
    SpectrumArray,
    agreement,
    gradient_grid,
    spectrum,
)
from coinvec_rerank.order import by_score
from coinvec_rerank.weights import VERIFICATION, Verification

_STORED: Final = np.dtype("<f2")
_BYTES: Final = int(np.prod(SHAPE)) * _STORED.itemsize
_KEPT: Final = 20_000
"""Coins whose gradients are kept, 32 KiB each."""


class VerifyRanker:
    """Orders candidates by similarity and by how well their local gradients agree with the photo's.

    A candidate without a picture keeps its place.

    Args:
        weights: How much gradients count; by default as chosen on the development coins.
    """

    def __init__(self, weights: Verification = VERIFICATION) -> None:
        self._weights = weights

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """See `Ranker.rank`; reads the pictures of which nothing is kept yet."""
        return by_score(candidates, self.scores(request, candidates))

    def scores(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> Sequence[float | None]:
        """See `ScoringRanker.scores`: the weighted mean of similarity and agreement."""
        weight = self._weights.weight
        return [
            None if proof is None else _mean(candidate.similarity, proof, weight)
            for candidate, proof in zip(candidates, evidence(request, candidates), strict=True)
        ]

    def prepare(self, crops: Mapping[str, Crop], cache: Path) -> None:
        """See `PreparingRanker.prepare`; about 15 ms of one processor core a coin."""
        _cache(cache).keep({image_id: _kept_form(crop) for image_id, crop in crops.items()})


def evidence(request: RankingRequest, candidates: Sequence[Candidate]) -> list[float | None]:
    """How well each candidate's picture agrees with the photos.

    Args:
        request: The photos' coins, and where catalogue pictures come from.
        candidates: The candidates.

    Returns:
        The `agreement` of the candidate's best image with the photo that agrees more; for two
        photos the mean over the sides of the type. None where no picture is kept.
    """
    photos = [_spectrum(crop) for crop in request.crops]
    images = [_images(each, len(photos)) for each in candidates]
    spectra = _spectra(request, sorted({image for each in images for image in each}))
    return [_proof(photos, [spectra[image] for image in each]) for each in images]


def _mean(similarity: float, proof: float, weight: float) -> float:
    # Rounding lifts what is the same picture a little above 1.
    return min(1.0, (similarity + weight * proof) / (1 + weight))


def _cache(folder: Path) -> BlobCache:
    return BlobCache(folder / f"gradients-{REVISION}.db", _KEPT)


def _spectrum(crop: Crop) -> SpectrumArray:
    return _read(_kept_form(crop))


def _kept_form(crop: Crop) -> bytes:
    return gradient_grid(crop).astype(_STORED).tobytes()


def _read(kept: bytes) -> SpectrumArray:
    return spectrum(np.frombuffer(kept, dtype=_STORED).reshape(SHAPE).astype(np.float32))


def _images(candidate: Candidate, photos: int) -> list[str]:
    """The catalogue images that the photos are held against."""
    if photos == 1:
        return [candidate.image.id]
    return [match.image_id for match in candidate.sides.values()] or [candidate.image.id]


def _proof(photos: Sequence[SpectrumArray], images: Sequence[SpectrumArray | None]) -> float | None:
    best = [
        max(agreement(photo, image) for photo in photos) for image in images if image is not None
    ]
    return sum(best) / len(best) if best else None


def _spectra(
    request: RankingRequest, image_ids: Sequence[str]
) -> Mapping[str, SpectrumArray | None]:
    """The spectra of catalogue images by id, from what is kept or from pictures; None without."""
    cache = None if request.cache is None else _cache(request.cache)
    kept = {} if cache is None else cache.load(image_ids)
    found = {image_id: grid for image_id, grid in kept.items() if len(grid) == _BYTES}
    fresh = {
        image_id: _kept_form(crop)
        for image_id in image_ids
        if image_id not in found and (crop := request.load_crop(image_id)) is not None
    }
    if cache is not None:
        cache.keep(fresh)
    found |= fresh
    return {each: _read(found[each]) if each in found else None for each in image_ids}
