"""The model card of the encoder: what it finds, how sure it is, and what it costs, as Markdown."""

import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from coinvec_arcface.about import WEIGHTS, read_about
from coinvec_arcface.encoder import open_network
from numpy.typing import NDArray

from coinvec.domain.choices import Verdict
from coinvec.domain.images import RgbArray
from coinvec.domain.models import Thresholds
from coinvec.domain.vectors import FloatArray
from coinvec.plugin.cutout import SIZE
from coinvec.plugin.protocols import Encoder
from coinvec_train.encoder.calibrate import Judged, judged
from coinvec_train.encoder.export import imported_encoder
from coinvec_train.encoder.open_set import KS, Gallery, Retrieval, retrieve
from coinvec_train.encoder.rivals import as_crop
from coinvec_train.markdown import introduction, percent, table
from coinvec_train.runs import read_record
from coinvec_train.timing import medians_ms

_ANGLES = range(0, 360, 15)
_TURNED = 150
"""Queries that are turned to every angle."""
_RESAMPLINGS = 1000
_ROUNDS = 30

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Collection:
    """Galleries and their cut-outs.

    Attributes:
        galleries: By the name of their table; the first is what rotations are measured on.
        cutouts: Of every picture in them, 256 × 256 × 3.
        unrectified: Of queries, coins seen from aside left so; or none.
    """

    galleries: Mapping[str, Gallery]
    cutouts: Mapping[str, RgbArray]
    unrectified: Mapping[str, RgbArray] = field(default_factory=dict)

    @property
    def pictures(self) -> list[str]:
        """The names of all pictures, each once."""
        return sorted({name for each in self.galleries.values() for name in each.pictures})


@dataclass(frozen=True, slots=True)
class Measured:
    """What one encoder finds.

    Attributes:
        embeddings: Of every picture.
        found: In each gallery.
    """

    embeddings: Mapping[str, FloatArray]
    found: Mapping[str, Retrieval]


def write_card(
    out: Path,
    encoders: Mapping[str, Encoder],
    collection: Collection,
    runs: Sequence[Path],
    ablations: Sequence[Path],
    advance: Advance,
) -> Mapping[str, Measured]:
    """Measure everything and write the card.

    Args:
        out: The Markdown file; what stands in it above the line `<!-- measured -->` stays.
        encoders: By the name of their row; the first is the shipped one.
        collection: What to measure on.
        runs: Training runs to list, the shipped weights' own first.
        ablations: Short runs to list apart, each like the first but for one thing.
        advance: Called with pictures done and their number.
    """
    pictures = collection.pictures
    total = len(pictures) * len(encoders)
    measured = {
        name: measure(each, collection, partial(_further, advance, at * len(pictures), total))
        for at, (name, each) in enumerate(encoders.items())
    }
    shipped_name, shipped = next(iter(encoders.items()))
    if collection.unrectified:
        measured[f"{shipped_name}, ellipses not mapped to circles"] = _remeasured(
            shipped, measured[shipped_name], collection
        )
    about = read_about()
    sections = [
        (
            f"Written by `coinvec train evaluate-encoder` on {_today()}, {platform.machine()}, "
            f"{torch.get_num_threads()} threads; weights `{about.revision}`, "
            f"{WEIGHTS.stat().st_size / 2**20:.1f} MiB."
        ),
        "### What is found\n\n" + _hit_rates(measured, collection),
        "### Turned coins\n\n" + _rotation(shipped, measured[shipped_name], collection),
    ]
    if about.thresholds is not None:
        verdicts = _verdicts(measured[shipped_name], collection, about.thresholds)
        sections.append("### Verdicts\n\n" + verdicts)
    sections += ["### Latency\n\n" + _latency(shipped, collection, runs)]
    sections += ["### Training\n\n" + _training(runs)] if runs else []
    sections += ["### What each part brings\n\n" + _training(ablations)] if ablations else []
    out.write_text(introduction(out) + "\n\n".join(sections) + "\n", encoding="utf-8")
    return measured


