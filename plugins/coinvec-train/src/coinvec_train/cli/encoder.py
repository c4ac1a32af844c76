"""Commands that train and export the encoder."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.session import progress_bar
from coinvec_train.cli.options import FILE, FOLDER, MORE, on_dev

if TYPE_CHECKING:
    from coinvec.domain.images import RgbArray


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the run.")
@click.option("--coins", required=True, type=FILE, help="Manifest with looks and splits.")
@click.option("--phone", type=FILE, help="CSV of phone photos of euro coins.")
@MORE
@click.option("--dev-catalogue", required=True, type=FILE, help="Manifest of coins set aside.")
@click.option("--dev-queries", required=True, type=FILE, help="Queries for that catalogue.")
@click.option("--root", required=True, type=FOLDER, help="Folder that holds all the pictures.")
@click.option(
    "--cutouts",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Keeps the coins once cut out; filled by the first run.",
)
@click.option("--backbone", default="tf_efficientnet_b0", show_default=True, help="timm model.")
@click.option(
    "--first-weights",
    default="random",
    show_default=True,
    help="`random`, `pretrained`, a safetensors file, or what to go on from: a run, or ONNX.",
)
@click.option("--activation", default="relu6", show_default=True, help="`relu6`, or `own`.")
@click.option("--frozen-norms", is_flag=True, help="For weights with folded batch norms.")
@click.option("--hidden", default=512, show_default=True, help="Width of the hidden layer, or 0.")
@click.option("--pooling", default="average", show_default=True, help="`average` or `gem`.")
@click.option("--size", default=256, show_default=True, help="Sides of training pictures.")
@click.option("--views", default="phone", show_default=True, help="`article` or `phone`.")
@click.option("--poor-light", default=0.0, show_default=True, help="Share of views in poor light.")
@click.option("--mirrored", is_flag=True, help="Learn mirror images as classes of their own.")
@click.option("--margin", default=0.2, show_default=True, help="ArcFace's, in radians.")
@click.option(
    "--margin-power",
    default=0.0,
    show_default=True,
    help="How fast margins fall as classes grow.",
)
@click.option("--scale", default=25.0, show_default=True, help="ArcFace's.")
@click.option("--subcentres", default=1, show_default=True, help="Centres of each class.")
@click.option("--batch", default=32, show_default=True, help="Pictures a step.")
@click.option("--epoch-pictures", default=4096, show_default=True, help="Pictures an epoch.")
@click.option("--epochs", default=20, show_default=True, help="Most epochs.")
@click.option("--patience", default=6, show_default=True, help="Epochs without a better result.")
@click.option("--backbone-rate", default=5e-4, show_default=True, help="Greatest learning rate.")
@click.option("--head-rate", default=3e-3, show_default=True, help="Greatest learning rate.")
@click.option("--seed", default=0, show_default=True, help="Of everything random.")
@click.option("--compile", "compiled", is_flag=True, help="Faster; needs a C++ compiler.")
def encoder(
    out: Path,
    coins: Path,
    phone: Path | None,
    more: tuple[Path, ...],
    dev_catalogue: Path,
    dev_queries: Path,
    root: Path,
    cutouts: Path,
    *,
    compiled: bool,
    **settings: object,
) -> None:
    """Train the encoder; repeat the command to go on with an interrupted run."""
    from coinvec_train.encoder.config import EncoderConfig
    from coinvec_train.encoder.sources import gather
    from coinvec_train.encoder.train import EncoderTraining
    from coinvec_train.runs import Run

    config = EncoderConfig(**settings)  # type: ignore[arg-type]
    with progress_bar("coins cut out") as advance:
        dev = (dev_catalogue, dev_queries)
        sources = gather(coins, phone, more, dev, root, cutouts, advance)
    job = EncoderTraining(
        config,
        Run(out, config.as_json()),
        sources.class_sizes(config),
        lambda first, count: sources.epoch(config, first, count),
        sources.watched(config),
        compiled=compiled,
    )
    with progress_bar("steps") as advance:
        best = job.fit(advance)
    click.echo(f"best mean hit rate at 1 {best:.4f}; weights and log in {out}", err=True)


@click.command()
@click.option("--types", default=200, show_default=True, type=click.IntRange(1), help="Coin types.")
@click.option("--seed", default=0, show_default=True, help="Of everything random.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def render(folder: Path, types: int, seed: int) -> None:
    """Render coins that never were into FOLDER, for `--more` of `coinvec train`."""
    from coinvec_train.encoder.rendered import render_coins

    click.echo(f"wrote {render_coins(folder, types, seed)}", err=True)


@click.command()
@click.option("--coins", required=True, type=FILE, help="Manifest with looks and splits.")
@click.option("--root", required=True, type=FOLDER, help="Folder that holds all the pictures.")
@click.option("--grounds", multiple=True, required=True, type=FOLDER, help="Background pictures.")
@click.option(
    "--cutouts",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Keeps the coins once cut out.",
)
@click.option("--seed", default=0, show_default=True, help="Of everything random.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def compose(
    folder: Path, coins: Path, root: Path, grounds: tuple[Path, ...], cutouts: Path, seed: int
) -> None:
    """Put the coins of the split `train` on other grounds, for `--more` of `coinvec train`.

    FOLDER is filled with one picture for each of theirs.
    """
    from coinvec_train.encoder.composed import compose_coins
    from coinvec_train.encoder.material import read_material
    from coinvec_train.encoder.sources import cut_out
    from coinvec_train.segmenter.sources import backgrounds

    photographs = read_material(coins, None).training
    with progress_bar("coins cut out") as advance:
        kept = cut_out([each.image for each in photographs], root, cutouts, advance)
    pictures = [each for ground in grounds for each in backgrounds(ground)]
    with progress_bar("scenes") as advance:
        written = compose_coins(folder, photographs, kept, pictures, seed, advance)
    click.echo(f"wrote {written}", err=True)


@click.command()
@click.option("--looks", required=True, type=FILE, help="CSV: image, coin, look.")
@click.option("--scenes", required=True, type=FILE, help="Label file of scenes with many coins.")
@click.option("--root", required=True, type=FOLDER, help="Folder that holds all the pictures.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def crop(folder: Path, looks: Path, scenes: Path, root: Path) -> None:
    """Crop coins of known looks out of photographs, for `--more` of `coinvec train`."""
    from coinvec_train.encoder.cropped import crop_coins

    click.echo(f"wrote {crop_coins(folder, looks, scenes, root)}", err=True)


@click.command()
@click.argument("run", type=FOLDER)
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--size", default=256, show_default=True, help="Sides of pictures it is to take.")
@click.option("--turns", default=4, show_default=True, help="Quarter turns to average, 1 to 4.")
@on_dev
def export(run: Path, target: Path, size: int, turns: int, **dev: Path) -> None:
    """Write a run's best weights to TARGET as ONNX, with thresholds calibrated on dev."""
    from coinvec_train.encoder.export import export_encoder
    from coinvec_train.runs import load_run

    export_encoder(target, *load_run(run), size, turns)
    _calibrate(target, **dev)


