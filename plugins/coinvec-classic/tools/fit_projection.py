"""Fits the projection that ships with the encoder `polar`.

    python tools/fit_projection.py DATA src/coinvec_classic/projection.npz

DATA holds `coins.csv` (`image`, `look`, `split`) and `phone.csv` (`image`, `denomination`, `side`).
Only rows of the split `train`, and labelled phone photos (reverses), are read. Looks are the
classes; each coin is shown once as it is and twice as a worse photograph. The method: standardise,
principal components, then linear discriminants with a shrunken within-class covariance (Friedman
1989, "Regularized discriminant analysis").
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import cv2
import numpy as np
from coinvec_classic.hough import HoughPreprocessor
from coinvec_classic.polar import DIM
from coinvec_classic.spectrum import power_spectrum
from numpy.typing import NDArray

from coinvec.domain.images import Crop, Picture
from coinvec.domain.vectors import FloatArray

VIEWS = 3
COMPONENTS = 160
SHRINKAGE = 0.1
SEED = 0


def samples(data: Path) -> Iterator[tuple[Path, str]]:
    """Pictures and their classes."""
    with (data / "coins.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["split"] == "train":
                yield data / row["image"], row["look"]
    with (data / "phone.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["side"] == "reverse":
                yield data / row["image"], f"phone/{row['denomination']}"


def worse(crop: Crop, chance: np.random.Generator) -> Crop:
    """The same coin, worse photographed: blur, darkness, slanting light, noise, a loose fit."""
    size = crop.cutout.shape[0]
    pixels = crop.cutout.astype(np.float32)
    if chance.random() < 0.5:
        blurred = cv2.GaussianBlur(pixels, (0, 0), chance.uniform(0.5, 2.2))
        pixels = np.asarray(blurred, dtype=np.float32)
    if chance.random() < 0.5:
        angle, slope = chance.uniform(0, 2 * np.pi), chance.uniform(0, 0.5)
        y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
        pixels *= (1 + slope * (np.cos(angle) * x + np.sin(angle) * y))[..., None]
    pixels = pixels * chance.uniform(0.15, 1.3)
    pixels += chance.normal(0, chance.uniform(0, 4), pixels.shape)
    shown = np.clip(pixels, 0, 255).astype(np.uint8)
    # The mask alone moves: the encoder takes centre and radius from it.
    scale, shift = chance.normal(1, 0.015), chance.normal(0, 0.012 * size / 2, 2)
    centre = np.array([(size - 1) / 2] * 2)
    motion = np.column_stack([np.eye(2) * scale, centre * (1 - scale) + shift])
    mask = cv2.warpAffine(crop.cutout_mask.astype(np.uint8), motion, (size, size)) > 0
    return replace(crop, cutout=shown, cutout_mask=mask)


def _picture(path: Path) -> Picture:
    decoded = cv2.imread(str(path))
    if decoded is None:
        raise click.FileError(str(path), "not a readable picture")
    return Picture(np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8), path.name)


def spectra(data: Path) -> tuple[FloatArray, NDArray[np.str_]]:
    """The spectra of all views of all coins found, and their classes."""
    chance = np.random.default_rng(SEED)
    finder = HoughPreprocessor()
    rows: list[FloatArray] = []
    classes: list[str] = []
    for path, label in samples(data):
        for crop in finder.find(_picture(path)):
            views = [crop, *(worse(crop, chance) for _ in range(VIEWS - 1))]
            rows += [power_spectrum(view) for view in views]
            classes += [label] * VIEWS
    return np.stack(rows), np.array(classes)


def discriminants(
    rows: FloatArray, classes: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean row and the projection to `DIM` discriminants, features × DIM."""
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    standard = (rows - mean) / deviation
    _, axes = np.linalg.eigh(standard.T @ standard / len(rows))
    axes = axes[:, ::-1][:, :COMPONENTS].astype(np.float64)
    reduced = standard @ axes
    _, member, count = np.unique(classes, return_inverse=True, return_counts=True)
    means = np.zeros((len(count), COMPONENTS))
    np.add.at(means, member, reduced)
    means /= count[:, None]
    within = np.cov(reduced - means[member], rowvar=False)
    level = np.trace(within) / COMPONENTS
    within = (1 - SHRINKAGE) * within + SHRINKAGE * level * np.eye(COMPONENTS)
    whitening = np.linalg.inv(np.linalg.cholesky(within))
    between = whitening @ np.cov(means, rowvar=False) @ whitening.T
    _, directions = np.linalg.eigh(between)
    chosen = directions[:, ::-1][:, :DIM]
    return mean.astype(np.float64), (axes @ whitening.T @ chosen) / deviation[:, None]


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def main(data: Path, target: Path) -> None:
    """Fit the projection on the train split of DATA and write it to TARGET."""
    rows, classes = spectra(data)
    mean, matrix = discriminants(rows, classes)
    matrix /= np.abs(matrix).max()
    np.savez_compressed(target, mean=mean.astype(np.float32), matrix=matrix.astype(np.float16))
    click.echo(f"{len(rows)} views of {len(set(classes.tolist()))} looks -> {target}")


if __name__ == "__main__":
    main()
