"""Commands that train and export the network behind the ranker `verify`."""

from pathlib import Path

import click

from coinvec.cli.session import progress_bar
from coinvec_train.cli.options import FILE, FOLDER, MORE, on_dev

_MADE = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--out", required=True, type=_MADE, help="Folder of the run.")
@click.option("--coins", required=True, type=FILE, help="Manifest with looks and splits.")
@click.option("--phone", type=FILE, help="CSV of phone photos of euro coins.")
@MORE
@on_dev
@click.option("--grids", required=True, type=_MADE, help="Keeps their gradients.")
@click.option("--width", default=32, show_default=True, help="Channels of the layers.")
@click.option("--layers", default=4, show_default=True, help="Residual layers.")
@click.option("--looks", default=48, show_default=True, help="Looks in a batch.")
@click.option("--per-look", default=4, show_default=True, help="Pictures of each.")
@click.option("--plain", default=0.35, show_default=True, help="Share of pictures as they are.")
@click.option("--views", default=4, show_default=True, help="Bad photographs of each picture.")
@click.option("--rate", default=2e-3, show_default=True, help="Greatest learning rate.")
@click.option("--epoch-steps", default=100, show_default=True, help="Batches an epoch.")
@click.option("--epochs", default=22, show_default=True, help="Most epochs.")
@click.option("--patience", default=10, show_default=True, help="Epochs without a better result.")
@click.option("--seed", default=0, show_default=True, help="Of everything random.")
def verifier(
    out: Path,
    coins: Path,
    phone: Path | None,
    more: tuple[Path, ...],
    dev_catalogue: Path,
    dev_queries: Path,
    root: Path,
    cutouts: Path,
    *,
    grids: Path,
    **settings: object,
) -> None:
    """Train the verifier; repeat the command to go on with an interrupted run."""
    from coinvec_train.encoder.sources import gather
    from coinvec_train.runs import Run
    from coinvec_train.verifier.config import VerifierConfig
    from coinvec_train.verifier.sources import batches, watched
    from coinvec_train.verifier.train import VerifierTraining

    config = VerifierConfig(**settings)  # type: ignore[arg-type]
    run = Run(out, config.as_json())
    with progress_bar("coins cut out") as advance:
        dev = (dev_catalogue, dev_queries)
        sources = gather(coins, phone, more, dev, root, cutouts, advance)
    with progress_bar("grids") as advance:
        learnt = batches(config, sources, grids, advance)
    job = VerifierTraining(config, run, learnt, watched(sources))
    with progress_bar("steps") as advance:
        best = job.fit(advance)
    click.echo(f"best mean of hit rate at 1 and AUROC {best:.4f}; weights in {out}", err=True)


@click.command()
@click.argument("run", type=FOLDER)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def export(run: Path, target: Path) -> None:
    """Write a run's best weights to the file TARGET as ONNX."""
    from coinvec_train.runs import load_run
    from coinvec_train.verifier.export import export_verifier, trained_verifier

    revision = export_verifier(target, trained_verifier(*load_run(run)))
    click.echo(f"wrote {target}, revision {revision}", err=True)