def measure(encoder: Encoder, collection: Collection, advance: Advance) -> Measured:
    """What one encoder finds in each gallery."""
    embeddings = {}
    for name in collection.pictures:
        embeddings[name] = encoder.encode([as_crop(collection.cutouts[name])])[0]
        advance(len(embeddings), len(collection.pictures))
    return _found(embeddings, collection)


def _remeasured(encoder: Encoder, before: Measured, collection: Collection) -> Measured:
    """What the same encoder finds by queries whose coins are not rectified."""
    oblique = {
        name: encoder.encode([as_crop(each)])[0] for name, each in collection.unrectified.items()
    }
    return _found({**before.embeddings, **oblique}, collection)


def _found(embeddings: Mapping[str, FloatArray], collection: Collection) -> Measured:
    found = {
        name: retrieve(gallery, *_stacked(gallery, embeddings))
        for name, gallery in collection.galleries.items()
    }
    return Measured(embeddings, found)


def _stacked(
    gallery: Gallery, embeddings: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    catalogue = np.stack([embeddings[name] for name in gallery.images])
    return catalogue, np.stack([embeddings[name] for name in gallery.queries])


def _further(advance: Advance, before: int, total: int, done: int, _: int) -> None:
    advance(before + done, total)


def _today() -> str:
    return date.today().isoformat()  # noqa: DTZ011 — the reader's own day


def _hit_rates(measured: Mapping[str, Measured], collection: Collection) -> str:
    parts = []
    for name, gallery in collection.galleries.items():
        known = sum(map(bool, gallery.right))
        head = ("encoder", *(f"at {k}" for k in KS), "AUROC")
        rows = []
        for encoder, each in measured.items():
            found = each.found[name]
            auroc = "" if found.auroc is None else f"{found.auroc:.3f}"
            rows.append((encoder, *(percent(found.hit_rate[k]) for k in KS), auroc))
        parts.append(
            f"{name}: {len(gallery.images)} pictures in the catalogue, {known} queries of coins "
            f"in it, {len(gallery.queries) - known} of others.\n\n" + table(head, rows)
        )
    return "\n\n".join(parts)


def _rotation(encoder: Encoder, measured: Measured, collection: Collection) -> str:
    """Hit rate at 1 of the same queries at every angle, and how far it strays from its mean."""
    gallery = next(iter(collection.galleries.values()))
    known = [at for at, right in enumerate(gallery.right) if right][:_TURNED]
    asked = Gallery(
        gallery.images,
        gallery.groups,
        [gallery.queries[at] for at in known],
        [gallery.right[at] for at in known],
    )
    catalogue, _ = _stacked(gallery, measured.embeddings)
    hits = np.array([_hits_at(encoder, asked, catalogue, collection, each) for each in _ANGLES])
    rates = hits.mean(axis=1)
    low, high = _strays(hits)
    head = ("degrees", *map(str, _ANGLES))
    row = ("at 1, %", *(f"{100 * rate:.1f}" for rate in rates))
    most = 100 * np.abs(rates - rates.mean()).max()
    return (
        table(head, [row])
        + f"\n\nMean {percent(float(rates.mean()))}; the farthest angle is {most:.1f} points from "
        f"it (bootstrap over the {len(known)} queries, 95 %: {low:.1f} to {high:.1f})."
    )


def _hits_at(
    encoder: Encoder, asked: Gallery, catalogue: FloatArray, collection: Collection, degrees: int
) -> NDArray[np.bool_]:
    middle = ((SIZE - 1) / 2, (SIZE - 1) / 2)
    turn = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    turned = [
        cv2.warpAffine(collection.cutouts[name], turn, (SIZE, SIZE)) for name in asked.queries
    ]
    queries = encoder.encode([as_crop(np.asarray(each, np.uint8)) for each in turned])
    return np.array([rank == 1 for rank in retrieve(asked, catalogue, queries).ranks])


def _strays(hits: NDArray[np.bool_]) -> tuple[float, float]:
    """95 % interval of the farthest angle's distance from the mean, in points."""
    rng = np.random.default_rng(0)
    farthest = []
    for _ in range(_RESAMPLINGS):
        rates = hits[:, rng.integers(0, hits.shape[1], hits.shape[1])].mean(axis=1)
        farthest.append(100 * np.abs(rates - rates.mean()).max())
    low, high = np.percentile(farthest, (2.5, 97.5))
    return float(low), float(high)


def _verdicts(measured: Measured, collection: Collection, thresholds: Thresholds) -> str:
    head = ("", *(verdict.value for verdict in Verdict), "rejected or accepted wrongly")
    parts = [
        (
            f"Below {thresholds.known:.3f} a coin is unknown; from {thresholds.match:.3f} on, with "
            f"a lead of {thresholds.margin:.2f} over any other type, it is a match."
        )
    ]
    for name, gallery in collection.galleries.items():
        queries = judged(gallery, *_stacked(gallery, measured.embeddings))
        kinds = {
            "best type right": [each for each in queries if each.is_right],
            "best type wrong": [each for each in queries if each.is_known and not each.is_right],
            "not in the catalogue": [each for each in queries if not each.is_known],
        }
        rows = [
            (kind, *_counts(members, thresholds), _wrongly(members, thresholds))
            for kind, members in kinds.items()
            if members
        ]
        parts.append(f"{name}:\n\n" + table(head, rows))
    return "\n\n".join(parts)


def _counts(members: Sequence[Judged], thresholds: Thresholds) -> list[str]:
    verdicts = Counter(each.verdict(thresholds) for each in members)
    return [str(verdicts[verdict]) for verdict in Verdict]


def _wrongly(members: Sequence[Judged], thresholds: Thresholds) -> str:
    unknown = [each.verdict(thresholds) is Verdict.UNKNOWN for each in members]
    wrong = [is_unknown is each.is_known for is_unknown, each in zip(unknown, members, strict=True)]
    return percent(sum(wrong) / len(wrong))


def _latency(encoder: Encoder, collection: Collection, runs: Sequence[Path]) -> str:
    """Medians in milliseconds of one coin, and of the same network in torch."""
    crops = [as_crop(each) for each, _ in zip(collection.cutouts.values(), range(8), strict=False)]
    about = read_about()
    session = open_network(WEIGHTS, about)
    views = np.zeros((about.turns, 3, about.size, about.size), dtype=np.float32)
    calls: dict[str, Callable[[], object]] = {
        "one coin, all turns": lambda: encoder.encode(crops[:1]),
        "eight coins": lambda: encoder.encode(crops),
        "the network alone, all turns, ONNX Runtime": lambda: session.run(None, {"image": views}),
    }
    if runs:
        eager = imported_encoder(read_record(runs[0])[0], WEIGHTS)
        batch = torch.from_numpy(views)
        calls["the network alone, all turns, torch eager"] = torch.inference_mode()(
            lambda: eager(batch)
        )
    medians = medians_ms(calls, _ROUNDS)
    lines = [f"- {name}: {value:.1f} ms" for name, value in medians.items()]
    if runs:
        *_, quick, slow = medians.values()
        lines.append(f"- torch eager takes {slow / quick:.1f} times as long as ONNX Runtime")
    return "\n".join(lines) + f"\n\nMedians of {_ROUNDS}, taking turns."


def _training(runs: Sequence[Path]) -> str:
    """One row a run: what differs from the first, and its best epoch on dev."""
    records = [read_record(run) for run in runs]
    first = records[0][0]
    head = ("run", "differs in", "epochs", "dev at 1", "at 10", "AUROC", "worsened at 1", "at 10")
    rows = []
    for run, (config, epochs) in zip(runs, records, strict=True):
        best = max(epochs, key=lambda each: float(each["dev_at_1"]) + float(each["worsened_at_1"]))
        changed = [
            f"{name} {Path(str(value)).name}"
            for name, value in config.items()
            if value != first[name]
        ]
        names = ("dev_at_1", "dev_at_10", "dev_auroc", "worsened_at_1", "worsened_at_10")
        values = (f"{float(best[name]):.3f}" for name in names)
        rows.append((f"`{run.name}`", ", ".join(changed) or "–", str(len(epochs)), *values))
    return table(head, rows)
