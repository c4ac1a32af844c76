"""The command that shows what synthetic scenes look like."""

from pathlib import Path

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--coins", multiple=True, required=True, type=_FILE, help="Labels of single coins.")
@click.option("--grounds", multiple=True, required=True, type=_FOLDER, help="Background pictures.")
@click.option("--root", type=_FOLDER, help="Where image names in label files start from.")
@click.option("--count", default=48, show_default=True, type=click.IntRange(1, 400), help="Scenes.")
@click.option("--size", default=256, show_default=True, help="Sides of a scene in pixels.")
@click.option("--seed", default=0, show_default=True, help="Of everything random.")
@click.option("--plain", is_flag=True, help="Coins merged with grounds, and nothing else.")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def preview(
    coins: tuple[Path, ...],
    grounds: tuple[Path, ...],
    root: Path | None,
    count: int,
    size: int,
    seed: int,
    plain: bool,
    out: Path,
) -> None:
    """Draw a contact sheet of synthetic scenes, the coins' masks outlined on every other one."""
    import numpy as np

    from coinvec_train.labels import read_labels
    from coinvec_train.pictures import write_rgb
    from coinvec_train.scenes import SceneComposer, SceneSettings
    from coinvec_train.scenes.sheet import contact_sheet
    from coinvec_train.segmenter.sources import backgrounds

    composer = SceneComposer(
        [each for path in coins for each in read_labels(path, root)],
        [each for folder in grounds for each in backgrounds(folder)],
        size=size,
        settings=SceneSettings.plain() if plain else SceneSettings(),
    )
    scenes = [composer.compose(np.random.default_rng((seed, at))) for at in range(count)]
    write_rgb(out, contact_sheet(scenes))
    click.echo(f"wrote {out}", err=True)
