from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from coinvec_unet.network import COIN, CORE, Network
from painted import SURE, write_network

from coinvec.errors import PluginError


@pytest.fixture
def pictures():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (32, 64, 3), dtype=np.uint8) for _ in range(11)]


@pytest.fixture
def weights(tmp_path):
    return write_network(tmp_path / "painted.onnx")


def test_pictures_come_in_as_red_green_blue_from_minus_one_to_one(weights, pictures):
    logits = Network(weights).logits(pictures)
    assert logits.shape == (11, 2, 32, 64)
    assert logits.dtype == np.float32
    scaled = np.stack(pictures).astype(float) / 127.5 - 1
    assert logits[:, COIN] == pytest.approx(SURE * scaled[..., 0], abs=1e-5)
    assert logits[:, CORE] == pytest.approx(SURE * scaled[..., 1], abs=1e-5)


def test_threads_that_meet_at_the_first_call_get_the_same_answers(weights, pictures):
    network = Network(weights)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda picture: network.logits([picture]), pictures))
    assert np.array_equal(np.concatenate(together), Network(weights).logits(pictures))


def test_weights_that_are_missing_or_damaged_are_told(tmp_path, weights, pictures):
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(weights.read_bytes()[:100])
    for path in (damaged, tmp_path / "missing.onnx"):
        with pytest.raises(PluginError, match=rf"{path.name}.*force-reinstall coinvec-unet"):
            Network(path).logits(pictures)


def test_the_weights_of_another_network_are_told(tmp_path, pictures):
    other = write_network(tmp_path / "other.onnx", inputs="x", outputs="y")
    with pytest.raises(PluginError, match=r"from and to x, y instead of image, logits"):
        Network(other).logits(pictures)
