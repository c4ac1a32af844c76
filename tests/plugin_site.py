"""Real installed distributions: `.dist-info` folders and modules on `sys.path`."""

import importlib
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

_HEAD = """\
from coinvec.plugin import hookimpl
from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec, RankerSpec

COINVEC_API = {api}
"""

_serial = itertools.count()


class Site:
    """A folder of installed distributions, all of version 1.2."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def module(self, name: str, source: str) -> None:
        """Write a module."""
        (self.folder / f"{name}.py").write_text(dedent(source), encoding="utf-8")

    def install(
        self,
        distribution: str,
        body: str,
        *,
        api: str = "1",
        requires: tuple[str, ...] = ("numpy", "coinvec"),
        entry_points: str = "[coinvec]\n{distribution} = {module}\n",
    ) -> str:
        """Install a distribution whose entry point is named like it.

        Returns:
            The name of its hooks module.
        """
        module = f"hooks_{next(_serial)}"
        self.module(module, _HEAD.format(api=api) + dedent(body))
        info = self.folder / f"{distribution.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        needs = "".join(f"Requires-Dist: {text}\n" for text in requires)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n{needs}"
        )
        (info / "entry_points.txt").write_text(
            entry_points.format(distribution=distribution, module=module)
        )
        importlib.invalidate_caches()
        return module

    def install_encoder(
        self, distribution: str, encoder: str, target: str = "nowhere:Encoder", **options: object
    ) -> str:
        """Install a distribution that declares one encoder."""
        body = f"""
            @hookimpl
            def coinvec_encoders():
                return [EncoderSpec(name={encoder!r}, target={target!r}, revision="1", dim=2)]
        """
        return self.install(distribution, body, **options)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield Site(folder)
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(folder)):
            del sys.modules[name]
