"""Asks a fresh interpreter: what a hooks module imports, and which numbers an encoder makes there.

This module is also what that interpreter runs: `python -m coinvec.testing.conformance.elsewhere`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from coinvec.errors import CheckFailedError

__all__ = ["encoded_elsewhere", "imported_by_hooks"]

_SECONDS = 300
_OF_CORE = frozenset({"coinvec", "numpy", "packaging", "pluggy"})
"""What every hooks module may import, because the plugin host has done so already."""


def imported_by_hooks(hooks: str) -> list[str]:
    """Modules that a fresh interpreter loads to hear what a hooks module declares.

    The standard library, numpy and coinvec are left out.

    Args:
        hooks: Importable name of the hooks module.

    Raises:
        CheckFailedError: The interpreter failed.
    """
    names: list[str] = json.loads(_run("hooks", hooks))
    return names


def encoded_elsewhere(target: str, cutouts: Sequence[bytes]) -> bytes:
    """What an encoder makes of crops in a fresh interpreter with another hash seed.

    Args:
        target: `package.module:Class` of the encoder.
        cutouts: Crops as written by `pack`; see `coinvec.testing.conformance.packing`.

    Returns:
        The vectors as the bytes of a `.npy` file.

    Raises:
        CheckFailedError: The interpreter failed.
    """
    with TemporaryDirectory(prefix="coinvec-check-") as name:
        folder = Path(name)
        for at, content in enumerate(cutouts):
            (folder / f"{at:03d}.npz").write_bytes(content)
        _run("encode", target, name)
        return (folder / "vectors.npy").read_bytes()


def _run(*arguments: str) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONHASHSEED": "7",
    }
    done = subprocess.run(  # noqa: S603 - this very module, with names that are installed
        [sys.executable, "-m", __spec__.name, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        env=environment,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing said why"])[-1]
        raise CheckFailedError(
            f"It fails in a fresh interpreter, where nothing else is imported: {last}",
            hint="Import in its own modules whatever they use.",
        )
    return done.stdout


def _declare(hooks: str) -> None:
    """Print what importing a hooks module and calling its hooks loads."""
    from coinvec.plugin.registry import HookRegistry

    registry = HookRegistry()
    before = set(sys.modules)
    for hook in registry.register(import_module(hooks), hooks):
        registry.declared(hook, hooks)
    loaded = sorted(set(sys.modules) - before)
    sys.stdout.write(json.dumps(list(_foreign(loaded))))


def _foreign(modules: Iterable[str]) -> Iterable[str]:
    known = sys.stdlib_module_names | _OF_CORE
    return (name for name in modules if name.partition(".")[0] not in known)


def _encode(target: str, folder: str) -> None:
    """Encode the crops in a folder and leave the vectors there."""
    import numpy as np

    from coinvec.testing.conformance.packing import unpack

    module, _, name = target.partition(":")
    encoder = getattr(import_module(module), name)()
    crops = [unpack(path.read_bytes()) for path in sorted(Path(folder).glob("*.npz"))]
    np.save(Path(folder) / "vectors.npy", encoder.encode(crops), allow_pickle=False)


if __name__ == "__main__":
    if sys.argv[1] == "hooks":
        _declare(*sys.argv[2:])
    else:
        _encode(*sys.argv[2:])
