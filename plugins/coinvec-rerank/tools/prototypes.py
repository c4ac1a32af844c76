"""Makes the prototypes of the starter catalogue's designs, which ship with the ranker `verify`.

    python tools/prototypes.py HOME

HOME is a home into which the pictures were imported that the starter catalogue was made of, with
this ranker in force, which keeps their descriptors (where it was not: `coinvec generations
prepare`).
"""

from pathlib import Path

import click
import numpy as np
from coinvec_rerank.prototypes import FILE, write
from coinvec_rerank.spectra import means, packed, unpacked
from coinvec_rerank.verify import cache_of

import coinvec
from coinvec.domain.vectors import DesignImages
from coinvec.services.ranker_cache import ranker_cache


def central_first(images: DesignImages) -> list[str]:
    """A design's images, first the one most alike to them all: the others are turned as it is."""
    middle = images.vectors.mean(axis=0)
    order = np.argsort(-(images.vectors @ middle), kind="stable")
    return [images.image_ids[place] for place in order]


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(home: Path) -> None:
    """Write the prototypes of all designs in HOME."""
    with coinvec.open(home) as catalogue:
        live = catalogue.home.live
        gallery = catalogue.home.catalogue.coins().vectors(live.id, live.generation.dim, None)
        kept = cache_of(ranker_cache(catalogue.home, live)).load(gallery.image_ids)
    prototypes, prototype_of, missing = dict[str, bytes](), dict[str, str](), 0
    for design, images in gallery.by_design().items():
        there = [kept[image_id] for image_id in central_first(images) if image_id in kept]
        missing += len(images.image_ids) - len(there)
        if there:
            [prototypes[design]] = map(packed, means(unpacked(there), np.array([0])))
            prototype_of |= dict.fromkeys(images.image_ids, design)
    write(FILE, prototypes, prototype_of)
    click.echo(
        f"wrote {len(prototypes)} prototypes of {len(prototype_of)} images to {FILE}; "
        f"{missing} images had no descriptor"
    )


if __name__ == "__main__":
    main()
