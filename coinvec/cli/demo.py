"""`coinvec demo`: the main job, on coins that do not exist."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coinvec.cli.session import progress_bar

if TYPE_CHECKING:
    from coinvec.services.collection import Catalogue
    from coinvec.testing import MintedType, PhonePhoto

SEED = 7
N_TYPES = 32
N_ISSUERS = 10
N_PHOTOS = 12
SHOWN = 5


@click.command()
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to work.  [default: a new temporary directory]",
)
def demo(directory: Path | None) -> None:
    """Mint coins, photograph them, import them, find them again, in a scratch home."""
    from coinvec.services.collection import Catalogue
    from coinvec.services.home import Home
    from coinvec.settings import Settings

    scratch = (directory or Path(tempfile.mkdtemp(prefix="coinvec-demo-"))).resolve()
    types, manifest, photos = _mint(scratch)
    # The demo must never touch a real catalogue, so it heeds no COINVEC_* variable.
    settings = Settings.load(home=scratch / "home", environ={})
    with Catalogue(Home.create(settings)) as catalogue:
        _import(catalogue, manifest)
        _search(catalogue, photos[0])
        _search_filtered(catalogue, photos[1], types)
        _search_all(catalogue, scratch / "photos" / "queries.csv")
    _goodbye(scratch)


def _mint(scratch: Path) -> "tuple[Sequence[MintedType], Path, Sequence[PhonePhoto]]":
    from coinvec.testing import mint_catalogue, write_catalogue, write_phone_photos

    types = mint_catalogue(SEED, n_types=N_TYPES, n_issuers=N_ISSUERS)
    _title(f"Minting {2 * N_TYPES} designs of {N_ISSUERS} issuers that do not exist")
    manifest = write_catalogue(scratch / "catalogue", types, seed=SEED)
    photos = write_phone_photos(scratch / "photos", types, count=N_PHOTOS, seed=SEED)
    click.echo(f"Catalogue pictures: {manifest.parent / 'pictures'}")
    click.echo(f"Phone photos:       {scratch / 'photos'}")
    return types, manifest, photos


def _import(catalogue: "Catalogue", manifest: Path) -> None:
    _title(f"coinvec import {manifest}")
    with progress_bar("Importing") as progress:
        report = catalogue.import_manifest(manifest, progress=progress)
    click.echo(f"{report.added} photos added; {catalogue.home.live.generation}.")


def _search(catalogue: "Catalogue", photo: "PhonePhoto") -> None:
    from coinvec.cli.answers import print_answer

    _title(f"coinvec search --image {photo.path} -k {SHOWN}")
    print_answer(catalogue.search(photo.path, k=SHOWN))
    _truth(photo)


def _search_filtered(
    catalogue: "Catalogue", photo: "PhonePhoto", types: "Sequence[MintedType]"
) -> None:
    from coinvec.cli.answers import print_answer

    country = photo.minted.coin.country
    where = f"country = '{country}' AND year >= {min(each.years.first or 0 for each in types)}"
    _title(f'coinvec search --image {photo.path} --where "{where}" -k {SHOWN}')
    print_answer(catalogue.search(photo.path, where=where, k=SHOWN))
    _truth(photo)


def _search_all(catalogue: "Catalogue", queries: Path) -> None:
    _title(f"coinvec evaluate {queries}")
    with progress_bar("Searching") as progress:
        result = catalogue.evaluate(queries, group_by="type", progress=progress)
    n = len(result.outcomes)
    first, among = (sum(o.rank is not None and o.rank <= k for o in result.known) for k in (1, 5))
    click.echo(f"The right coin came first for {first} of {n} photos, among five for {among}.")


def _truth(photo: "PhonePhoto") -> None:
    click.echo(f"(It is: {photo.minted.coin.title}, {photo.side.value}.)")


def _title(text: str) -> None:
    click.echo(f"\n{click.style(text, bold=True)}")


def _goodbye(scratch: Path) -> None:
    _title("Your own coins")
    click.echo(
        f"""The pictures and the scratch home stay in {scratch}; delete it when you are done.

  coinvec init
  coinvec add --obverse front.jpg --reverse back.jpg --country Finland --denomination "1 markka"
  coinvec import my-coins.csv          # image,type,side,country,denomination
  coinvec search --image photo.jpg --where "country = 'Finland' AND year < 1970"
"""
    )
