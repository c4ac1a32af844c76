"""What the segmenter is trained on and watched with, set aside from each other.

Of the pictures labelled `train`, one in eight is set aside by its name to watch the training with
(`dev`); of the grounds, one in five. Pictures of any other split are never looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch.utils.data import Dataset

from coinvec.errors import InvalidValueError
from coinvec_train.labels import LabelledPicture, read_labels
from coinvec_train.scenes import SceneComposer, SceneSettings, photographed
from coinvec_train.segmenter.config import SegmenterConfig
from coinvec_train.segmenter.data import Example, Scenes
from coinvec_train.segmenter.photographs import LabelledPhotographs
from coinvec_train.splits import is_held_out

COINS_HELD_OUT = 8
GROUNDS_HELD_OUT = 5
_PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
_WATCHED = {"synthetic": (0.0, 320), "photographs": (1.0, 192)}
"""Validation sets: their share of photographs, and how many pictures."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Pictures of one part, for training or to watch it.

    Attributes:
        coins: Labelled pictures of single coins.
        photographs: Labelled photographs of scenes.
        grounds: Pictures of backgrounds.
    """

    coins: Sequence[LabelledPicture]
    photographs: Sequence[LabelledPicture]
    grounds: Sequence[Path]

    def scenes(self, config: SegmenterConfig, *, real_share: float, augment: bool) -> "SceneMaker":
        """What makes pictures of these sources."""
        return SceneMaker(self, config, real_share=real_share, augment=augment)


class SceneMaker:
    """Makes numbered pictures of one part's sources."""

    def __init__(
        self, sources: Sources, config: SegmenterConfig, *, real_share: float, augment: bool
    ) -> None:
        settings = SceneSettings() if augment else SceneSettings.plain()
        self._composer = SceneComposer(
            sources.coins, sources.grounds, size=config.size, settings=settings
        )
        self._photographs = LabelledPhotographs(sources.photographs)
        self._config, self._real_share = config, real_share
        self._augment = photographed if augment else None

    def pictures(self, first: int, count: int, *, seed: int) -> Dataset[Example]:
        """A run of numbered pictures."""
        return Scenes(
            self._composer,
            self._photographs,
            real_share=self._real_share,
            size=self._config.size,
            seed=seed,
            first=first,
            count=count,
            augment=self._augment,
        )


def load_sources(
    coins: Iterable[Path], scenes: Iterable[Path], grounds: Iterable[Path], *, root: Path | None
) -> tuple[Sources, Sources]:
    """Read label files and list backgrounds.

    Args:
        coins: Label files of single-coin pictures.
        scenes: Label files of scenes.
        grounds: Folders of backgrounds.
        root: Where image names in label files start from; by default each file's folder.

    Returns:
        What to train on, and what to watch the training with.

    Raises:
        InvalidValueError: There is too little for both parts.
    """
    of_coins = [each for path in coins for each in read_labels(path, root) if usable(each)]
    of_scenes = [each for path in scenes for each in read_labels(path, root) if usable(each)]
    of_grounds = [each for folder in grounds for each in backgrounds(folder)]
    parts = [
        Sources(
            [each for each in of_coins if _is_dev(each.path) is dev],
            [each for each in of_scenes if _is_dev(each.path) is dev],
            [each for each in of_grounds if is_held_out_ground(each) is dev],
        )
        for dev in (False, True)
    ]
    if not all(part.coins and part.photographs and part.grounds for part in parts):
        raise InvalidValueError(
            "There are too few labelled coins, scenes or backgrounds to train on some and watch "
            "with others.",
            hint="Name more label files and folders.",
        )
    return parts[0], parts[1]


def watched(dev: Sources, config: SegmenterConfig) -> dict[str, Dataset[Example]]:
    """The validation sets: the same pictures at each epoch, always with augmentation."""
    return {
        name: dev.scenes(config, real_share=share, augment=True).pictures(0, count, seed=1)
        for name, (share, count) in _WATCHED.items()
    }


def backgrounds(folder: Path) -> list[Path]:
    """The pictures below a folder, in order."""
    return sorted(each for each in folder.rglob("*") if each.suffix.lower() in _PICTURES)


def is_held_out_ground(path: Path) -> bool:
    """Whether a background is kept from training, to watch it with and to measure."""
    return is_held_out(path.name, GROUNDS_HELD_OUT)


def usable(picture: LabelledPicture) -> bool:
    """Whether a picture may be trained on or watched with: it is for that, and is labelled."""
    return picture.split == "train" and bool(picture.coins)


def _is_dev(path: Path) -> bool:
    return is_held_out(path.name, COINS_HELD_OUT)
