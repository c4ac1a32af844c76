"""`coinvec segment`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.render import Format, format_option, print_json, print_table
from coinvec.cli.session import Session, pass_session, warn
from coinvec.errors import CoinvecError, ImageError, NoCoinError

if TYPE_CHECKING:
    from coinvec.services.segment import Segmented


@click.command()
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option("--all-coins", is_flag=True, help="Find every coin, largest first.")
@click.option(
    "--mask-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write masks: 8-bit PNG of the picture's size.",
)
@click.option(
    "--cutout-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the coins cut out, as PNG with a transparent ground.",
)
@format_option(Format.TABLE, Format.JSON, Format.JSONL)
@pass_session
def segment(
    session: Session,
    images: tuple[str, ...],
    all_coins: bool,
    mask_dir: Path | None,
    cutout_dir: Path | None,
    form: Format,
) -> None:
    """Find the coin in pictures: box, ellipse, score, mask, cut-out. Needs no home."""
    from coinvec.services.segment import FileSegmenter

    segmenter = FileSegmenter(session.settings(), mask_dir=mask_dir, cutout_dir=cutout_dir)
    shown: list[dict[str, object]] = []
    failed, empty = [], []
    for name, outcome in zip(images, segmenter.segment(images, all_coins=all_coins), strict=True):
        if isinstance(outcome, CoinvecError):
            warn(str(outcome))
            failed.append(name)
            continue
        if not outcome.crops:
            empty.append(name)
        shown.append(_picture_json(outcome))
        if form is Format.JSONL:
            print_json(shown[-1], lines=True)
    if form is Format.JSON:
        print_json(shown)
    elif form is Format.TABLE:
        _print(shown)
    _complain(failed, empty)


def _picture_json(found: "Segmented") -> dict[str, object]:
    """A picture: its largest coin, and under `coins` all that were asked for."""
    from coinvec.domain.results import CoinInPicture
    from coinvec.services.answers import coin_json

    name = found.picture.name
    coins = [coin_json(CoinInPicture(name, crop)) for crop in found.crops]
    largest = coins[0] if coins else coin_json(CoinInPicture(name, None))
    size = {"width": found.picture.width, "height": found.picture.height}
    parts = [
        {key: value for key, value in coin.items() if key not in ("image", "found")}
        for coin in coins
    ]
    return {**largest, **size, "coins": parts}


def _print(pictures: Sequence[dict[str, object]]) -> None:
    rows = []
    for picture in pictures:
        coins = picture["coins"]
        assert isinstance(coins, list)  # noqa: S101 - _picture_json makes it one
        rows += [
            (picture["image"], *(coin[key] for key in ("score", "box", "ellipse", "passes")))
            for coin in coins
        ]
        if not coins:
            rows.append((picture["image"], None, "no coin found", None, None))
    print_table(("picture", "score", "box", "ellipse", "passes"), rows)


def _complain(failed: Sequence[str], empty: Sequence[str]) -> None:
    if failed:
        raise ImageError(f"{len(failed)} pictures could not be read.")
    if empty:
        raise NoCoinError(f"No coin was found in {len(empty)} pictures: {', '.join(empty[:5])}.")
