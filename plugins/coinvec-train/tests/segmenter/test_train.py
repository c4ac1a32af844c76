"""A whole training in miniature: begun, interrupted, gone on with, exported."""

import csv
import json

import numpy as np
import onnxruntime as ort
import pytest
import torch
from coinvec_train.onnx_files import store_halves
from coinvec_train.runs import Run, load_run
from coinvec_train.segmenter.card import trainings
from coinvec_train.segmenter.config import SegmenterConfig
from coinvec_train.segmenter.export import (
    describe,
    export_onnx,
    imported_network,
    trained_network,
)
from coinvec_train.segmenter.sources import Sources
from coinvec_train.segmenter.train import SegmenterTraining
from drawn import write_coin, write_ground, write_scene

from coinvec.errors import SettingsError

CONFIG = SegmenterConfig(
    encoder="mobilenetv3_small_050",
    decoder_channels=(16, 16, 8, 8),
    size=64,
    batch=4,
    epoch_pictures=8,
    epochs=2,
    real_share=0.5,
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    return Sources(
        [write_coin(folder, seed) for seed in range(3)],
        [write_scene(folder, 0)],
        [write_ground(folder, 0)],
    )


def training(sources, folder, config=CONFIG):
    maker = sources.scenes(config, real_share=config.real_share, augment=True)
    return SegmenterTraining(
        config,
        Run(folder, config.as_json()),
        lambda first, count: maker.pictures(first, count, seed=config.seed),
        {"all": maker.pictures(0, 4, seed=1)},
    )


class InterruptionError(Exception):
    pass


def interrupt_after(step):
    def advance(done, _):
        if done > step:
            raise InterruptionError

    return advance


@pytest.fixture(scope="module")
def finished(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    training(sources, folder).fit(lambda *_: None)
    return folder


def test_a_run_gone_on_with_ends_as_if_never_interrupted(sources, finished, tmp_path):
    with pytest.raises(InterruptionError):
        training(sources, tmp_path).fit(interrupt_after(2))  # in the second epoch
    training(sources, tmp_path).fit(lambda *_: None)
    whole, resumed = (
        Run(each, CONFIG.as_json()).load_checkpoint() for each in (finished, tmp_path)
    )
    assert whole["step"] == resumed["step"] == 4
    for name, tensor in whole["network"].items():
        assert torch.allclose(tensor, resumed["network"][name], atol=1e-5), name


def test_each_epoch_is_logged(finished):
    with (finished / "log.csv").open(encoding="utf-8", newline="") as file:
        epochs = list(csv.DictReader(file))
    assert [each["epoch"] for each in epochs] == ["1", "2"]
    assert all(0 <= float(each["iou_all"]) <= 1 for each in epochs)
    assert any((finished / "tensorboard").iterdir())


def test_a_report_tells_what_a_run_was_told_and_its_best_epoch(finished, tmp_path):
    photographs = tmp_path / "photographs"
    training_of = json.loads((finished / "config.json").read_text(encoding="utf-8"))
    photographs.mkdir()
    told = training_of | {"real_share": 1.0, "augment": False, "first_weights": "a/b.safetensors"}
    (photographs / "config.json").write_text(json.dumps(told), encoding="utf-8")
    log = "epoch,loss,iou_synthetic,iou_photographs\n1,1,0.5,0.25\n2,1,0.25,0.25\n"
    (photographs / "log.csv").write_text(log, encoding="utf-8")
    head, _, first, second = trainings([finished, photographs]).splitlines()
    assert head.split(" | ")[-3:] == ["IoU, all", "IoU, synthetic", "IoU, photographs |"]
    assert "2 × 8 | both, 50% photographs | yes" in first
    assert first.endswith("| – | – |")
    assert second.endswith("| b | 64 | 2 × 8 | photographs | no | epoch 1 | – | 0.500 | 0.250 |")


def test_other_settings_are_refused_for_a_run_begun(finished):
    other = SegmenterConfig(seed=5)
    with pytest.raises(SettingsError, match="begun with other settings"):
        Run(finished, other.as_json())


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_the_exported_network_answers_as_the_trained_one(finished, tmp_path):
    config, weights = load_run(finished)
    network = trained_network(config, weights)
    export_onnx(network, tmp_path / "full.onnx")
    store_halves(tmp_path / "full.onnx", tmp_path / "half.onnx")
    images = np.random.default_rng(0).uniform(-1, 1, (2, 3, 96, 64)).astype(np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(images)).numpy()
    for name, tolerance in (("full", 1e-3), ("half", 0.05)):
        session = ort.InferenceSession(str(tmp_path / f"{name}.onnx"))
        [logits] = session.run(["logits"], {"image": images})
        assert logits.shape == (2, 2, 96, 64)
        assert np.abs(logits - expected).max() < tolerance
    again = imported_network(config, tmp_path / "full.onnx")
    with torch.inference_mode():
        assert np.abs(again(torch.from_numpy(images)).numpy() - expected).max() < 1e-3
    full, half = ((tmp_path / f"{name}.onnx").stat().st_size for name in ("full", "half"))
    assert half < 0.62 * full
    assert describe(tmp_path / "full.onnx", config) != describe(tmp_path / "half.onnx", config)


@pytest.mark.parametrize("first", ["missing.safetensors", "broken.safetensors"])
def test_unreadable_first_weights_are_told(first, sources, tmp_path):
    (tmp_path / "broken.safetensors").write_bytes(b"nonsense")
    config = SegmenterConfig(encoder=CONFIG.encoder, size=64, first_weights=str(tmp_path / first))
    with pytest.raises(SettingsError, match="cannot be read"):
        training(sources, tmp_path / "run", config)
