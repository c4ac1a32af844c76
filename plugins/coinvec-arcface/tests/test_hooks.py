import json
import subprocess
import sys
from importlib import import_module
from importlib.resources import files

import pluggy
import pytest
from coinvec_arcface import hooks
from coinvec_arcface.about import WEIGHTS, read_about
from coinvec_unet import hooks as unet

from coinvec.errors import PluginError
from coinvec.plugin import hookspecs
from coinvec.services.starter_file import read_starter


def declared():
    host = pluggy.PluginManager(hookspecs.PROJECT)
    host.add_hookspecs(hookspecs)
    host.register(hooks)
    host.check_pending()
    ((spec,),) = host.hook.coinvec_encoders()
    return spec


def test_the_encoder_is_declared_with_calibrated_thresholds():
    assert hooks.COINVEC_API == hookspecs.API_VERSION
    spec = declared()
    assert (spec.name, spec.dim) == ("arcface", 64)
    assert 0 < spec.thresholds.known <= spec.thresholds.match < 1
    module, name = spec.target.split(":")
    assert callable(getattr(import_module(module), name)().encode)


def test_the_revision_names_the_weights_and_the_code():
    code, weights = declared().revision.split(".")
    assert (code, weights) == (hooks.CODE_REVISION, read_about().revision)


def test_the_starter_catalogue_is_that_of_these_weights():
    (segmenter,) = unet.coinvec_preprocessors()
    package, name = declared().starter.split(":")
    starter = read_starter((files(package) / name).read_bytes(), name)
    assert starter.generation.preprocessor == segmenter.ref
    assert starter.generation.encoder == declared().ref
    assert len(starter.records) > 7000


def test_the_weights_fit_into_the_distribution():
    assert WEIGHTS.stat().st_size <= 12 * 2**20


@pytest.mark.parametrize(
    "change", [None, {"dim": "many"}, {"thresholds": {}}, {"thresholds": {"known": 2}}]
)
def test_a_broken_description_is_told(tmp_path, change):
    path = tmp_path / "arcface.json"
    if change is not None:
        whole = json.loads(WEIGHTS.with_name("arcface.json").read_text(encoding="utf-8"))
        path.write_text(json.dumps(whole | change), encoding="utf-8")
    with pytest.raises(PluginError, match=r"arcface\.json.*pip install --force-reinstall"):
        read_about(path)


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import coinvec_arcface.hooks as h; h.coinvec_encoders()", {"cv2", "onnxruntime"}),
        ("import coinvec_arcface.encoder as e; e.ArcfaceEncoder()", {"torch", "timm"}),
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_used(code, heavy):
    check = f"{code}; import sys; sys.exit(bool({heavy} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
