"""The encoder `timm` with the tiny test backbones of timm and random weights; no network."""

import ast
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from coinvec.domain.images import Box, Crop, Ellipse
from coinvec.errors import PluginError
from coinvec.plugin.host import PluginHost
from coinvec.plugin.records import PluginStatus
from coinvec.testing import mint_catalogue, render_side

pytest.importorskip("torch", reason="needs torch, which the training distribution installs")
pytest.importorskip("timm", reason="needs timm, which the training distribution installs")

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MODEL = "test_resnet"


@pytest.fixture(scope="module")
def crops():
    """Two coins twice, in different light."""
    types = mint_catalogue(5, n_types=2, n_issuers=1)
    made = []
    for minted in types:
        for light in ((225.0, 50.0), (300.0, 45.0)):
            coin = render_side(minted.obverse, size=160, light=light, seed=1)
            made.append(
                Crop((160, 160), Box(0, 0, 160, 160), Ellipse(80, 80, 80, 80), coin.mask,
                     coin.pixels, coin.mask, 1.0)
            )  # fmt: skip
    return made


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs the distribution from its own metadata, with a choice of backbone and weights."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    info = tmp_path / "example_timm_encoder-0.1.0.dist-info"
    info.mkdir()
    needs = "".join(f"Requires-Dist: {each}\n" for each in project["dependencies"])
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n{needs}"
    )
    [(name, target)] = project["entry-points"]["coinvec"].items()
    (info / "entry_points.txt").write_text(f"[coinvec]\n{name} = {target}\n")
    monkeypatch.syspath_prepend(tmp_path)

    def choose(model=MODEL, weights="random"):
        monkeypatch.setenv("TIMM_ENCODER_MODEL", model)
        monkeypatch.setenv("TIMM_ENCODER_WEIGHTS", str(weights))
        return PluginHost(["timm"])

    return choose


def test_an_encoder_by_name(installed, crops):
    host = installed()
    spec = host.spec("encoder", "timm")
    encoder = host.encoder("timm")
    vectors = encoder.encode(crops)
    assert vectors.shape == (4, spec.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    singly = np.concatenate([encoder.encode([crop]) for crop in crops])
    assert np.abs(vectors - singly).max() < 1e-5
    assert encoder.encode([]).shape == (0, spec.dim)
    assert np.abs(vectors[0] - vectors[2]).max() > 1e-3  # it does look at the coin


def test_the_same_in_every_process_and_thread(installed, crops):
    vectors = installed().encoder("timm").encode(crops)
    again = installed().encoder("timm")
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(again.encode, [crops] * 8):
            assert np.array_equal(found, vectors)


def test_another_backbone_is_another_revision(installed, crops):
    one, other = installed(), installed("test_vit")
    assert one.spec("encoder", "timm").revision == "test_resnet+random+1"
    assert other.spec("encoder", "timm").revision == "test_vit+random+1"
    assert other.encoder("timm").encode(crops).shape == (4, 256)


def save(model, path, *, seed, drop=()):
    import timm
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(seed)
    state = timm.create_model(model, num_classes=10).state_dict()
    save_file({name: tensor for name, tensor in state.items() if name not in drop}, path)
    return path


def test_weights_from_a_file(installed, crops, tmp_path):
    path = tmp_path / "weights.safetensors"
    found, revisions = [], []
    for seed in (1, 2):
        host = installed(weights=save(MODEL, path, seed=seed))
        found.append(host.encoder("timm").encode(crops))
        revisions.append(host.spec("encoder", "timm").revision)
    assert revisions[0] != revisions[1]
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_weights_of_another_backbone_are_refused(installed, tmp_path):
    foreign = save("test_vit", tmp_path / "vit.safetensors", seed=0)
    with pytest.raises(PluginError, match="does not hold the weights of timm's 'test_resnet'"):
        installed(weights=foreign).encoder("timm")
    torn = save(MODEL, tmp_path / "torn.safetensors", seed=0, drop=("conv1.0.weight",))
    with pytest.raises(PluginError, match=r"it lacks 'conv1\.0\.weight'"):
        installed(weights=torn).encoder("timm")


@pytest.mark.parametrize(
    ("name", "words"), [("weights.pth", "may run code"), ("none.safetensors", "cannot be read")]
)
def test_unusable_files_are_told_by_the_list(installed, tmp_path, name, words):
    (tmp_path / "weights.pth").write_bytes(b"")
    [record] = [each for each in installed(weights=tmp_path / name).records() if each.distribution
                == "example-timm-encoder"]  # fmt: skip
    assert record.status is PluginStatus.FAILED
    assert words in record.reason


def test_a_backbone_nobody_has(installed):
    with pytest.raises(PluginError, match="Did you mean 'resnet18'"):
        installed("resnet118").encoder("timm")


def test_declaring_imports_nothing_heavy(installed):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from example_timm_encoder.hooks import coinvec_encoders\n"
        "coinvec_encoders()\n"
        "print(sorted({'torch', 'timm', 'cv2'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "src")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_it_uses_the_public_floors_only():
    """What import-linter checks for installed distributions."""
    allowed = ("coinvec.domain", "coinvec.errors", "coinvec.plugin", "coinvec.testing")
    imported = {
        node.module
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.ImportFrom)
    }
    ours = {name for name in imported if name.split(".")[0] == "coinvec"}
    assert ours
    assert all(name.startswith(allowed) for name in ours)
