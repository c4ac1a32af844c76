"""The ranker `verify`: the first hits are compared with the photo, picture against picture."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from coinvec.domain.coins import Design
from coinvec.domain.images import Crop
from coinvec.domain.results import Candidate
from coinvec.domain.vectors import DesignImages, FloatArray
from coinvec.plugin.protocols import RankingRequest
from coinvec_rerank.cache import BlobCache
from coinvec_rerank.gradients import REVISION, gradient_grid
from coinvec_rerank.network import Network
from coinvec_rerank.order import by_score
from coinvec_rerank.prototypes import PROTOTYPES
from coinvec_rerank.spectra import (
    PACKED_BYTES,
    SpectrumArray,
    agreements,
    means,
    packed,
    spectra,
    unpacked,
)
from coinvec_rerank.weights import NETWORK, VERIFICATION, Verification

Shown = tuple[tuple[str, str], ...]
"""The designs that photos of a candidate may show, each with its best image."""

_KEPT: Final = 80_000
"""Coins whose spectra are kept, 8 KiB each."""
_DIGITS: Final = 6
"""Of an agreement; further ones depend on how many coins are compared at once."""
_IMAGES: Final = 8
"""Images of a design that are held against a photo, those most alike to it."""
_BLOCK: Final = 16
"""Groups that are compared at once: some 4 MiB of spectra, times four in passing."""
_EARLIER: Final = ("gradients-*.db*", "descriptors-*.db*")
"""What this ranker kept under other revisions."""
_READ: Final = 20
"""Candidates whose pictures are read where nothing of them is kept: each takes some 60 ms."""


class VerifyRanker:
    """Orders candidates by similarity and by how well their local gradients agree with the photo's.

    A candidate of whose pictures nothing is known keeps its place.

    Args:
        weights: How much gradients count; by default as chosen on the development coins.
        network: Makes descriptors of gradients.
    """

    def __init__(
        self, weights: Verification = VERIFICATION, network: Network | None = None
    ) -> None:
        self._weights = weights
        self._network = network or Network()
        self._said = WeakKeyDictionary[RankingRequest, dict[Shown, float]]()

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """See `Ranker.rank`; reads the pictures of which nothing is kept yet."""
        return by_score(candidates, self.scores(request, candidates))

    def scores(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> Sequence[float | None]:
        """See `ScoringRanker.scores`: the weighted mean of similarity and agreement."""
        return [
            None if proof is None else score(candidate.similarity, proof, self._weights)
            for candidate, proof in zip(candidates, self._proofs(request, candidates), strict=True)
        ]

    def _proofs(
        self, request: RankingRequest, candidates: Sequence[Candidate]
    ) -> list[float | None]:
        """See `evidence`; the verdict asks again for some of what the order was made of."""
        said = self._said.setdefault(request, {})
        shown = [_shown(each, len(request.crops) > 1) for each in candidates]
        fresh = {key: each for key, each in zip(shown, candidates, strict=True) if key not in said}
        if fresh:
            aside = self._weights.aside if request.second_look else 0.0
            proofs = evidence(self._network, request, list(fresh.values()), aside)
            # One of which nothing is known may be among the first, and read, the next time.
            said |= {k: p for k, p in zip(fresh, proofs, strict=True) if p is not None}
        return [said.get(key) for key in shown]

    def prepare(self, crops: Mapping[str, Crop], cache: Path) -> None:
        """See `PreparingRanker.prepare`; about 20 ms of one processor core a coin."""
        cache_of(cache).keep(
            {image_id: _kept_form(self._network, crop) for image_id, crop in crops.items()}
        )


def evidence(
    network: Network, request: RankingRequest, candidates: Sequence[Candidate], aside: float
) -> list[float | None]:
    """How well each candidate's pictures agree with the photos.

    Args:
        network: Makes descriptors of gradients.
        request: The photos' coins, and where catalogue pictures come from.
        candidates: The candidates.
        aside: See `Verification`.

    Returns:
        For each candidate the mean of two `agreements` of the photo: with the image that agrees
        most, of the candidate's best image and those of the same design that are most alike to the
        photo, and with what these have in common (`means`), in which the wear, the light and the
        dirt of the single coin are evened out. For two photos the mean over the sides of the type,
        each with the photo that agrees more. None where nothing is known of the images. A picture
        is read for the best image of the first candidates only: of the others, what is kept is
        taken, or, where its design has no picture in the catalogue, the prototype that ships of one
        of the starter catalogue.
    """
    sides = _sides(request, candidates)
    known = _shipped(candidates, sides) | _known(
        network, request, [side for each in sides for side in each]
    )
    groups = [[_members(side, known) for side in each] for each in sides]
    shown = [members for each in groups for members in each if members]
    agreed = iter(_agreed(_looked_at(network, request.crops, aside), shown) if shown else ())
    return [_average([next(agreed) for members in each if members]) for each in groups]


def score(similarity: float, proof: float, weights: Verification) -> float:
    """The weighted mean of a similarity, or the floor, and `evidence`."""
    total = max(similarity, weights.floor) + weights.weight * proof
    # Rounding lifts what is the same picture a little above 1.
    return min(1.0, total / (1 + weights.weight))


def cache_of(folder: Path) -> BlobCache:
    """What is kept of catalogue images; what an earlier revision kept is removed."""
    path = folder / f"descriptors-{REVISION}.{NETWORK}.db"
    if not path.exists():
        for old in (old for pattern in _EARLIER for old in folder.glob(pattern)):
            with suppress(OSError):  # another process may be using it
                old.unlink()
    return BlobCache(path, _KEPT)


def _kept_form(network: Network, crop: Crop) -> bytes:
    [spectrum] = _looked_at(network, [crop], aside=0.0)
    return packed(spectrum)


def _looked_at(network: Network, crops: Sequence[Crop], aside: float) -> SpectrumArray:
    """The spectra of coins, of each around every middle that its face may have."""
    around = [(aside, 0.0), (-aside, 0.0), (0.0, aside), (0.0, -aside)] if aside else []
    grids = (gradient_grid(crop, middle) for crop in crops for middle in [(0.0, 0.0), *around])
    return spectra(np.stack([network.describe(grid) for grid in grids]))


def _sides(request: RankingRequest, candidates: Sequence[Candidate]) -> list[list[list[str]]]:
    """The images that the photos are held against, the best first: of each candidate, by side."""
    known = request.load_images(candidates)
    several = len(request.crops) > 1
    return [
        [_nearest(request, known.get(design), best) for design, best in _shown(each, several)]
        for each in candidates
    ]


def _shown(candidate: Candidate, both_sides: bool) -> Shown:
    if not (both_sides and candidate.sides):
        return ((candidate.design.id, candidate.image.id),)
    return tuple(
        (Design(candidate.type, side, match.design).id, match.image_id)
        for side, match in candidate.sides.items()
    )


def _nearest(request: RankingRequest, images: DesignImages | None, best: str) -> list[str]:
    """The best image and those of its design that are nearest to a photo."""
    if images is None:
        return [best]
    order = np.argsort(-(images.vectors @ request.vectors.T).max(axis=1), kind="stable")
    nearest = (images.image_ids[place] for place in order[:_IMAGES])
    return list(dict.fromkeys([best, *nearest]))[:_IMAGES]


def _members(images: Sequence[str], known: Mapping[str, bytes]) -> list[bytes]:
    """What is known of images; of a prototype that several share, once."""
    return list(dict.fromkeys(known[image_id] for image_id in images if image_id in known))


def _average(sides: Sequence[float]) -> float | None:
    return sum(sides) / len(sides) if sides else None


def _agreed(photos: SpectrumArray, groups: Sequence[Sequence[bytes]]) -> list[float]:
    """How well the photo that agrees most agrees with each group, of at least one coin."""
    blocks = (groups[start : start + _BLOCK] for start in range(0, len(groups), _BLOCK))
    agreed = np.concatenate([_agreed_block(photos, block) for block in blocks])
    return [round(float(each), _DIGITS) for each in agreed]


def _agreed_block(photos: SpectrumArray, groups: Sequence[Sequence[bytes]]) -> FloatArray:
    members = unpacked([each for group in groups for each in group])
    starts = np.cumsum([0, *map(len, groups[:-1])])
    single = np.maximum.reduceat(agreements(photos, members).max(axis=0), starts)
    common = agreements(photos, means(members, starts)).max(axis=0)
    both: FloatArray = (single + common) / 2
    return both


def _shipped(
    candidates: Sequence[Candidate], sides: Sequence[Sequence[Sequence[str]]]
) -> dict[str, bytes]:
    """The prototypes of images whose candidates have no picture.

    With pictures, these alone count: prototypes may be made of the very photos that are asked.
    """
    return PROTOTYPES.of(
        image_id
        for candidate, each in zip(candidates, sides, strict=True)
        if not candidate.image.has_media
        for side in each
        for image_id in side
    )


def _known(
    network: Network, request: RankingRequest, sides: Sequence[Sequence[str]]
) -> dict[str, bytes]:
    """What is known of catalogue images, by id."""
    wanted = dict.fromkeys(image for side in sides for image in side)
    cache = None if request.cache is None else cache_of(request.cache)
    kept = {} if cache is None else cache.load(wanted)
    found = {image_id: each for image_id, each in kept.items() if len(each) == PACKED_BYTES}
    fresh = {
        image_id: _kept_form(network, crop)
        for image_id in dict.fromkeys(side[0] for side in sides[:_READ])
        if image_id not in found and (crop := request.load_crop(image_id)) is not None
    }
    if cache is not None:
        cache.keep(fresh)
    return found | fresh
