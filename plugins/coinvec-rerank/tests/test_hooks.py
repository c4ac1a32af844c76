import subprocess
import sys
from hashlib import sha256
from importlib import import_module

import pluggy
import pytest
from coins import candidate, minted, struck
from coinvec_rerank import hooks

from coinvec.plugin import hookspecs
from coinvec.plugin.protocols import RankingRequest


def specs():
    host = pluggy.PluginManager(hookspecs.PROJECT)
    host.add_hookspecs(hookspecs)
    host.register(hooks)
    host.check_pending()
    return [spec for batch in host.hook.coinvec_rankers() for spec in batch]


def load(spec):
    module, name = spec.target.split(":")
    return getattr(import_module(module), name)()


def test_the_hooks_answer_for_this_api():
    assert hooks.COINVEC_API == hookspecs.API_VERSION
    assert [spec.name for spec in specs()] == ["verify", "expand", "metal"]


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_without_anything_from_the_catalogue_the_order_stays(spec):
    request = RankingRequest([struck(minted(1)[0])], lambda _: None)
    given = [candidate(name, 0.9 - place / 10) for place, name in enumerate("abcd")]
    assert list(load(spec).rank(request, given)) == given


def test_declaring_loads_no_opencv():
    code = "import sys, coinvec_rerank.hooks; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_limits_are_those_of_the_default_encoder():
    from coinvec_arcface.hooks import coinvec_encoders

    [encoder] = coinvec_encoders()
    [verify, *_] = specs()
    assert str(encoder.ref) in verify.thresholds


def test_the_limits_are_those_of_the_shipped_network():
    from coinvec_rerank.network import WEIGHTS
    from coinvec_rerank.weights import NETWORK

    assert sha256(WEIGHTS.read_bytes()).hexdigest().startswith(NETWORK)
    assert len(NETWORK) == 12
