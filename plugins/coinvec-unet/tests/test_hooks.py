import subprocess
import sys
from importlib import import_module

import pluggy
import pytest
from coinvec_unet import hooks
from coinvec_unet.about import WEIGHTS, read_about

from coinvec.errors import PluginError
from coinvec.plugin import hookspecs


def declared():
    host = pluggy.PluginManager(hookspecs.PROJECT)
    host.add_hookspecs(hookspecs)
    host.register(hooks)
    host.check_pending()
    ((spec,),) = host.hook.coinvec_preprocessors()
    return spec


def test_the_hooks_answer_for_this_api():
    assert hooks.COINVEC_API == hookspecs.API_VERSION
    assert declared().name == "unet"


def test_the_preprocessor_loads_by_its_target():
    module, name = declared().target.split(":")
    assert callable(getattr(import_module(module), name)().find)


def test_the_revision_names_the_weights_and_the_code():
    code, weights = declared().revision.split(".")
    assert code == hooks.CODE_REVISION
    assert weights == read_about().revision


def test_the_weights_fit_into_the_distribution():
    assert WEIGHTS.stat().st_size <= 22 * 2**20


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"encoder": "b4"}'])
def test_a_broken_description_is_told(tmp_path, text):
    path = tmp_path / "unet.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(PluginError, match=r"unet\.json.*pip install --force-reinstall"):
        read_about(path)


def test_declaring_loads_neither_opencv_nor_the_runtime():
    code = (
        "import sys, coinvec_unet.hooks as hooks; hooks.coinvec_preprocessors(); "
        "sys.exit(bool({'cv2', 'onnxruntime', 'torch'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_finding_loads_no_torch():
    code = "import sys, coinvec_unet.unet; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
