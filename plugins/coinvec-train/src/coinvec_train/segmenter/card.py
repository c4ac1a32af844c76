"""The model card of the segmenter: measurements, latency and the runs behind it, as Markdown."""

import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
import torch
from coinvec_unet.about import WEIGHTS, read_about
from coinvec_unet.network import Network

from coinvec.media.decode import decode
from coinvec.plugin.protocols import Preprocessor
from coinvec_train.markdown import introduction, table
from coinvec_train.pictures import read_rgb
from coinvec_train.runs import read_record
from coinvec_train.segmenter.export import imported_network
from coinvec_train.segmenter.report import Material, measure, tables
from coinvec_train.timing import medians_ms

_TWELVE_MEGAPIXELS = (4000, 3000)
_JPEG_QUALITY = 92
_ROUNDS = 30
_SIZE = 256
_RUNS_SAY = "The best epoch's IoU of pixels, on pictures set aside, at the run's own size.\n\n"

Advance = Callable[[int, int], None]


def write_card(
    out: Path,
    finders: Mapping[str, Preprocessor],
    material: Material,
    runs: Sequence[Path],
    advance: Advance,
) -> None:
    """Measure everything and write the card.

    Args:
        out: The Markdown file; what stands in it above the line `<!-- measured -->` stays.
        finders: By the name of their row; the first is the one whose latency is taken.
        material: What to measure on.
        runs: Training runs, the shipped weights' own first.
        advance: Called with pictures done and their number.
    """
    counter = _Counter(advance, len(finders) * _pictures(material))
    results = {name: measure(finder, material, counter) for name, finder in finders.items()}
    today = date.today().isoformat()  # noqa: DTZ011 — the reader's own day
    size = WEIGHTS.stat().st_size / 2**20
    sections = [
        (
            f"Written by `coinvec train evaluate-segmenter` on {today}, {platform.machine()}, "
            f"{torch.get_num_threads()} threads; weights `{read_about().revision}`, {size:.1f} MiB."
        ),
        tables(results),
        "### Latency\n\n" + _latency(next(iter(finders.values())), material, runs),
        "### Training\n\n" + _RUNS_SAY + trainings(runs),
    ]
    out.write_text(introduction(out) + "\n\n".join(sections) + "\n", encoding="utf-8")


class _Counter:
    """Counts pictures for a progress bar."""

    def __init__(self, advance: Advance, total: int) -> None:
        self._advance, self._total, self._done = advance, total, 0

    def __call__(self) -> None:
        self._done += 1
        self._advance(self._done, self._total)


def _pictures(material: Material) -> int:
    with material.crops.open(encoding="utf-8") as file:
        crops = sum(1 for _ in file) - 1
    empty = sum(len(each) for each in material.empty.values())
    return len(material.scenes) + crops + len(material.synthetic) + empty


def _latency(finder: Preprocessor, material: Material, runs: Sequence[Path]) -> str:
    """Medians in milliseconds of the network alone, and of a whole photograph."""
    picture = np.random.default_rng(0).integers(0, 255, (_SIZE, _SIZE, 3), dtype=np.uint8)
    jpeg = _large_jpeg(material.scenes[0].path)
    shipped = Network()
    calls: dict[str, Callable[[], object]] = {"ONNX Runtime": lambda: shipped.logits([picture])}
    if runs:
        eager = imported_network(read_record(runs[0])[0], WEIGHTS)
        batch = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1)
        calls["torch eager"] = torch.inference_mode()(lambda: eager(batch))
    calls["12-megapixel JPEG, decoded"] = lambda: decode(jpeg)
    whole = decode(jpeg)
    calls["12-megapixel picture, coin found"] = lambda: finder.find(whole)
    medians = medians_ms(calls, _ROUNDS)
    lines = [f"- {name}: {value:.0f} ms" for name, value in medians.items()]
    if "torch eager" in medians:
        ratio = medians["torch eager"] / medians["ONNX Runtime"]
        lines.append(f"- torch eager takes {ratio:.1f} times as long as ONNX Runtime")
    lines.append(f"\nMedians of {_ROUNDS}, taking turns; ONNX Runtime {ort.__version__}.")
    return "\n".join(lines)


def _large_jpeg(path: Path) -> bytes:
    pixels = read_rgb(path)
    large = cv2.resize(pixels, _TWELVE_MEGAPIXELS, interpolation=cv2.INTER_CUBIC)
    _, data = cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return bytes(data)


_RUN = ("run", "encoder", "starts from", "pixels", "pictures", "trained on", "augmented", "best")


def trainings(runs: Sequence[Path]) -> str:
    """A table of runs, one row each: what it was told, and what its best epoch measured."""
    rows = [_training(run) for run in runs]
    measured = list(dict.fromkeys(name for _, ious in rows for name in ious))
    head = (*_RUN, *(f"IoU, {name}" for name in measured))
    return table(
        head, [(*told, *(ious.get(name, "–") for name in measured)) for told, ious in rows]
    )


def _training(run: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    config, epochs = read_record(run)
    names = [name for name in epochs[0] if name.startswith("iou_")]
    best = max(epochs, key=lambda each: sum(float(each[name]) for name in names))
    told = (
        f"`{run.name}`",
        config["encoder"],
        Path(config["first_weights"]).stem,
        str(config["size"]),
        f"{len(epochs)} × {config['epoch_pictures']:,}",
        _kinds(config["real_share"]),
        "yes" if config["augment"] else "no",
        f"epoch {best['epoch']}",
    )
    return told, {name.removeprefix("iou_"): f"{float(best[name]):.3f}" for name in names}


def _kinds(real_share: float) -> str:
    if real_share in (0.0, 1.0):
        return "photographs" if real_share else "synthetic scenes"
    return f"both, {real_share:.0%} photographs"
