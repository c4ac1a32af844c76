"""The starter catalogue: coins a new home can find before its owner has photographed any.

An encoder's distribution carries the file, for embeddings mean nothing to another encoder; the
declaration names it (`EncoderSpec.starter`). Its images have no media. What the home says already
of a type, a design or an image stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from coinvec.catalogue import schema
from coinvec.catalogue.store import CatalogueStore
from coinvec.domain.records import CoinRecord
from coinvec.domain.vectors import Embedding, Generation
from coinvec.errors import GenerationError, InputError, PluginError
from coinvec.plugin.host import PluginHost
from coinvec.plugin.specs import EncoderSpec
from coinvec.services.home import Home, chosen_generation
from coinvec.services.progress import Progress
from coinvec.services.starter_file import Starter, read_starter
from coinvec.settings import Settings

CHUNK = 500

_BUILD = "coinvec starter build MANIFEST FILE, then: coinvec init --starter FILE"


@dataclass(frozen=True, slots=True)
class StarterReport:
    """What became of the images of a starter catalogue.

    Attributes:
        added: New to the home.
        embedded: Known to the home without a picture, and now found by its live generation.
        unchanged: Known, and left as they are.
    """

    added: int
    embedded: int
    unchanged: int


def find_starter(settings: Settings, file: Path | None = None) -> Starter:
    """The starter catalogue for a home, which need not exist yet.

    Args:
        settings: What is in force.
        file: A starter catalogue; None for the one that the home's encoder carries.

    Raises:
        GenerationError: It was made by other models than the home's.
        PluginError: The encoder is not installed or carries none.
        InputError: The file cannot be read.
    """
    host = PluginHost(settings.plugins)
    generation = _recorded_generation(settings) or chosen_generation(settings, host)
    if file is None:
        starter = _carried(host.spec("encoder", generation.encoder.name))
    else:
        starter = read_starter(_bytes(file), str(file))
    _refuse_other(starter.generation, generation, settings)
    return starter


def add_starter(home: Home, starter: Starter, progress: Progress | None = None) -> StarterReport:
    """Take a starter catalogue into a home; safe to repeat, also after an interruption.

    Args:
        home: The opened home.
        starter: Of the home's live generation.
        progress: Called with the number of images done, and of all.

    Raises:
        GenerationError: It is not of the home's live generation.
    """
    live = home.live
    _refuse_other(starter.generation, live.generation, home.settings)
    added = embedded = 0
    for start in range(0, len(starter.records), CHUNK):
        places = slice(start, start + CHUNK)
        records = starter.records[places]
        known, lacking = _lacking(home.catalogue, live.id, records)
        vectors = {
            record.image.id: Embedding(vector)
            for record, vector in zip(records, starter.vectors[places], strict=True)
            if record.image.id in lacking
        }
        home.catalogue.save(list(lacking.values()), vectors, live.id)
        home.pay()
        embedded += len(lacking.keys() & known)
        added += len(lacking.keys() - known)
        if progress:
            progress(start + len(records), len(starter.records))
    home.sync()
    return StarterReport(added, embedded, len(starter.records) - added - embedded)


def _lacking(
    catalogue: CatalogueStore, generation_id: int, records: Sequence[CoinRecord]
) -> tuple[set[str], dict[str, CoinRecord]]:
    """The images the catalogue knows, and records of those the generation is to be given.

    An image with a picture is left to its own preprocessor and encoder.
    """
    ids = [record.image.id for record in records]
    known = catalogue.records(ids)
    there = catalogue.vector_records(generation_id, ids)
    coins = catalogue.coin_types({record.coin.key for record in records})
    designs = catalogue.designs({record.design.id for record in records})
    lacking = {}
    for record in records:
        image_id = record.image.id
        if image_id not in known:
            design = designs.get(record.design.id, record.design)
            coin = coins.get(record.coin.key, record.coin)
            lacking[image_id] = CoinRecord(coin, design, replace(record.image, design=design))
        elif image_id not in there and not known[image_id].image.has_media:
            lacking[image_id] = known[image_id]
    return set(known), lacking


def _recorded_generation(settings: Settings) -> Generation | None:
    """The live generation of an existing home; None where one is yet to be made or upgraded."""
    if schema.current(settings.database_url) != schema.head():
        return None
    with CatalogueStore.open(settings.database_url) as catalogue:
        live = catalogue.live_generation()
    return live.generation if live else None


def _carried(encoder: EncoderSpec) -> Starter:
    if encoder.starter is None:
        raise PluginError(
            f"The encoder {encoder.name!r} comes without a starter catalogue.",
            hint=f"Leave --starter out, choose another encoder, or make one: {_BUILD}",
        )
    package, _, name = encoder.starter.partition(":")
    try:
        data = files(package).joinpath(name).read_bytes()
    except (ImportError, OSError, TypeError) as error:
        raise PluginError(
            f"The encoder {encoder.name!r} promises a starter catalogue, and {encoder.starter} "
            "cannot be read.",
            hint=f"Reinstall its distribution, or make one: {_BUILD}",
        ) from error
    return read_starter(data, f"The starter catalogue of {encoder.name!r}")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror or error}.",
            hint="Name a file that `coinvec starter build` wrote.",
        ) from None


def _refuse_other(made_by: Generation, wanted: Generation, settings: Settings) -> None:
    if made_by == wanted:
        return
    names = (
        f"COINVEC_PREPROCESSOR={made_by.preprocessor.name} COINVEC_ENCODER={made_by.encoder.name}"
    )
    raise GenerationError(
        f"The starter catalogue was made by {made_by}, and the vectors of {settings.home} by "
        f"{wanted}: they cannot be compared.",
        hint=f"Make one for these models: {_BUILD}. Or make another home for it: {names} coinvec "
        "--home DIR init, with the same --starter.",
    )
