"""Every image of the catalogue: its kept picture, and its vectors in the generations in use."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from coinvec.domain.records import GapReason, StoredGeneration
from coinvec.domain.vectors import Embedding
from coinvec.errors import CoinvecError, NoCoinError, StoreError
from coinvec.media.decode import decode
from coinvec.pipeline.models import ModelPair
from coinvec.services.checkup.bench import Bench
from coinvec.services.checkup.findings import Kind

PAGE = 2_000
BATCH = 256
READERS = 8
"""Threads that read kept pictures: disks and object stores serve several at once."""
GRACE_S = 3_600.0
"""What is younger, where others may be writing, may belong to an import that goes on."""


@dataclass(frozen=True, slots=True)
class _Image:
    """An id that SQL or media know.

    Attributes:
        id: The image's id.
        in_sql: Whether SQL has the image.
        digest: What SQL says of the kept picture; None where it says that none is kept.
        is_kept: Whether media have a picture of this id.
    """

    id: str
    in_sql: bool
    digest: str | None
    is_kept: bool

    @property
    def is_complete(self) -> bool:
        """Whether a picture is named and there."""
        return self.digest is not None and self.is_kept


@dataclass(slots=True)
class PictureCount:
    """What was looked at: images, those without a kept picture, and kept pictures."""

    images: int = 0
    without_media: int = 0
    kept: int = 0


class PictureCheck:
    """Compares SQL with media in the order of image ids, and looks for embeddings to be made anew.

    Damaged ones in the generations in use, and in the live one those that are missing; what another
    lacks is for `generations build`.

    Args:
        bench: The home under examination.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._media = bench.home.media
        self._generations = bench.home.generations_in_use
        gaps = bench.home.catalogue.gaps(bench.live.id)
        self._coinless = {each for each, reason in gaps.items() if reason is GapReason.NO_COIN}
        self._count = PictureCount()

    def run(self) -> PictureCount:
        """Find, and with `fix` mend where that can be, what is amiss.

        Raises:
            StoreError: A store cannot be read.
        """
        images = _side_by_side(self._pictures(), self._media.ids())
        with ThreadPoolExecutor(READERS) as pool:
            while batch := list(islice(images, BATCH)):
                self._check(batch, pool)
                self._bench.advance(sum(each.in_sql for each in batch))
        self._check_strangers()
        return self._count

    def _pictures(self) -> Iterator[tuple[str, str | None]]:
        after = ""
        while page := self._bench.audit.pictures(after, PAGE):
            yield from page.items()
            after = list(page)[-1]

    def _check(self, batch: Sequence[_Image], pool: Executor) -> None:
        self._count.images += sum(each.in_sql for each in batch)
        self._count.without_media += sum(each.in_sql and each.digest is None for each in batch)
        self._count.kept += sum(each.is_kept for each in batch)
        missing = [each.id for each in batch if each.digest is not None and not each.is_kept]
        self._bench.ledger.note(Kind.MEDIA_MISSING, missing)
        self._check_orphans([each.id for each in batch if each.is_kept and each.digest is None])
        complete = {each.id: each.digest for each in batch if each.is_complete}
        digests = dict(zip(complete, pool.map(self._digest, complete), strict=True))
        altered = [each for each in complete if digests[each] != complete[each]]
        self._bench.ledger.note(Kind.MEDIA_ALTERED, altered)
        in_sql = [each for each in batch if each.in_sql]
        for generation in self._generations:
            self._check_embeddings(generation, in_sql, complete.keys() - set(altered))

    def _digest(self, image_id: str) -> str | None:
        try:
            return self._media.stored(image_id).digest
        except StoreError:
            return None

    def _check_orphans(self, ids: Sequence[str]) -> None:
        orphans = [each for each in ids if self._is_settled(each)]
        if not self._bench.is_exclusive:  # it may have been enrolled since SQL was read
            enrolled = self._bench.home.catalogue.images(orphans)
            orphans = [each for each in orphans if each not in enrolled]
        if self._bench.fix:
            for each in orphans:
                self._media.delete(each)
        self._bench.ledger.note(
            Kind.MEDIA_ORPHAN, orphans, mended=len(orphans) if self._bench.fix else 0
        )

    def _is_settled(self, name: str) -> bool:
        """Whether something in media cannot belong to an import that is going on."""
        return self._bench.is_exclusive or self._media.age(name) > GRACE_S

    def _check_strangers(self) -> None:
        for name in self._media.strangers():
            if not self._media.is_passing(name):
                self._bench.ledger.note(Kind.MEDIA_FOREIGN, [name])
            elif self._is_settled(name):
                if self._bench.fix:
                    self._media.remove_passing(name)
                self._bench.ledger.note(Kind.MEDIA_TEMPORARY, [name], mended=int(self._bench.fix))

    def _check_embeddings(
        self, generation: StoredGeneration, images: Sequence[_Image], intact: set[str]
    ) -> None:
        """Images that keep a picture need a vector; without one, the vector may be missing."""
        sound = self._bench.audit.vectors_are_sound(generation, [each.id for each in images])
        broken = [each for each, is_sound in sound.items() if not is_sound]
        missing = []
        if generation.id == self._bench.live.id:
            there = sound.keys() | self._coinless
            missing = [each.id for each in images if each.digest and each.id not in there]
        for kind, ids in ((Kind.EMBEDDING_BROKEN, broken), (Kind.EMBEDDING_MISSING, missing)):
            mendable = [each for each in ids if each in intact]
            mended = self._encode_again(generation, mendable) if self._bench.fix and mendable else 0
            self._bench.ledger.note(kind, ids, mended=mended)

    def _encode_again(self, generation: StoredGeneration, ids: Sequence[str]) -> int:
        """Make the vectors of kept pictures anew; returns of how many."""
        made: dict[str, Embedding] = {}
        try:
            models = self._bench.home.load(generation).models
            for image_id in ids:
                if (embedding := self._embedding(models, image_id)) is not None:
                    made[image_id] = embedding
        except CoinvecError as error:  # the models are missing or broken
            self._bench.ledger.remark(str(error))
        self._bench.home.catalogue.save_vectors(made, {}, generation.id)
        return len(made)

    def _embedding(self, models: ModelPair, image_id: str) -> Embedding | None:
        limits = self._bench.home.limits
        try:
            crop = models.find_enrolled(
                decode(self._media.read(image_id), limits=limits, name=image_id)
            )
            if crop is None:
                raise NoCoinError(f"No coin was found in the kept picture of image {image_id}.")
        except CoinvecError as error:
            self._bench.ledger.remark(str(error))
            return None
        return Embedding(models.encode([crop])[0])


def _side_by_side(rows: Iterator[tuple[str, str | None]], kept: Iterator[str]) -> Iterator[_Image]:
    """Merge the images of SQL with the ids of kept pictures, both ascending."""
    row, picture = next(rows, None), next(kept, None)
    while row is not None or picture is not None:
        if picture is not None and (row is None or picture < row[0]):
            yield _Image(picture, in_sql=False, digest=None, is_kept=True)
            picture = next(kept, None)
        elif row is not None:
            is_kept = picture == row[0]
            yield _Image(row[0], in_sql=True, digest=row[1], is_kept=is_kept)
            row, picture = next(rows, None), next(kept, None) if is_kept else picture
