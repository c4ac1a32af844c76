"""Every recipe of the cookbook is installed as written, and run."""

import importlib
import io
import re
import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

from coinvec.domain.coins import CoinType, Design, Side
from coinvec.domain.images import Box, CoinImage, Crop, Ellipse
from coinvec.domain.results import Candidate
from coinvec.errors import PluginError
from coinvec.plugin.host import PluginHost
from coinvec.plugin.protocols import RankingRequest

PAGE = Path(__file__).parents[3] / "docs" / "plugins" / "cookbook.md"
BLOCK = re.compile(r"```python\n# (\w+\.py)\n(.*?)```", re.DOTALL)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs a recipe by the name of its files; the host that loaded it."""
    monkeypatch.syspath_prepend(tmp_path)

    def recipe(name, **changes):
        for file, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            if not file.startswith(f"{name}_"):
                continue
            text = code
            for before, after in changes.values():
                text = text.replace(before, after)
            (tmp_path / file).write_text(text)
            monkeypatch.delitem(sys.modules, file.removesuffix(".py"), raising=False)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[coinvec]\n{name} = {name}_hooks\n")
        importlib.invalidate_caches()
        return PluginHost([name])

    return recipe


@pytest.fixture(scope="module")
def crops():
    """Three different coins, as any picture is one here."""
    chance = np.random.default_rng(3)
    mask = np.ones((64, 64), dtype=bool)
    return [
        Crop((64, 64), Box(0, 0, 64, 64), Ellipse(32, 32, 32, 32), mask,
             np.kron(chance.integers(0, 255, (8, 8, 3)), np.ones((8, 8, 1))).astype(np.uint8),
             mask, 1.0)
        for _ in range(3)
    ]  # fmt: skip


def check_encoder(host, name, crops):
    dim = host.spec("encoder", name).dim
    encoder = host.encoder(name)
    vectors = encoder.encode(crops)
    assert vectors.shape == (len(crops), dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert np.abs(vectors[1:] - encoder.encode(crops[1:])).max() < 1e-5
    assert encoder.encode([]).shape == (0, dim)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-4
    return vectors


def test_every_block_belongs_to_a_recipe():
    files = [file for file, _ in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]
    assert files == [
        *("timm_hooks.py", "timm_encoder.py", "clip_hooks.py", "clip_encoder.py"),
        *("remote_hooks.py", "remote_encoder.py", "local_hooks.py", "local_ranker.py"),
    ]
    assert PAGE.read_text(encoding="utf-8").count("```python") == len(files)


def test_a_timm_backbone(install, crops):
    pytest.importorskip("timm", reason="needs timm, which the training distribution installs")
    # A tiny backbone with random weights: the tests download nothing.
    host = install(
        "timm",
        backbone=("resnet18.a1_in1k", "test_resnet"),
        weights=("pretrained=True", "pretrained=False"),
        dim=("512", "96"),
    )
    check_encoder(host, "resnet18", crops)


def tiny_clip(path):
    """A model with the inputs and outputs of CLIP's image half: tiles, then a fixed matrix."""
    onnx = pytest.importorskip(
        "onnx", reason="needs onnx, which the training distribution installs"
    )
    weights = np.random.default_rng(0).standard_normal((3 * 7 * 7, 512)).astype(np.float32)
    nodes = [
        onnx.helper.make_node("AveragePool", ["pixels"], ["t"], kernel_shape=[32, 32],
                              strides=[32, 32]),
        onnx.helper.make_node("Flatten", ["t"], ["f"]),
        onnx.helper.make_node("MatMul", ["f", "w"], ["features"]),
    ]  # fmt: skip
    float32 = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes,
        "clip",
        [onnx.helper.make_tensor_value_info("pixels", float32, ["n", 3, 224, 224])],
        [onnx.helper.make_tensor_value_info("features", float32, ["n", 512])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.save(model, path)


def test_a_clip_like_onnx_model(install, crops, tmp_path):
    pytest.importorskip("onnxruntime", reason="needs ONNX Runtime")
    tiny_clip(tmp_path / "clip.onnx")
    check_encoder(install("clip"), "clip", crops)


class Server(BaseHTTPRequestHandler):
    """Says of each coin its mean colours in 64 tiles' brightness."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path == "/v1/encode"
        coins = np.load(io.BytesIO(body), allow_pickle=False)
        tiles = coins.mean(axis=3).reshape(len(coins), 8, 28, 8, 28).mean(axis=(2, 4))
        vectors = tiles.reshape(len(coins), 64)
        answer = io.BytesIO()
        np.save(answer, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.getvalue())

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("REMOTE_ENCODER_URL", f"http://127.0.0.1:{running.server_port}")
        yield running
        running.shutdown()
        thread.join()


def test_a_remote_encoder(install, crops, server):
    vectors = check_encoder(install("remote"), "remote", crops)
    brightness = crops[0].cutout.mean(axis=2).reshape(8, 8, 8, 8).mean(axis=(1, 3)).ravel()
    assert vectors[0] == pytest.approx(brightness / np.linalg.norm(brightness), abs=0.02)


def test_a_remote_encoder_that_is_down(install, crops, monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Server) as closed:
        port = closed.server_port
    monkeypatch.setenv("REMOTE_ENCODER_URL", f"http://127.0.0.1:{port}")
    encoder = install("remote").encoder("remote")
    with pytest.raises(PluginError, match="gave no answer"):
        encoder.encode(crops)


def candidate(key, similarity, currency):
    coin = CoinType(key, "Utopia", "1", currency=currency)
    design = Design(key, Side.OBVERSE, "o1")
    return Candidate(similarity, coin, design, CoinImage("0" * 64, design, "a.jpg", "JPEG", 9, 9))


def test_a_metadata_ranker(install, crops):
    ranker = install("local").ranker("local")
    given = [
        candidate("a", 0.90, "Mark"),
        candidate("b", 0.89, "Euro"),
        candidate("c", 0.88, "Mark"),
        candidate("d", 0.85, "Euro"),
    ]
    ranked = ranker.rank(RankingRequest(crops[:1], lambda _: None), given)
    assert [each.type for each in ranked] == ["b", "a", "c", "d"]
    assert ranked == [given[1], given[0], given[2], given[3]]
    equals = [replace(each, similarity=0.5) for each in given]
    again = ranker.rank(RankingRequest(crops[:1], lambda _: None), equals)
    assert [each.type for each in again] == ["b", "d", "a", "c"]
