"""What every preprocessor promises; see `coinvec.plugin.protocols.Preprocessor`."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from coinvec.domain.images import Crop, MaskArray, Picture
from coinvec.testing.conformance.checks import Check, Outcome, require, run_checks
from coinvec.testing.conformance.material import scene
from coinvec.testing.conformance.packing import pack
from coinvec.testing.conformance.quality import iou
from coinvec.testing.conformance.shared import light_until_used, loads
from coinvec.testing.conformance.subjects import PreprocessorSubject
from coinvec.testing.photo import RenderedPhoto

__all__ = ["PREPROCESSOR_CHECKS", "check_preprocessor"]

LEAST_IOU = 0.8
"""Of a coin's mask with the truth, on a plain board: the crop must be worth encoding."""
_BOARDS = ("studio", "dark-studio")
_HOLE = 0.25
_SEVERAL = (0, 2, 5)
_THREADS = 4


def finds_a_coin(subject: PreprocessorSubject) -> str:
    """Alone on a plain board, a coin is found, its mask right within an IoU of 0.8."""
    found = {name: _iou_on(subject, scene(1, background=name)) for name in _BOARDS}
    measured = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
    require(
        min(found.values()) >= LEAST_IOU,
        f"IoU with the true mask: {measured}; at least {LEAST_IOU} is asked for.",
        "Compare `crop.picture_mask()` with what you see in the picture.",
    )
    return f"IoU {measured}"


def mask_and_crop(subject: PreprocessorSubject) -> str:
    """It returns crops: masks of bool that fill their box, cut-outs black beside the coin."""
    photo = scene(1)
    found: list[object] = list(subject.model.find(_picture(photo)))
    wrong = [type(each).__name__ for each in found if not isinstance(each, Crop)]
    require(not wrong, f"It returned {', '.join(wrong)}.", "Return `coinvec.domain.images.Crop`s.")
    height, width = photo.pixels.shape[:2]
    for crop in subject.model.find(_picture(photo)):
        require(
            crop.picture_size == (width, height),
            f"A crop speaks of a {crop.picture_size} picture; this one is {(width, height)}.",
            "Give all places in pixels of the picture as it came, not of a reduced one.",
        )
        require(crop.area > 0, "A crop's mask is empty.", "Leave out what has no pixels.")
        require(
            not crop.cutout[~crop.cutout_mask].any(),
            "A cut-out shows the ground beside the coin.",
            "Use `coinvec.plugin.cutout.cut_out`, which blackens it.",
        )
    return ""


def one_unless_asked(subject: PreprocessorSubject) -> str:
    """Of several coins the largest alone is returned unless all are asked for."""
    picture = _picture(_several())
    found = subject.model.find(picture)
    everything = subject.model.find(picture, all_coins=True)
    require(
        len(found) == 1 and len(everything) > 0,
        f"A picture of {len(_SEVERAL)} coins gave {len(found)} crops without `all_coins` and "
        f"{len(everything)} with it.",
        "Return the largest alone, unless `all_coins` is true.",
    )
    largest = max(crop.area for crop in everything)
    require(
        found[0].area >= 0.8 * largest,
        f"The one coin has {found[0].area} pixels, and the largest of all {largest}.",
        "Return the largest coin.",
    )
    return ""


def several_coins(subject: PreprocessorSubject) -> str:
    """With `all_coins` each of several coins is found once, largest first."""
    photo = _several()
    found = list(subject.model.find(_picture(photo), all_coins=True))
    areas = [crop.area for crop in found]
    require(
        areas == sorted(areas, reverse=True),
        f"The crops have {areas} pixels.",
        "Sort them by falling `crop.area`.",
    )
    best = [max((iou([crop], true) for crop in found), default=0.0) for true in photo.masks]
    measured = f"{len(found)} crops of {len(best)} coins, least IoU {min(best):.2f}"
    require(
        len(found) == len(best) and min(best) >= LEAST_IOU,
        f"{measured}; one crop for each is asked for, of an IoU of at least {LEAST_IOU}.",
        "Return every outline that is a coin's rim, and none twice.",
    )
    return measured


