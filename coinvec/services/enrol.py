"""Enrolment: photographs with what they show become rows, kept pictures and vectors.

The write order is media, then SQL with the outbox in one transaction, then Milvus; every step can
be repeated, so an interrupted import is simply run again. The live generation decides what goes in;
those being built beside it are given their vectors right after. Of a picture the catalogue has,
only what is lacking is written: its bytes are kept if they were lost, or never there (the starter
catalogue).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import PurePath
from typing import TypeVar

from coinvec.domain.images import CoinImage, Crop
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import Embedding
from coinvec.errors import (
    CoinvecError,
    GenerationError,
    InputError,
    InvalidValueError,
    NoCoinError,
    PluginError,
)
from coinvec.media.decode import ImageSource, decode, probe, read_bytes
from coinvec.media.store import MediaStore, image_id
from coinvec.pipeline.models import ModelPair
from coinvec.services.filling import Filler
from coinvec.services.home import Home, LoadedGeneration
from coinvec.services.manifest import read_image_details
from coinvec.services.ranker_cache import prepare_ranker
from coinvec.services.rows import Row
from coinvec.services.understand import Meaning, RowReader

CHUNK = 32
"""Photos between two writes; a crop of a large photo takes megabytes."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that did not go in: its line (0 without a file), its image as written, and why."""

    line: int
    image: str
    error: str


@dataclass(slots=True)
class ImportReport:
    """What became of each row."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo offered for enrolment: what its row says, and where the picture is."""

    row: Row
    source: ImageSource


@dataclass(frozen=True, slots=True)
class _Read:
    """An understood photo whose bytes have been read."""

    row: Row
    meaning: Meaning
    id: str
    data: bytes

    @property
    def said(self) -> int:
        """Stands for all this row says of the picture."""
        texts = frozenset((name, text) for name, text in self.row.cells.items() if name != "image")
        return hash((self.meaning.design.id, texts))


@dataclass(frozen=True, slots=True)
class _Found:
    """A new photo whose coin has been found."""

    record: CoinRecord
    data: bytes
    crop: Crop


