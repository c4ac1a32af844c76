"""A whole training in miniature: cut out, begun, interrupted, gone on with, exported, reported."""

import csv
import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import onnxruntime as ort
import pytest
import torch
from coinvec_train.encoder import card
from coinvec_train.encoder.card import Collection, write_card
from coinvec_train.encoder.config import EncoderConfig
from coinvec_train.encoder.cutouts import cut_out_all
from coinvec_train.encoder.export import WEIGHTS, export_encoder, trained_encoder
from coinvec_train.encoder.figures import draw_curves, draw_errors
from coinvec_train.encoder.material import Material, Photograph
from coinvec_train.encoder.open_set import Gallery
from coinvec_train.encoder.sources import Sources
from coinvec_train.encoder.train import EncoderTraining
from coinvec_train.runs import Run, load_run

from coinvec.domain.images import Ellipse
from coinvec.errors import SettingsError
from coinvec.plugin.cutout import cut_out

CONFIG = EncoderConfig(
    backbone="test_efficientnet",
    activation="own",
    hidden=16,
    size=64,
    batch=4,
    epoch_pictures=8,
    epochs=2,
)
SIDE = 80
LOOKS = 3


class WholePicture:
    """Finds a coin of the picture's size, and counts how often it was asked."""

    calls = 0

    def find(self, picture, *, all_coins=False):
        self.calls += 1
        turns = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        rim = SIDE / 2 * (1 + 0.9 * np.column_stack([np.cos(turns), np.sin(turns)]))
        return [cut_out(picture, Ellipse(SIDE / 2, SIDE / 2, 36, 36, 0), rim, score=1.0)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Striped coins: as many stripes as the number of their look, in several shades."""
    folder = tmp_path_factory.mktemp("coins")
    x = np.mgrid[:SIDE, :SIDE][1]
    for number in range(12):
        shade = 110 + 8 * number + 60 * np.sin(x * (1 + number % LOOKS) / 5)
        cv2.imwrite(str(folder / f"{number}.png"), shade.astype(np.uint8))
    return folder


@pytest.fixture(scope="module")
def cutouts(folder, tmp_path_factory):
    names, kept = [f"{number}.png" for number in range(12)], tmp_path_factory.mktemp("cut")
    return cut_out_all(kept, folder, names, WholePicture(), "whole@1", lambda *_: None)


@pytest.fixture(scope="module")
def gallery():
    return Gallery(
        ["6.png", "7.png"],
        ["a/obverse/1", "b/obverse/1"],
        ["9.png", "10.png", "11.png"],
        [frozenset(["a/obverse/1"]), frozenset(["b/obverse/1"]), frozenset()],
    )


@pytest.fixture(scope="module")
def sources(cutouts, gallery):
    photographs = [Photograph(f"{n}.png", f"look{n % LOOKS}", f"{n}") for n in range(6)]
    return Sources(cutouts, Material(photographs, photographs[:2]), gallery)


def training(sources, folder, config=CONFIG, *, compiled=False):
    return EncoderTraining(
        config,
        Run(folder, config.as_json()),
        [1] * LOOKS,
        lambda first, count: sources.epoch(config, first, count),
        sources.watched(config),
        compiled=compiled,
    )


class InterruptionError(Exception):
    pass


def interrupted(done, _):
    if done > 2:  # in the second epoch
        raise InterruptionError


@pytest.fixture(scope="module")
def finished(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    training(sources, folder).fit(lambda *_: None)
    return folder


def test_cutting_out_goes_on_where_it_was_interrupted(folder, tmp_path):
    names = [f"{number}.png" for number in range(12)]
    for _ in range(2):
        finder = WholePicture()
        kept = cut_out_all(tmp_path, folder, names, finder, "whole@1", lambda *_: None)
    assert finder.calls == 0
    assert list(kept) == names
    assert kept["3.png"].any()
    with pytest.raises(SettingsError, match="by another segmenter"):
        cut_out_all(tmp_path, folder, names, finder, "whole@2", lambda *_: None)
    index = json.loads((tmp_path / "index.json").read_text())
    (tmp_path / "index.json").write_text(json.dumps(index | {"done": 9}))
    cut_out_all(tmp_path, folder, names, finder, "whole@1", lambda *_: None)
    assert finder.calls == 3


def test_a_run_gone_on_with_ends_as_if_never_interrupted(sources, finished, tmp_path):
    with pytest.raises(InterruptionError):
        training(sources, tmp_path).fit(interrupted)
    training(sources, tmp_path).fit(lambda *_: None)
    whole, resumed = (
        Run(each, CONFIG.as_json()).load_checkpoint() for each in (finished, tmp_path)
    )
    assert whole["step"] == resumed["step"] == 4
    for part in ("network", "head", "averaged"):
        for name, tensor in whole[part].items():
            assert torch.allclose(tensor, resumed[part][name], atol=1e-4), name


@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling needs a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # the compiler's own
def test_a_compiled_step_learns_the_same(sources, tmp_path):
    config = replace(CONFIG, epochs=1)
    ends = []
    for compiled in (False, True):
        folder = tmp_path / str(compiled)
        training(sources, folder, config, compiled=compiled).fit(lambda *_: None)
        ends.append(Run(folder, config.as_json()).load_checkpoint()["network"])
    plain, quick = ends
    for name, tensor in plain.items():
        assert torch.allclose(tensor, quick[name], atol=1e-3), name


def test_a_run_that_goes_on_from_another_starts_where_it_ended(sources, finished, tmp_path):
    def first_loss(name, first_weights):
        config = replace(CONFIG, first_weights=first_weights, epochs=1, head_rate=1e-9)
        training(sources, tmp_path / name, config).fit(lambda *_: None)
        with (tmp_path / name / "log.csv").open() as file:
            return float(next(csv.DictReader(file))["val_loss"])

    assert first_loss("on", str(finished)) < 0.8 * first_loss("anew", "random")


def test_every_epoch_is_logged_with_what_is_found_on_coins_never_trained_on(finished):
    with (finished / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    for row in rows:
        assert float(row["val_loss"]) > 0
        assert float(row["dev_at_2"]) == 1.0  # there are two designs
        assert 0 <= float(row["worsened_at_1"]) <= float(row["worsened_at_10"]) <= 1


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_the_exported_network_answers_as_the_trained_one(finished, tmp_path):
    config, weights = load_run(finished)
    about = export_encoder(tmp_path, config, weights, size=64, turns=4)
    assert (about.dim, about.size, about.thresholds) == (64, 64, None)
    pictures = np.random.default_rng(0).uniform(-1, 1, (3, 3, 64, 64)).astype(np.float32)
    with torch.inference_mode():
        expected = trained_encoder(config, weights)(torch.from_numpy(pictures)).numpy()
    session = ort.InferenceSession(str(tmp_path / WEIGHTS))
    [embeddings] = session.run(["embedding"], {"image": pictures})
    assert embeddings.shape == (3, 64)
    assert np.einsum("nd,nd->n", embeddings, expected) == pytest.approx(1.0, abs=1e-3)


class Thumbnail:
    """A tiny encoder: the picture itself at 8 × 8."""

    def encode(self, crops):
        rows = [cv2.resize(crop.cutout[..., 0], (8, 8)).ravel() for crop in crops]
        small = np.stack(rows).astype(np.float32) - 40
        return small / np.linalg.norm(small, axis=1, keepdims=True)


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_a_report_says_what_brute_force_finds(cutouts, gallery, finished, tmp_path, monkeypatch):
    about = export_encoder(tmp_path, *load_run(finished), size=64, turns=4)
    monkeypatch.setattr(card, "WEIGHTS", tmp_path / WEIGHTS)
    monkeypatch.setattr(card, "read_about", lambda: about)
    other = tmp_path / "subcentres"
    shutil.copytree(finished, other)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"subcentres": 3}))
    out = tmp_path / "card.md"
    out.write_text("# Mine\n\n<!-- measured -->\nold\n")
    swapped = {"9.png": cutouts["10.png"], "10.png": cutouts["9.png"]}
    collection = Collection({"striped": gallery}, cutouts, unrectified=swapped)
    rivals, runs = {"thumb": Thumbnail()}, [finished]
    measured = write_card(out, rivals, collection, runs, [finished, other], lambda *_: None)
    text = out.read_text()
    assert text.startswith("# Mine\n")
    assert "old" not in text
    assert "striped: 2 pictures in the catalogue, 2 queries of coins in it, 1 of others." in text
    assert "| thumb | 100.0 %" in text
    assert "| thumb, ellipses not mapped to circles | 0.0 %" in text
    assert f"`{finished.name}`" in text
    assert "torch eager takes" in text
    ablations = text.partition("### What each part brings")[2]
    assert f"| `{finished.name}` | – | 2 |" in ablations
    assert "| `subcentres` | subcentres 3 | 2 |" in ablations
    draw_curves(tmp_path / "curves.svg", [finished], measured["thumb"])
    assert "<svg" in (tmp_path / "curves.svg").read_text()
    wrong = Gallery(gallery.images, gallery.groups, ["9.png"], [frozenset(["b/obverse/1"])])
    draw_errors(tmp_path / "errors.png", Collection({"wrong": wrong}, cutouts), measured["thumb"])
    assert cv2.imread(str(tmp_path / "errors.png")).shape[0] == 128
