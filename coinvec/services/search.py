"""Photos in, ranked coins out."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from coinvec.catalogue.designs import Gallery
from coinvec.domain.images import Crop, Picture
from coinvec.domain.predicates import Predicate
from coinvec.domain.records import StoredGeneration
from coinvec.domain.results import CoinInPicture, Query, SearchResult
from coinvec.errors import CoinvecError, NoCoinError, StoreError, UsageError
from coinvec.media.decode import ImageSource, decode
from coinvec.pipeline.answer import Answerer
from coinvec.pipeline.find import Probe
from coinvec.pipeline.models import ModelPair
from coinvec.pipeline.rank import RankStep, SimilarityRanker
from coinvec.pipeline.retrieve import Retriever, Vectors
from coinvec.pipeline.timing import StageTimer
from coinvec.query.planner import Plan, make_plan
from coinvec.services.home import Home, LoadedGeneration
from coinvec.services.ranker_cache import ranker_cache
from coinvec.vectors.indexes import IndexSetting

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


@dataclass(frozen=True, slots=True)
class LookUp:
    """A coin that was seen and encoded, to be looked up in one generation.

    Attributes:
        home: The opened home.
        generation: The generation that encoded it, and the only one it can be compared with.
        probe: What was found in its photos, and their vectors.
        timer: Counts the stages.
        ranker: Orders the candidates.
    """

    home: Home
    generation: LoadedGeneration
    probe: Probe
    timer: StageTimer
    ranker: RankStep

    @property
    def index(self) -> IndexSetting:
        """The index of the generation's collection."""
        return self.home.vectors.index(self.generation.stored.collection)

    def plan(self, query: Query) -> Plan:
        """How a query is answered."""
        return make_plan(query, self.home.catalogue, self.index)

    def gallery(self, where: Predicate | None) -> Gallery:
        """The vectors that SQL keeps of the images that match a filter."""
        generation = self.generation.stored
        coins = self.home.catalogue.coins()
        return coins.vectors(generation.id, generation.generation.dim, where)

    def answer(
        self, plan: Plan, *, by_similarity: bool = False, vectors: Vectors | None = None
    ) -> SearchResult:
        """The answer under a plan.

        Args:
            plan: How the query is answered.
            by_similarity: Keep hits in the order of their similarity, whatever the ranker, and
                look at no side but those that were photographed.
            vectors: What is searched; by default the vector store.
        """
        answerer = _answerer(self.home, self.generation, plan, self.ranker)
        if vectors is not None:
            retriever = Retriever(vectors, self.generation.stored.collection)
            answerer = replace(answerer, retriever=retriever)
        if by_similarity:
            answerer = replace(answerer, ranker=RankStep(SimilarityRanker()))
        both_sides = not by_similarity
        return answerer.answer([self.probe], plan, self.timer, both_sides=both_sides)[0]


class Searcher:
    """Answers searches in one home.

    Which generation is live is asked anew for each search, and that one generation finds, encodes
    and compares to the end: a swap of generations never shows within an answer.

    Args:
        home: The opened home.
        generation: Search this one, whichever is live.
        ranker: Orders the candidates; by default that of the settings.
    """

    def __init__(
        self,
        home: Home,
        generation: StoredGeneration | None = None,
        *,
        ranker: RankStep | None = None,
    ) -> None:
        self._home = home
        self._generation = generation
        self._ranker = ranker

    @property
    def home(self) -> Home:
        """The opened home."""
        return self._home

    def search(self, photos: Photos, query: Query) -> SearchResult:
        """Look one coin up by one photo, or by two of its two sides in either order.

        Raises:
            NoCoinError: No photo shows a coin.
            ImageError: A photo is unreadable.
        """
        return self.look_up(photos, lambda seen: seen.answer(seen.plan(query)))

    def look_up(self, photos: Photos, answer: Callable[[LookUp], Answer]) -> Answer:
        """See and encode one coin, and answer from that; raises as `search`.

        Args:
            photos: One or two.
            answer: Called again where the generation is dropped while it works.
        """
        if not 1 <= len(photos) <= 2:
            raise UsageError(
                f"A coin is searched by one or two photos, not {len(photos)}.",
                hint="Search many photos one by one.",
            )
        generation = self._home.get_ready(self._generation)
        timer = StageTimer()
        pictures = [self._decode(photo, timer) for photo in photos]

        def answer_from(generation: LoadedGeneration) -> Answer:
            seen = _see(pictures, generation, timer)
            if not seen.crops:
                raise _no_coin(seen.photos)
            [probe] = _encoded([seen], generation, timer)
            return answer(LookUp(self._home, generation, probe, timer, self._rank_step))

        return self._answer_from_one(generation, answer_from)

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
        self, coins: Sequence[Photos], query: Query, pool: Executor, *, both_sides: bool = True
    ) -> list[SearchResult | CoinvecError]:
        """Look many coins up by one query, sharing the models' and the store's batches.

        Args:
            coins: The photos of each coin. They are read once more where the generation is
                dropped meanwhile.
            query: What is asked of each.
            pool: Runs decoding and preprocessing.
            both_sides: Also look up how alike the side that was not photographed is.

        Returns:
            A result for each coin, or why there is none.
        """
        timer = StageTimer()

        def answer(generation: LoadedGeneration) -> list[SearchResult | CoinvecError]:
            see = partial(self._try_to_see, generation=generation, timer=timer)
            outcomes = list(pool.map(see, coins))
            seen = [each for each in outcomes if isinstance(each, _Seen)]
            plan = self._plan(query, generation)
            answers = iter(self._answer(seen, plan, generation, timer, both_sides=both_sides))
            return [next(answers) if isinstance(each, _Seen) else each for each in outcomes]

        return self._answer_from_one(self._home.get_ready(self._generation), answer)

    @property
    def _rank_step(self) -> RankStep:
        return self._ranker or self._home.load_ranker()

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
        probes = _encoded(seen, generation, timer)
        answerer = _answerer(self._home, generation, plan, self._rank_step)
        return answerer.answer(probes, plan, timer, both_sides=both_sides)


def _encoded(seen: Sequence[_Seen], generation: LoadedGeneration, timer: StageTimer) -> list[Probe]:
    with timer.stage("encode"):
        vectors = generation.models.encode([crop for each in seen for crop in each.crops])
    probes, start = [], 0
    for each in seen:
        stop = start + len(each.crops)
        probes.append(Probe(each.photos, vectors[start:stop], each.warnings))
        start = stop
    return probes


def _answerer(home: Home, generation: LoadedGeneration, plan: Plan, ranker: RankStep) -> Answerer:
    return Answerer(
        catalogue=home.catalogue,
        retriever=Retriever(home.vectors, generation.stored.collection, plan.access),
        generation=generation.stored,
        thresholds=generation.models.encoder_spec.thresholds,
        ranker=ranker,
        witness=ranker,
        locate=home.media.location,
        load_crop=partial(_load_crop, home, generation.models),
        cache=ranker_cache(home, generation.stored),
    )


def _load_crop(home: Home, models: ModelPair, image_id: str) -> Crop | None:
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