class Enroller:
    """Takes photos into a home, in chunks; made anew for each import.

    Args:
        home: The opened home.
        jobs: Threads that read pictures and look for coins.
        dry_run: Do everything but write.
    """

    def __init__(self, home: Home, *, jobs: int = 1, dry_run: bool = False) -> None:
        self._home = home
        self._jobs = jobs
        self._dry_run = dry_run
        self._rows = RowReader(home.catalogue)
        self._first_mentions: dict[str, tuple[int, int]] = {}
        self._report = ImportReport()

    def enrol(
        self, photos: Iterable[Photo], *, progress: Callable[[int], None] | None = None
    ) -> ImportReport:
        """Take photos in; a bad one is reported and the others go in.

        Args:
            photos: What to take in, in order.
            progress: Called with the number of photos done.

        Raises:
            CoinvecError: A store, plugin or model failed; what was written before stays.
        """
        photos, done = iter(photos), 0
        with ThreadPoolExecutor(self._jobs) as pool:
            while chunk := list(islice(photos, CHUNK)):
                self._enrol_chunk(chunk, pool)
                done += len(chunk)
                if progress:
                    progress(done)
        if not self._dry_run:
            # Also where nothing was new: a killed import may have left all its rows owed.
            self._home.sync()
        self._report.rejected.sort(key=lambda each: each.line)
        return self._report

    def _enrol_chunk(self, chunk: Sequence[Photo], pool: Executor) -> None:
        live = self._home.load(self._home.live)
        read = list(self._surviving(pool, self._read, self._understood(chunk)))
        read = [each for each in read if self._is_first_mention(each)]
        known = self._home.catalogue.images([each.id for each in read])
        new = ((each.row, each) for each in read if each.id not in known)
        found = list(self._surviving(pool, partial(self._find, live.models), new))
        changed = list(self._changed(read, known))
        if not self._dry_run and (found or changed):
            self._write(found, changed, live)
            attached = [each.image.id for each in changed if not known[each.image.id].has_media]
            self._fill_live(live, attached, pool)
            added = [each.record.image.id for each in found]
            self._fill_generations_beside(live, [*added, *attached], pool)
            self._home.pay()
        self._report.added += len(found)
        self._report.updated += len(changed)

    def _understood(self, chunk: Sequence[Photo]) -> Iterator[tuple[Row, tuple[Photo, Meaning]]]:
        meanings = self._rows.read([photo.row for photo in chunk])
        for photo, meaning in zip(chunk, meanings, strict=True):
            if isinstance(meaning, Meaning):
                yield photo.row, (photo, meaning)
            else:
                self._reject(photo.row, meaning)

    def _surviving(
        self, pool: Executor, step: Callable[[Item], Result], items: Iterable[tuple[Row, Item]]
    ) -> Iterator[Result]:
        """Run a step on all items at once; those it refuses are reported and dropped."""
        futures = [(row, pool.submit(step, item)) for row, item in items]
        for row, future in futures:
            try:
                yield future.result()
            except (InputError, NoCoinError) as error:
                self._reject(row, error)

    def _read(self, item: tuple[Photo, Meaning]) -> _Read:
        photo, meaning = item
        data = read_bytes(photo.source, self._home.limits)
        return _Read(photo.row, meaning, image_id(data), data)

    def _is_first_mention(self, read: _Read) -> bool:
        """Whether this import has not met the very picture before; a repeat is dealt with here."""
        line, meaning = self._first_mentions.setdefault(read.id, (read.row.line, read.said))
        if line == read.row.line:
            return True
        if meaning == read.said:
            self._report.unchanged += 1
        else:
            error = f"Line {line} has the very same picture, with another design or description."
            self._reject(read.row, InvalidValueError(error))
        return False

    def _find(self, models: ModelPair, read: _Read) -> _Found:
        picture = decode(read.data, limits=self._home.limits, name=read.row.image)
        crop = models.find_enrolled(picture)
        if crop is None:
            raise NoCoinError("No coin was found in the picture.")
        image = CoinImage(
            id=read.id,
            design=read.meaning.design,
            filename=PurePath(read.row.image).name,
            format=probe(read.data, self._home.limits).format,
            width=picture.width,
            height=picture.height,
            **read_image_details(read.row.cells),
        )
        record = CoinRecord(read.meaning.coin, read.meaning.design, image)
        return _Found(record, read.data, crop)

    def _changed(
        self, read: Iterable[_Read], known: Mapping[str, CoinImage]
    ) -> Iterator[CoinRecord]:
        """Records of pictures the catalogue has, where this import says something else of them."""
        for each in read:
            if (image := known.get(each.id)) is None:
                continue
            design = each.meaning.design
            if image.design.id != design.id:
                error = f"The catalogue has this very picture as {image.design.id!r}."
                self._reject(each.row, InvalidValueError(error))
                continue
            now = replace(
                self._with_kept_bytes(image, each.data),
                design=design,
                **read_image_details(each.row.cells, image),
            )
            if each.meaning.is_change or now != image or not image.has_media:
                yield CoinRecord(each.meaning.coin, design, now)
            else:
                self._report.unchanged += 1

    def _with_kept_bytes(self, image: CoinImage, data: bytes) -> CoinImage:
        """Keep the picture of a known image if none is kept; gives the image as it is then."""
        media = self._home.media
        if self._dry_run or (image.has_media and media.exists(image.id)):
            return image
        # Another release may remove the location in another way.
        return replace(image, media_digest=media.put(image.id, data).digest)

    def _write(
        self, found: Sequence[_Found], changed: Sequence[CoinRecord], live: LoadedGeneration
    ) -> None:
        home = self._home
        vectors = live.models.encode([each.crop for each in found])
        kept = [_with_kept_picture(home.media, each) for each in found]
        home.catalogue.save(
            [*kept, *changed],
            {
                each.record.image.id: Embedding(vector)
                for each, vector in zip(found, vectors, strict=True)
            },
            live.stored.id,
        )
        prepare_ranker(home, live.stored, {each.record.image.id: each.crop for each in found})

    def _fill_live(self, live: LoadedGeneration, image_ids: Sequence[str], pool: Executor) -> None:
        """Give images whose picture came later their vectors, where they were passed over."""
        there = self._home.catalogue.vector_records(live.stored.id, image_ids)
        lacking = [each for each in image_ids if each not in there]
        if lacking:
            Filler(self._home, live, pool).fill(lacking)

    def _fill_generations_beside(
        self, live: LoadedGeneration, image_ids: Sequence[str], pool: Executor
    ) -> None:
        """Give new images their vectors in the other generations in use.

        Which these are is asked after the images are saved: a generation that begins later finds
        them itself, so none misses them, not even one made live in this moment.
        """
        for generation in self._home.generations_in_use:
            if generation.id == live.stored.id or not image_ids:
                continue
            try:
                Filler(self._home, self._home.load(generation), pool).fill(image_ids)
            except (GenerationError, PluginError):
                # Nobody searches it yet: no import fails for it. What it lacks it is given by
                # the next `generations build`, which tells what is wrong.
                continue

    def _reject(self, row: Row, error: CoinvecError) -> None:
        self._report.rejected.append(RejectedRow(row.line, row.image, str(error)))


def _with_kept_picture(media: MediaStore, found: _Found) -> CoinRecord:
    stored = media.put(found.record.image.id, found.data)
    return replace(found.record, image=replace(found.record.image, media_digest=stored.digest))
