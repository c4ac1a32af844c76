"""Commands that train, export and measure the segmenter."""

from pathlib import Path

import click

from coinvec.cli.session import progress_bar

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of the run.")
@click.option("--coins", multiple=True, required=True, type=_FILE, help="Labels of single coins.")
@click.option("--scenes", multiple=True, required=True, type=_FILE, help="Labels of photographs.")
@click.option("--grounds", multiple=True, required=True, type=_FOLDER, help="Background pictures.")
@click.option("--root", type=_FOLDER, help="Where image names in label files start from.")
@click.option("--encoder", default="efficientnet_b4", show_default=True, help="timm backbone.")
@click.option(
    "--first-weights",
    default="random",
    show_default=True,
    help="`random`, `pretrained`, a safetensors file, or what to go on from: a run, or ONNX.",
)
@click.option("--frozen-norms", is_flag=True, help="For weights with folded batch norms.")
@click.option("--size", default=256, show_default=True, help="Sides of training pictures.")
@click.option("--batch", default=16, show_default=True, help="Pictures a step.")
@click.option("--epoch-pictures", default=2_048, show_default=True, help="Pictures an epoch.")
@click.option("--epochs", default=30, show_default=True, help="Most epochs.")
@click.option("--patience", default=6, show_default=True, help="Epochs without a better IoU.")
@click.option("--encoder-rate", default=5e-4, show_default=True, help="Greatest learning rate.")
@click.option("--decoder-rate", default=2e-3, show_default=True, help="Greatest learning rate.")
@click.option("--real-share", default=0.35, show_default=True, help="0 synthetic … 1 real only.")
@click.option("--augment/--plain", default=True, help="With or without augmentation.")
@click.option("--seed", default=0, show_default=True, help="Of everything random.")
def segmenter(
    out: Path,
    coins: tuple[Path, ...],
    scenes: tuple[Path, ...],
    grounds: tuple[Path, ...],
    root: Path | None,
    **settings: object,
) -> None:
    """Train the segmenter; repeat the command to go on with an interrupted run."""
    from coinvec_train.runs import Run
    from coinvec_train.segmenter.config import SegmenterConfig
    from coinvec_train.segmenter.sources import load_sources, watched
    from coinvec_train.segmenter.train import SegmenterTraining

    config = SegmenterConfig(**settings)  # type: ignore[arg-type]
    training, dev = load_sources(coins, scenes, grounds, root=root)
    maker = training.scenes(config, real_share=config.real_share, augment=config.augment)
    run = Run(out, config.as_json())
    job = SegmenterTraining(
        config,
        run,
        lambda first, count: maker.pictures(first, count, seed=config.seed),
        watched(dev, config),
    )
    with progress_bar("steps") as advance:
        best = job.fit(advance)
    click.echo(f"best mean IoU {best:.4f}; weights, log and configuration in {out}", err=True)


@click.command()
@click.argument("run", type=_FOLDER)
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
def export(run: Path, target: Path) -> None:
    """Write a run's best weights to TARGET as ONNX, stored as float16, with their description."""
    import tempfile

    from coinvec_train.onnx_files import store_halves
    from coinvec_train.runs import load_run
    from coinvec_train.segmenter.export import describe, export_onnx, trained_network

    config, weights = load_run(run)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        export_onnx(trained_network(config, weights), full)
        store_halves(full, target / "unet.onnx")
    (target / "unet.json").write_text(describe(target / "unet.onnx", config), encoding="utf-8")
    click.echo(f"wrote {target / 'unet.onnx'}", err=True)


@click.command()
@click.option("--scenes", required=True, type=_FILE, help="Labelled scenes; `val` is measured.")
@click.option("--crops", required=True, type=_FILE, help="CSV of pictures with one wanted coin.")
@click.option("--coins", multiple=True, required=True, type=_FILE, help="Labels of single coins.")
@click.option("--grounds", multiple=True, required=True, type=_FOLDER, help="Background pictures.")
@click.option("--root", type=_FOLDER, help="Where image names in label files start from.")
@click.option("--run", "runs", multiple=True, type=_FOLDER, help="Training runs to name in it.")
@click.option("--gallery", type=_OUT, help="Write a picture of them on photographs side by side.")
@click.option("--rendered-gallery", type=_OUT, help="The same on rendered photographs.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The report."
)
def evaluate(
    *,
    scenes: Path,
    crops: Path,
    coins: tuple[Path, ...],
    grounds: tuple[Path, ...],
    root: Path | None,
    runs: tuple[Path, ...],
    gallery: Path | None,
    rendered_gallery: Path | None,
    out: Path,
) -> None:
    """Measure the shipped segmenter, and Hough circles beside it, and write a report to OUT."""
    from coinvec_train.pictures import write_rgb
    from coinvec_train.segmenter.card import write_card
    from coinvec_train.segmenter.gallery import side_by_side
    from coinvec_train.segmenter.material import gallery_pictures, gather, rendered_pictures
    from coinvec_train.segmenter.rivals import finders

    material = gather(scenes, crops, coins, grounds, root=root)
    rivals = finders()
    with progress_bar("pictures") as advance:
        write_card(out, rivals, material, runs, advance)
    if gallery is not None:
        write_rgb(gallery, side_by_side(rivals, gallery_pictures(material)))
    if rendered_gallery is not None:
        write_rgb(rendered_gallery, side_by_side(rivals, rendered_pictures()))
    click.echo(f"wrote {out}", err=True)
