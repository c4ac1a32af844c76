from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from coinvec_arcface.about import WEIGHTS, read_about
from coinvec_arcface.encoder import ArcfaceEncoder

from coinvec.domain.images import Box, Crop, Ellipse
from coinvec.errors import PluginError
from coinvec.plugin.cutout import RADIUS, SIZE

MIDDLE = (SIZE - 1) / 2


def crop_of(pixels):
    mask = Ellipse(MIDDLE, MIDDLE, RADIUS, RADIUS).mask(SIZE, SIZE)
    return Crop(
        picture_size=(SIZE, SIZE),
        box=Box(0, 0, SIZE, SIZE),
        ellipse=Ellipse(MIDDLE, MIDDLE, RADIUS, RADIUS),
        mask=mask,
        cutout=np.where(mask[..., None], pixels, 0).astype(np.uint8),
        cutout_mask=mask,
        score=1.0,
    )


@pytest.fixture(scope="module")
def encoder():
    return ArcfaceEncoder()


@pytest.fixture(scope="module")
def crops():
    rng = np.random.default_rng(5)
    return [crop_of(rng.integers(1, 256, (SIZE, SIZE, 3))) for _ in range(3)]


def test_embeddings_are_rows_of_norm_one(encoder, crops):
    embeddings = encoder.encode(crops)
    assert embeddings.shape == (3, 64)
    assert embeddings.dtype == np.float32
    assert np.linalg.norm(embeddings, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert encoder.encode([]).shape == (0, 64)


def test_a_coin_is_encoded_alike_alone_in_company_and_in_threads(encoder, crops):
    together = encoder.encode(crops)
    with ThreadPoolExecutor(3) as pool:
        alone = list(pool.map(lambda crop: ArcfaceEncoder().encode([crop])[0], crops))
    assert np.array_equal(together, np.stack(alone))


def test_quarter_turns_change_nothing(encoder, crops):
    [upright] = encoder.encode(crops[:1])
    for turns in (1, 2, 3):
        turned = replace(crops[0], cutout=np.ascontiguousarray(np.rot90(crops[0].cutout, turns)))
        assert encoder.encode([turned])[0] == pytest.approx(upright, abs=1e-5)


def test_weights_that_are_missing_or_damaged_are_told(tmp_path, crops):
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(WEIGHTS.read_bytes()[:100])
    for path in (damaged, tmp_path / "missing.onnx"):
        with pytest.raises(PluginError, match=rf"{path.name}.*force-reinstall coinvec-arcface"):
            ArcfaceEncoder(path).encode(crops)


def test_the_network_is_laid_out_for_the_turns_of_one_coin():
    encoder = ArcfaceEncoder()
    [pictures] = encoder._loaded().get_inputs()
    assert pictures.shape[0] == read_about().turns


def test_idle_threads_leave_the_cores_to_other_networks():
    session = ArcfaceEncoder()._loaded()
    option = "session.force_spinning_stop"
    assert session.get_session_options().get_session_config_entry(option) == "1"