@click.command()
@click.argument("target", type=FOLDER)
@on_dev
def calibrate(target: Path, **dev: Path) -> None:
    """Choose the thresholds of the encoder in TARGET anew, as when another segmenter cuts out."""
    _calibrate(target, **dev)


def _calibrate(
    target: Path, dev_catalogue: Path, dev_queries: Path, root: Path, cutouts: Path
) -> None:
    """Calibrate on each query as it is and once as a bad photograph.

    On catalogue pictures alone, thresholds would call most coins in the hand unknown.
    """
    from dataclasses import replace

    from coinvec_arcface.about import read_about
    from coinvec_arcface.encoder import ArcfaceEncoder

    from coinvec_train.encoder.calibrate import calibrate, judged
    from coinvec_train.encoder.export import ABOUT, WEIGHTS, describe
    from coinvec_train.encoder.open_set import read_gallery, retrieve
    from coinvec_train.encoder.rivals import embeddings_of
    from coinvec_train.encoder.sources import cut_out, worsened

    about = read_about(target / ABOUT)
    gallery = read_gallery(dev_catalogue, dev_queries, root)
    with progress_bar("coins cut out") as advance:
        kept = cut_out(gallery.pictures, root, cutouts, advance)
    encoder = ArcfaceEncoder(target / WEIGHTS, about)
    asked = [kept[name] for name in gallery.queries]
    catalogue = embeddings_of(encoder, [kept[name] for name in gallery.images])
    queries, bad = embeddings_of(encoder, asked), embeddings_of(encoder, worsened(asked))
    thresholds = calibrate([*judged(gallery, catalogue, queries), *judged(gallery, catalogue, bad)])
    describe(target, replace(about, thresholds=thresholds))
    found = retrieve(gallery, catalogue, queries)
    click.echo(f"dev: hit rates {dict(found.hit_rate)}, AUROC {found.auroc}", err=True)
    click.echo(f"wrote {target / ABOUT}, {thresholds}", err=True)