def holed_coins(subject: PreprocessorSubject) -> str:
    """A coin with a hole is found whole; leaving the hole out of the mask is better still."""
    photo = scene(3, hole=_HOLE)
    crops = subject.model.find(_picture(photo))
    found = iou(crops, photo.masks[0])
    require(
        found >= LEAST_IOU,
        f"IoU with the true mask: {found:.2f}; at least {LEAST_IOU} is asked for.",
        "Take a coin's outer outline for it, and pass inner ones to `cut_out` as `holes`.",
    )
    left_out = not _middle(photo.masks[0], crops[0].picture_mask())
    return f"IoU {found:.2f}, the hole {'left out' if left_out else 'filled'}"


def no_coin(subject: PreprocessorSubject) -> str:
    """Pictures without a coin, tiny and odd ones included, give nothing."""
    pictures = {
        "a bare studio board": scene(background="studio").pixels,
        "a white picture": np.full((200, 300, 3), 255, np.uint8),
        "a black picture": np.zeros((200, 300, 3), np.uint8),
        "a single pixel": np.full((1, 1, 3), 90, np.uint8),
        "a strip of 3 x 400 pixels": np.full((3, 400, 3), 90, np.uint8),
    }
    for what, pixels in pictures.items():
        for all_coins in (False, True):
            found = len(subject.model.find(Picture(pixels), all_coins=all_coins))
            require(not found, f"In {what} it found {found} coins.", "Return () where none is.")
    return ""


def deterministic(subject: PreprocessorSubject) -> str:
    """The same picture gives the same crops again, from another instance, too."""
    picture = _picture(_several())
    first = _packed(subject.model.find(picture, all_coins=True))
    for again in (subject.model, subject.fresh()):
        require(
            _packed(again.find(picture, all_coins=True)) == first,
            "A second call, or a second instance, gave other crops.",
            "Keep no state between calls, and draw no random numbers.",
        )
    return ""


def input_untouched(subject: PreprocessorSubject) -> str:
    """It leaves the picture as it was."""
    pixels = scene(1).pixels.copy()
    subject.model.find(Picture(pixels), all_coins=True)
    require(
        np.array_equal(pixels, scene(1).pixels),
        "It wrote into the picture.",
        "Work on a copy of `picture.pixels`.",
    )
    return ""


def thread_safe(subject: PreprocessorSubject) -> str:
    """Threads that use one instance at once get what one thread gets."""
    pictures = [_picture(scene(1, background=name)) for name in _BOARDS] * _THREADS
    expected = [_packed(subject.model.find(picture)) for picture in pictures[: len(_BOARDS)]]
    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(lambda picture: _packed(subject.model.find(picture)), pictures))
    require(
        found == expected * _THREADS,
        "Threads that use one instance at once get other crops.",
        "Keep what a call works on in local variables, not on `self`.",
    )
    return ""


PREPROCESSOR_CHECKS: Final[tuple[Check[PreprocessorSubject], ...]] = (
    Check.of(loads),
    Check.of(light_until_used),
    *map(
        Check[PreprocessorSubject].of,
        (
            finds_a_coin,
            mask_and_crop,
            one_unless_asked,
            several_coins,
            holed_coins,
            no_coin,
            deterministic,
            input_untouched,
            thread_safe,
        ),
    ),
)
"""Loading first: without it no other can be run."""


def check_preprocessor(subject: PreprocessorSubject) -> Iterator[Outcome]:
    """Hold a preprocessor to every promise.

    Args:
        subject: The declaration.

    Yields:
        One outcome a check. One that cannot be loaded has one outcome alone.
    """
    return run_checks(PREPROCESSOR_CHECKS, subject)


def _several() -> RenderedPhoto:
    return scene(*_SEVERAL, size=(640, 480), diameter=0.7)


def _picture(photo: RenderedPhoto) -> Picture:
    """The photograph; no other check sees what is written into it."""
    return Picture(photo.pixels.copy())


def _iou_on(subject: PreprocessorSubject, photo: RenderedPhoto) -> float:
    return iou(subject.model.find(_picture(photo)), photo.masks[0])


def _middle(true: MaskArray, found: MaskArray) -> bool:
    """Whether a mask holds the middle of a coin whose true mask has a hole there."""
    rows, columns = np.nonzero(true)
    return bool(found[round(rows.mean()), round(columns.mean())])


def _packed(crops: Iterable[Crop]) -> list[bytes]:
    return [pack(crop) for crop in crops]
