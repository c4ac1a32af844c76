import subprocess
import sys
from importlib import import_module

import numpy as np
import pluggy
from coinvec_classic import hooks
from drawn_coins import turned_crop

from coinvec.plugin import hookspecs


def manager() -> pluggy.PluginManager:
    host = pluggy.PluginManager(hookspecs.PROJECT)
    host.add_hookspecs(hookspecs)
    host.register(hooks)
    host.check_pending()
    return host


def load(target: str) -> type:
    module, name = target.split(":")
    return getattr(import_module(module), name)


def test_the_hooks_answer_for_this_api():
    assert hooks.COINVEC_API == hookspecs.API_VERSION
    host = manager()
    assert [s.name for batch in host.hook.coinvec_preprocessors() for s in batch] == ["hough"]
    assert [s.name for batch in host.hook.coinvec_encoders() for s in batch] == ["polar"]


def test_the_declared_dimension_is_true():
    ((spec,),) = manager().hook.coinvec_encoders()
    (vector,) = load(spec.target)().encode([turned_crop(1, 0)])
    assert vector.shape == (spec.dim,)
    assert vector.dtype == np.float32
    assert spec.thresholds is None


def test_the_preprocessor_loads_by_its_target():
    ((spec,),) = manager().hook.coinvec_preprocessors()
    assert callable(load(spec.target)().find)


def test_declaring_loads_no_opencv():
    code = "import sys, coinvec_classic.hooks; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
