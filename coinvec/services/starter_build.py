"""Making a starter catalogue from a manifest, in a home of its own that is thrown away."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from coinvec.domain.records import CoinRecord
from coinvec.services.collection import Catalogue
from coinvec.services.enrol import ImportReport
from coinvec.services.home import Home
from coinvec.services.progress import Progress
from coinvec.services.starter_file import Starter
from coinvec.settings import Settings


def build_starter(
    settings: Settings, manifest: Path, *, jobs: int = 1, progress: Progress | None = None
) -> tuple[Starter, ImportReport]:
    """Import a manifest as any home would, and take what a starter catalogue holds from there.

    Args:
        settings: Choose the pair of models as they do for a new home.
        manifest: What to import; columns a manifest does not define are left out.
        jobs: Threads that read pictures and look for coins.
        progress: Called with the number of rows done, and of all.

    Returns:
        The starter catalogue, by type, side and design, and what became of each row.

    Raises:
        ManifestError: The manifest cannot be read at all. Bad rows are in the report.
        PluginError: A model is missing or fails.
    """
    with (
        TemporaryDirectory(prefix="coinvec-starter-") as folder,
        Catalogue(Home.create(_scratch(settings, Path(folder) / "home"))) as coins,
    ):
        report = coins.import_manifest(manifest, jobs=jobs, progress=progress)
        return _gathered(coins.home), report


def _scratch(settings: Settings, home: Path) -> Settings:
    """Embedded stores in a place of their own; models and limits as they are set."""
    return replace(
        Settings.load(home=home, environ={}),
        preprocessor=settings.preprocessor,
        encoder=settings.encoder,
        plugins=settings.plugins,
        max_pixels=settings.max_pixels,
        max_bytes=settings.max_bytes,
    )


def _gathered(home: Home) -> Starter:
    live = home.live
    gallery = home.catalogue.coins().vectors(live.id, live.generation.dim, None)
    stored = home.catalogue.records(gallery.image_ids)
    records = [_without_picture(stored[image_id]) for image_id in gallery.image_ids]
    # Neighbours that share their texts compress best; the images are in the order of their ids.
    order = sorted(range(len(records)), key=lambda place: records[place].design.id)
    return Starter(live.generation, [records[place] for place in order], gallery.vectors[order])


def _without_picture(record: CoinRecord) -> CoinRecord:
    return replace(record, image=replace(record.image, media_digest=None, attributes={}))
