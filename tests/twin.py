"""An installed distribution with small models, and pictures for them: for tests of generations.

Preprocessors: `whole` takes the whole picture for the coin, `bright` does so unless it is dark.
Encoders: `tiles` (64 numbers), `strip` (32 numbers), `blind` (says the same of every coin).
"""

import csv
from pathlib import Path
from textwrap import dedent

import numpy as np
from PIL import Image

HOOKS = """
    from coinvec.plugin import hookimpl
    from coinvec.plugin.specs import EncoderSpec, PreprocessorSpec

    COINVEC_API = 1


    @hookimpl
    def coinvec_preprocessors():
        return [
            PreprocessorSpec(name=name, target=f"twin_models:{name.title()}", revision="1")
            for name in ("whole", "bright")
        ]


    @hookimpl
    def coinvec_encoders():
        return [
            EncoderSpec(name=name, target=f"twin_models:{name.title()}", revision="1", dim=dim)
            for name, dim in (("tiles", 64), ("strip", 32), ("blind", 4))
        ]
"""

MODELS = """
    import os
    import signal

    import cv2
    import numpy as np

    from coinvec.domain.images import Box, Crop, Ellipse

    meanwhile = []  # called, once each, when a coin is looked for


    class Whole:
        def find(self, picture, *, all_coins=False):
            while meanwhile:
                meanwhile.pop()()
            w, h = picture.width, picture.height
            cutout = cv2.resize(picture.pixels, (64, 64), interpolation=cv2.INTER_AREA)
            everything = np.ones((64, 64), bool)
            ellipse = Ellipse(w / 2, h / 2, w / 2, h / 2)
            mask = np.ones((h, w), bool)
            return [Crop((w, h), Box(0, 0, w, h), ellipse, mask, cutout, everything, 0.9)]


    class Bright(Whole):
        def find(self, picture, *, all_coins=False):
            return super().find(picture) if picture.pixels.mean() > 60 else []


    class Tiles:
        size = (8, 8)

        def __init__(self):
            self.lives = int(os.environ.get("TWIN_LIVES", "1000000"))

        def encode(self, crops):
            self.lives -= 1
            if self.lives < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            described = [self.describe(crop.cutout) for crop in crops]
            return np.array(described, np.float32).reshape(len(crops), -1)

        def describe(self, cutout):
            grey = cv2.cvtColor(cutout, cv2.COLOR_RGB2GRAY).astype(np.float32)
            small = cv2.resize(grey, self.size, interpolation=cv2.INTER_AREA).ravel()
            small -= small.mean() - 1e-3
            return small / np.linalg.norm(small)


    class Strip(Tiles):
        size = (4, 8)


    class Blind(Tiles):
        size = (2, 2)

        def describe(self, cutout):
            return np.array([1, 0, 0, 0], np.float32)
"""


def install(folder: Path) -> Path:
    """Write the distribution `twin`; the folder is then to be put on the path."""
    info = folder / "twin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: twin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[coinvec]\ntwin = twin_hooks\n")
    (folder / "twin_hooks.py").write_text(dedent(HOOKS))
    (folder / "twin_models.py").write_text(dedent(MODELS))
    return folder


def paint(folder: Path, *, types: int, pictures: int, dark: int = 0, seed: int = 3) -> Path:
    """Write pictures of one-sided coins, the last `dark` types being dark, and their manifest.

    The dark ones are oblong too: such a picture is never enrolled whole where no coin is found.
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    rows = []
    for number in range(types):
        is_dark = number >= types - dark
        ceiling, tile = (50, (4, 2)) if is_dark else (230, (4, 4))
        design = rng.uniform(0, ceiling, (8, 8))
        for shot in range(pictures):
            noisy = np.clip(design + rng.normal(0, ceiling / 6, (8, 8)), 0, 255).astype(np.uint8)
            grey = np.kron(noisy, np.ones(tile, np.uint8))
            name = f"{number:03d}-{shot}.png"
            Image.fromarray(np.stack([grey] * 3, axis=-1)).save(folder / name)
            rows.append(
                {
                    "image": name,
                    "type": f"t{number:03d}",
                    "side": "obverse",
                    "country": "Twinland",
                    "denomination": "1 twin",
                }
            )
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "manifest.csv"
