"""Pictures of a report: training curves, error rates over the threshold, and the worst errors."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coinvec.domain.images import RgbArray
from coinvec_train.encoder.card import Collection, Measured
from coinvec_train.pictures import write_rgb
from coinvec_train.runs import read_record

_TILE = 128
_ROWS, _NEIGHBOURS = 12, 4
_MARGIN = 6


def draw_curves(path: Path, runs: Sequence[Path], measured: Measured) -> None:
    """Write a picture of the first run's epochs, and of both error rates over the threshold.

    Args:
        path: The picture; its ending tells the format.
        runs: Training runs, the shipped weights' own first.
        measured: What the shipped encoder finds.
    """
    with mpl.rc_context({"svg.hashsalt": "coinvec", "font.size": 9}):
        figure = Figure(figsize=(11, 3.6), layout="constrained")
        epochs, losses, errors = figure.subplots(1, 3)
        if runs:
            _draw_epochs(epochs, losses, runs[0])
        _draw_error_rates(errors, measured)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _draw_epochs(rates: Axes, losses: Axes, run: Path) -> None:
    _, rows = read_record(run)
    epochs = [int(row["epoch"]) for row in rows]
    for name, label in (
        ("dev_at_1", "dev, at 1"),
        ("worsened_at_1", "dev worsened, at 1"),
        ("dev_auroc", "dev, AUROC of unknown coins"),
    ):
        rates.plot(epochs, [float(row[name]) for row in rows], label=label)
    rates.set(title="Coins never trained on", xlabel="epoch", ylim=(None, 1))
    for name, label in (("loss", "training, with margin"), ("val_loss", "validation, without")):
        losses.plot(epochs, [float(row[name]) for row in rows], label=label)
    losses.set(title="Loss on looks trained on", xlabel="epoch", yscale="log")
    for axes in (rates, losses):
        axes.legend()


def _draw_error_rates(axes: Axes, measured: Measured) -> None:
    """Of the first gallery that has queries of coins not in its catalogue."""
    found = next((each for each in measured.found.values() if each.unknown), None)
    if found is None:
        return
    limits = np.linspace(0, 1, 201)
    known, unknown = np.array(found.known), np.array(found.unknown)
    axes.plot(limits, [np.mean(unknown >= limit) for limit in limits], label="unknown accepted")
    axes.plot(limits, [np.mean(known < limit) for limit in limits], label="known rejected")
    axes.set(title="Error rates", xlabel="least similarity of a known coin")
    axes.legend()


def draw_errors(path: Path, collection: Collection, measured: Measured) -> None:
    """Write a page of queries whose first answer is wrong, the surest first.

    Each row shows the query, the nearest picture of a right group, and the nearest pictures. The
    page shows the pictures themselves: mind whose they are before it is published.
    """
    rows = []
    for gallery in collection.galleries.values():
        groups = np.array(gallery.groups)
        catalogue = np.stack([measured.embeddings[name] for name in gallery.images])
        for name, right in zip(gallery.queries, gallery.right, strict=True):
            similarity = catalogue @ measured.embeddings[name]
            order = np.argsort(-similarity)
            if not right or groups[order[0]] in right:
                continue
            own = next(at for at in order if groups[at] in right)
            shown = [name, gallery.images[own], *(gallery.images[at] for at in order)]
            tiles = [_tile(collection.cutouts[each]) for each in shown[: 2 + _NEIGHBOURS]]
            rows.append((float(similarity[order[0]] - similarity[own]), np.hstack(tiles)))
    rows.sort(key=lambda row: -row[0])
    if rows:
        write_rgb(path, np.vstack([pixels for _, pixels in rows[:_ROWS]]))


def _tile(cutout: RgbArray) -> RgbArray:
    small = cv2.resize(cutout, (_TILE, _TILE), interpolation=cv2.INTER_AREA)
    return np.pad(small, ((0, 0), (0, _MARGIN), (0, 0)), constant_values=255)
