"""Photos in, ranked coins out."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from coinvec.domain.images import Crop, Picture
from coinvec.domain.records import StoredGeneration
from coinvec.domain.results import CoinInPicture, Query, SearchResult
from coinvec.errors import CoinvecError, NoCoinError, StoreError, UsageError
from coinvec.media.decode import ImageSource, decode
from coinvec.pipeline.answer import Answerer
from coinvec.pipeline.find import Probe
from coinvec.pipeline.models import ModelPair
from coinvec.pipeline.retrieve import Retriever
from coinvec.pipeline.timing import StageTimer
from coinvec.query.planner import Plan, make_plan
from coinvec.services.home import Home, LoadedGeneration

Photos = Sequence[ImageSource]
"""One or two photos of one coin."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Seen:
    """The photos of one coin, and the crop of those that show one."""

    photos: tuple[CoinInPicture, ...]

    @property
    def crops(self) -> list[Crop]:
        return [photo.crop for photo in self.photos if photo.crop is not None]

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(
            f"No coin was found in {photo.name}; the other photo alone was used."
            for photo in self.photos
            if photo.crop is None
        )


class Searcher:
    """Answers searches in one home.

    Which generation is live is asked anew for each search, and that one generation finds, encodes
    and compares to the end: a swap of generations never shows within an answer.

    Args:
        home: The opened home.
        generation: Search this one, whichever is live.
    """

    def __init__(self, home: Home, generation: StoredGeneration | None = None) -> None:
        self._home = home
        self._generation = generation

    def search(self, photos: Photos, query: Query) -> SearchResult:
        """Look one coin up by one photo, or by two of its two sides in either order.

        Raises:
            NoCoinError: No photo shows a coin.
            ImageError: A photo is unreadable.
        """
        if not 1 <= len(photos) <= 2:
            raise UsageError(
                f"A coin is searched by one or two photos, not {len(photos)}.",
                hint="Search many photos one by one.",
            )
        generation = self._home.get_ready(self._generation)
        timer = StageTimer()
        pictures = [self._decode(photo, timer) for photo in photos]

        def answer(generation: LoadedGeneration) -> SearchResult:
            seen = _see(pictures, generation, timer)
            if not seen.crops:
                raise _no_coin(seen.photos)
            return self._answer([seen], self._plan(query, generation), generation, timer)[0]

        return self._answer_from_one(generation, answer)

    def search_all_coins(self, photo: ImageSource, query: Query) -> list[SearchResult]:
        """Look up every coin in a picture, largest first.

        Raises:
            NoCoinError: The photo shows no coin.
            ImageError: The photo is unreadable.
        """
        generation = self._home.get_ready(self._generation)
        timer = StageTimer()
        picture = self._decode(photo, timer)

        def answer(generation: LoadedGeneration) -> list[SearchResult]:
            with timer.stage("preprocess"):
                crops = generation.models.find(picture, all_coins=True)
            if not crops:
                raise _no_coin([CoinInPicture(picture.name, None)])
            seen = [_Seen((CoinInPicture(picture.name, crop),)) for crop in crops]
            return self._answer(seen, self._plan(query, generation), generation, timer)

        return self._answer_from_one(generation, answer)

    def search_batch(
        self, coins: Sequence[Photos], plan: Plan, pool: Executor
    ) -> list[SearchResult | CoinvecError]:
        """Look many coins up under one plan, sharing the models' and the store's batches.

        Args:
            coins: The photos of each coin.
            plan: From `make_plan`.
            pool: Runs decoding and preprocessing.

        Returns:
            A result for each coin, or why there is none.
        """
        generation = self._home.get_ready(self._generation)
        timer = StageTimer()
        see = partial(self._try_to_see, generation=generation, timer=timer)
        outcomes = list(pool.map(see, coins))
        seen = {place: each for place, each in enumerate(outcomes) if isinstance(each, _Seen)}
        answers = self._answer(list(seen.values()), plan, generation, timer, both_sides=False)
        answered = dict(zip(seen, answers, strict=True))
        return [
            each if isinstance(each, CoinvecError) else answered[place]
            for place, each in enumerate(outcomes)
        ]

    def _plan(self, query: Query, generation: LoadedGeneration) -> Plan:
        index = self._home.vectors.index(generation.stored.collection)
        return make_plan(query, self._home.catalogue, index)

    def _answer_from_one(
        self, generation: LoadedGeneration, answer: Callable[[LoadedGeneration], Answer]
    ) -> Answer:
        """Answer from one generation; from the one after it where it was dropped meanwhile."""
        while True:
            try:
                return answer(generation)
            except StoreError:
                now = self._home.get_ready(self._generation)
                if now.stored.id == generation.stored.id:
                    raise
                generation = now

    def _try_to_see(
        self, photos: Photos, generation: LoadedGeneration, timer: StageTimer
    ) -> _Seen | CoinvecError:
        try:
            seen = _see([self._decode(photo, timer) for photo in photos], generation, timer)
        except CoinvecError as error:
            return error
        return seen if seen.crops else _no_coin(seen.photos)

    def _decode(self, photo: ImageSource, timer: StageTimer) -> Picture:
        with timer.stage("decode"):
            return decode(photo, limits=self._home.limits)

    def _answer(
        self,
        seen: Sequence[_Seen],
        plan: Plan,
        generation: LoadedGeneration,
        timer: StageTimer,
        *,
        both_sides: bool = True,
    ) -> list[SearchResult]:
        home, models = self._home, generation.models
        with timer.stage("encode"):
            vectors = models.encode([crop for each in seen for crop in each.crops])
        probes, start = [], 0
        for each in seen:
            stop = start + len(each.crops)
            probes.append(Probe(each.photos, vectors[start:stop], each.warnings))
            start = stop
        answerer = Answerer(
            catalogue=home.catalogue,
            retriever=Retriever(home.vectors, generation.stored.collection, plan.access),
            generation=generation.stored,
            thresholds=models.encoder_spec.thresholds,
            ranker=home.ranker,
            locate=home.media.location,
            load_crop=partial(self._load_crop, models),
        )
        return answerer.answer(probes, plan, timer, both_sides=both_sides)

    def _load_crop(self, models: ModelPair, image_id: str) -> Crop | None:
        home = self._home
        if not home.media.exists(image_id):
            return None
        picture = decode(home.media.read(image_id), limits=home.limits, name=image_id)
        return models.find_enrolled(picture)


def _see(pictures: Sequence[Picture], generation: LoadedGeneration, timer: StageTimer) -> _Seen:
    with timer.stage("preprocess"):
        found = [generation.models.find(picture) for picture in pictures]
    return _Seen(
        tuple(
            CoinInPicture(picture.name, crops[0] if crops else None)
            for picture, crops in zip(pictures, found, strict=True)
        )
    )


def _no_coin(photos: Sequence[CoinInPicture]) -> NoCoinError:
    return NoCoinError(
        f"No coin was found in {' or '.join(photo.name for photo in photos)}.",
        hint="Photograph one coin from above, filling a good part of the picture, on a ground "
        "that contrasts with it.",
    )
