"""Finding coins in pictures without looking them up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.images import Crop, Picture
from coinvec.errors import CoinvecError, UsageError
from coinvec.media.decode import decode
from coinvec.media.encode import write_cutout, write_mask
from coinvec.media.source import ImageSource, Limits
from coinvec.pipeline.models import find_coins
from coinvec.plugin.host import PluginHost
from coinvec.services.home import chosen
from coinvec.settings import Settings


class Find(Protocol):
    """A preprocessor's `find`."""

    def __call__(self, picture: Picture, *, all_coins: bool) -> Sequence[Crop]:
        """See `Preprocessor.find`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """A picture and the coins found in it, largest first."""

    picture: Picture
    crops: Sequence[Crop]


def segment_picture(
    find: Find, image: ImageSource, limits: Limits, *, all_coins: bool = False
) -> Segmented:
    """Find the coin, or every coin, in a picture.

    Raises:
        ImageError: The picture is unreadable.
    """
    picture = decode(image, limits=limits)
    return Segmented(picture, find(picture, all_coins=all_coins))


class FileSegmenter:
    """Finds coins in files; needs no home, but takes the models of one that exists.

    Args:
        settings: What is in force.
        mask_dir: Where masks are written; None for nowhere.
        cutout_dir: Where cut-outs are written; None for nowhere.
    """

    def __init__(
        self, settings: Settings, *, mask_dir: Path | None = None, cutout_dir: Path | None = None
    ) -> None:
        self._limits = Limits(settings.max_pixels, settings.max_bytes)
        self._name = settings.preprocessor or _recorded_preprocessor(settings)
        self._host = PluginHost(settings.plugins)
        self._mask_dir = mask_dir
        self._cutout_dir = cutout_dir

    def segment(
        self, images: Sequence[str], *, all_coins: bool = False
    ) -> Iterator[Segmented | CoinvecError]:
        """Segment files, one by one; a file that fails gives its error.

        Raises:
            UsageError: Two files would write the same mask or cut-out.
            PluginError: There is no preprocessor.
        """
        if self._mask_dir or self._cutout_dir:
            _check_distinct(images)
        name = chosen(self._host, "preprocessor", self._name)
        preprocessor = self._host.preprocessor(name)

        def find(picture: Picture, *, all_coins: bool) -> Sequence[Crop]:
            return find_coins(preprocessor, name, picture, all_coins=all_coins)

        for image in images:
            try:
                found = segment_picture(find, image, self._limits, all_coins=all_coins)
                self._write(Path(image).stem, found.crops, numbered=all_coins)
                yield found
            except CoinvecError as error:
                yield error

    def _write(self, stem: str, crops: Sequence[Crop], *, numbered: bool) -> None:
        for place, crop in enumerate(crops):
            name = f"{stem}-{place}.png" if numbered else f"{stem}.png"
            if self._mask_dir:
                write_mask(self._mask_dir / name, crop)
            if self._cutout_dir:
                write_cutout(self._cutout_dir / name, crop)


def _recorded_preprocessor(settings: Settings) -> str | None:
    """The preprocessor of the home's live generation; None where there is no usable home."""
    try:
        if schema.current(settings.database_url) != schema.head():
            return None
        with CatalogueStore.open(settings.database_url) as catalogue:
            live = catalogue.live_generation()
    except CoinvecError:
        return None
    return live.generation.preprocessor.name if live else None


def _check_distinct(images: Sequence[str]) -> None:
    stems = [Path(image).stem for image in images]
    doubled = {stem for stem in stems if stems.count(stem) > 1}
    if doubled:
        raise UsageError(
            f"More than one picture is named {min(doubled)!r}, and would be written as "
            f"{min(doubled)}.png.",
            hint="Segment them in separate calls, with a directory each.",
        )
