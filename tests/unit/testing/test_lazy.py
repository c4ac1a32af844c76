"""The package is light until something is drawn, and draws the same everywhere."""

import subprocess
import sys

import pytest

import coinvec.testing

_DIGEST = """
import hashlib, cv2
cv2.setNumThreads({threads})
from coinvec.testing import mint_catalogue, photograph, render_side
types = mint_catalogue(11, n_types=4, n_issuers=2)
digest = hashlib.sha256(repr(types).encode())
digest.update(render_side(types[0].obverse, size=96, rotation=20, wear=0.4, seed=5).pixels)
photo = photograph(types[1].reverse, types[2].obverse, size=(160, 120), background="palm", seed=5)
digest.update(photo.pixels)
digest.update(b"".join(mask.tobytes() for mask in photo.masks))
digest.update(repr(photo.ellipses).encode())
print(digest.hexdigest())
"""


def _run(code, **environment):
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


@pytest.fixture
def environment(monkeypatch):
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_importing_the_package_loads_no_image_library(environment):
    code = (
        "import sys, coinvec.testing; dir(coinvec.testing); "
        "print([m for m in ('cv2', 'PIL', 'numpy') if m in sys.modules])"
    )
    assert _run(code, **environment) == "[]"


def test_every_public_name_resolves():
    for name in coinvec.testing.__all__:
        assert getattr(coinvec.testing, name).__name__ == name
    assert coinvec.testing.__all__ == sorted(coinvec.testing.__all__)
    assert set(coinvec.testing.__all__) <= set(dir(coinvec.testing))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = coinvec.testing.nonsense


def test_two_processes_draw_the_same_bytes(environment):
    one = _run(_DIGEST.format(threads=1), **{**environment, "PYTHONHASHSEED": "1"})
    two = _run(_DIGEST.format(threads=4), **{**environment, "PYTHONHASHSEED": "2"})
    assert len(one) == 64
    assert one == two
