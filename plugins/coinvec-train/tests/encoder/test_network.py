from dataclasses import replace

import pytest
import timm
import torch
from coinvec_train.encoder.config import EncoderConfig
from coinvec_train.encoder.export import export_onnx
from coinvec_train.encoder.network import GeneralisedMean, build_encoder, set_training
from safetensors.torch import save_file
from torch import nn

from coinvec.errors import InvalidValueError, SettingsError


def test_a_lite0_starts_a_b0_that_answers_as_it_does(tmp_path):
    torch.manual_seed(0)
    lite = timm.create_model("tf_efficientnet_lite0", num_classes=0, global_pool="").eval()
    save_file(lite.state_dict(), tmp_path / "lite0.safetensors")
    config = EncoderConfig(first_weights=str(tmp_path / "lite0.safetensors"))
    begun = build_encoder(config).eval()
    pictures = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        assert torch.allclose(begun.backbone(pictures), lite(pictures), atol=1e-3, rtol=1e-3)
        assert begun(pictures).norm(dim=1).item() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("broken", ["missing", "nonsense", "other"])
def test_first_weights_that_do_not_fit_are_told(tmp_path, broken):
    path = tmp_path / "first.safetensors"
    if broken == "nonsense":
        path.write_bytes(b"nonsense")
    elif broken == "other":
        save_file({"stem.weight": torch.zeros(3)}, path)
    config = EncoderConfig(backbone="test_efficientnet", activation="own", first_weights=str(path))
    with pytest.raises(SettingsError, match=r"cannot be read|another network's"):
        build_encoder(config)


def test_frozen_norms_keep_their_statistics():
    network = build_encoder(EncoderConfig(backbone="test_efficientnet", activation="own"))
    set_training(network, frozen_norms=True)
    norms = [each for each in network.modules() if isinstance(each, nn.BatchNorm2d)]
    assert norms
    assert not any(each.training for each in norms)
    assert network.layers.training


def test_generalised_mean_lies_between_mean_and_maximum():
    pooling, features = GeneralisedMean(), torch.rand(2, 4, 5, 5)
    pooled = pooling(features)
    assert torch.allclose(pooled, (features**3).mean(dim=(2, 3)) ** (1 / 3), atol=1e-5)
    assert (pooled >= features.mean(dim=(2, 3)) - 1e-5).all()
    assert (pooled <= features.amax(dim=(2, 3))).all()


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_training_goes_on_from_an_exported_encoder(tmp_path):
    torch.manual_seed(1)
    config = EncoderConfig(backbone="test_efficientnet", activation="own", pooling="gem")
    pictures = torch.rand(16, 3, 64, 64) * 2 - 1
    original = build_encoder(config)
    original(pictures)  # statistics of its own
    export_onnx(original.eval(), tmp_path / "encoder.onnx", 64)
    begun = build_encoder(
        replace(config, first_weights=str(tmp_path / "encoder.onnx")), pictures
    ).eval()
    with torch.inference_mode():
        assert torch.allclose(begun(pictures[:2]), original(pictures[:2]), atol=1e-4)
        # Norms unfolded with the statistics of these pictures change nothing when trained, either.
        trained = begun.train()(pictures)
        assert torch.allclose(trained, begun.eval()(pictures), atol=0.02)


@pytest.mark.parametrize("broken", ["missing", "nonsense", "other"])
@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_an_exported_file_that_does_not_fit_is_told(tmp_path, broken):
    path = tmp_path / "first.onnx"
    config = EncoderConfig(backbone="test_efficientnet", activation="own", first_weights=str(path))
    if broken == "nonsense":
        path.write_bytes(b"nonsense")
    elif broken == "other":
        other = replace(config, backbone="test_byobnet", first_weights="random")
        export_onnx(build_encoder(other).eval(), path, 64)
    with pytest.raises(SettingsError, match=r"cannot be read|another network's"):
        build_encoder(config)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 100},
        {"pooling": "max"},
        {"views": "none"},
        {"poor_light": 1.5},
        {"subcentres": 0},
        {"batch": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InvalidValueError):
        EncoderConfig(**wrong)