@click.command()
@click.option(
    "--gallery",
    "galleries",
    required=True,
    multiple=True,
    nargs=3,
    type=(str, FILE, FILE),
    metavar="NAME MANIFEST QUERIES",
    help="What to search and by what; rotations are measured on the first.",
)
@click.option("--root", required=True, type=FOLDER, help="Folder that holds all the pictures.")
@click.option(
    "--cutouts",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Keeps the coins once cut out; filled by the first evaluation.",
)
@click.option(
    "--unrectified",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keeps the queries once cut out without mapping ellipses to circles, to compare.",
)
@click.option("--imagenet", type=FILE, help="Weights of a Lite0 never shown a coin, to compare.")
@click.option("--run", "runs", multiple=True, type=FOLDER, help="Training runs to name in it.")
@click.option(
    "--ablation",
    "ablations",
    multiple=True,
    type=FOLDER,
    help="Short runs to name in it, each like the first but for one thing.",
)
@click.option("--figure", type=click.Path(dir_okay=False, path_type=Path), help="Write the curves.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write the worst errors."
)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The report."
)
def evaluate(
    *,
    galleries: tuple[tuple[str, Path, Path], ...],
    root: Path,
    cutouts: Path,
    unrectified: Path | None,
    imagenet: Path | None,
    runs: tuple[Path, ...],
    ablations: tuple[Path, ...],
    figure: Path | None,
    errors: Path | None,
    out: Path,
) -> None:
    """Measure the shipped encoder, and others beside it, and write a report to OUT."""
    from coinvec_train.encoder.card import Collection, write_card
    from coinvec_train.encoder.figures import draw_curves, draw_errors
    from coinvec_train.encoder.open_set import read_gallery
    from coinvec_train.encoder.rivals import encoders
    from coinvec_train.encoder.sources import cut_out

    read = {name: read_gallery(coins, asked, root) for name, coins, asked in galleries}
    pictures = sorted({name for each in read.values() for name in each.pictures})
    with progress_bar("coins cut out") as advance:
        kept = cut_out(pictures, root, cutouts, advance)
    oblique: Mapping[str, RgbArray] = {}
    if unrectified is not None:
        asked = sorted({name for each in read.values() for name in each.queries})
        with progress_bar("queries cut out") as advance:
            oblique = cut_out(asked, root, unrectified, advance, rectified=False)
    collection = Collection(read, kept, oblique)
    with progress_bar("pictures encoded") as advance:
        measured = write_card(out, encoders(imagenet), collection, runs, ablations, advance)
    shipped = next(iter(measured.values()))
    if figure is not None:
        draw_curves(figure, runs, shipped)
    if errors is not None:
        draw_errors(errors, collection, shipped)
    click.echo(f"wrote {out}", err=True)
