"""Labels by the Hough circle transform, for a person to accept or reject at a glance.

The search is that of coinvec-classic's preprocessor `hough`: circles by the Hough transform, fitted
to the rims near them. What it proposes is kept (`coinvec_train.proposals`), drawn on numbered
contact sheets, and becomes labels but for what a person rejected.
"""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from coinvec_classic.hough import HoughPreprocessor

from coinvec.domain.images import Box, Crop, Ellipse, MaskArray
from coinvec.errors import CoinvecError
from coinvec.media.decode import decode
from coinvec.services.files import written_whole
from coinvec.services.progress import Progress
from coinvec_train.contact_sheet import GREEN, RED, Layout, Mark, Tile
from coinvec_train.labels import LabelledPicture, image_name, write_labels
from coinvec_train.outlines import Outline, Polygon
from coinvec_train.proposals import Proposal, ProposalFile, Rejections, read_rejections

SINGLE_LAYOUT = Layout(columns=10, rows=10, side=128)
SCENE_LAYOUT = Layout(columns=2, rows=1, side=900)

_ROUND = 0.985
"""IoU of a mask with its ellipse from which the ellipse is the better description."""
_FINE = 4
"""How many times finer than the picture a mask's contour is followed, so that it runs along the
pixels' outer edges and not through their centres."""
_TOLERANCE = 0.5
"""How far a polygon may leave the contour it stands for, in pixels of the picture."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is said about every picture of a label file.

    Attributes:
        split: What they may be used for: `train`, `val`, …
        source: Where they came from.
        licence: Terms they may be used under.
    """

    split: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did.

    Attributes:
        labelled: The pictures written to the label file.
        empty: Names of pictures in which nothing was found; they are left out, for that no coin
            was found doesn't say that there is none.
        failed: Why pictures could not be read.
    """

    labelled: Sequence[LabelledPicture]
    empty: Sequence[str]
    failed: Sequence[CoinvecError]


@dataclass(frozen=True, slots=True)
class HoughLabeller:
    """Proposes coins, draws them, and writes those that nobody rejected.

    Attributes:
        labels: The label file to write.
        sheets: Folder of the contact sheets and of the proposals.
        root: Folder that image names start from.
        origin: What is said about every picture.
        radii: Least and greatest radius of a coin, in pixels; of an oblique one the radius of the
            circle of the same area.
        single: Each picture shows one coin: propose the largest alone.
        reject: A file of rejections, see `coinvec_train.proposals.read_rejections`.
        jobs: How many pictures are searched at a time.
    """

    labels: Path
    sheets: Path
    root: Path
    origin: Origin
    radii: tuple[float, float] = (0.0, math.inf)
    single: bool = False
    reject: Path | None = None
    jobs: int = 1

    def run(self, pictures: Sequence[Path], progress: Progress) -> Outcome:
        """Search what has not been searched, then write the sheets and the labels.

        Args:
            pictures: The pictures; those searched in an earlier run are not searched again.
            progress: Told how many pictures are searched.

        Raises:
            InputError: A picture lies outside the root, the rejections are not understood, or a
                file cannot be written.
        """
        named = {image_name(path, self.root): path for path in pictures}
        # What one search finds is not what the other finds, so each keeps its own file.
        kind = "single" if self.single else "all"
        proposals = ProposalFile(self.sheets / f"proposals-{kind}.jsonl")
        failed = self._search(named, proposals, progress)
        searched = {name: path for name, path in named.items() if name in proposals}
        rejections = read_rejections(self.reject, proposals) if self.reject else Rejections()
        labelled = [
            self._labelled(proposals[name], path, rejections)
            for name, path in searched.items()
            if proposals[name].coins and name not in rejections.pictures
        ]
        self._draw(searched, proposals, rejections)
        write_labels(self.labels, labelled, self.root)
        empty = [name for name in searched if not proposals[name].coins]
        return Outcome(labelled, empty, failed)

    def _search(
        self, named: Mapping[str, Path], proposals: ProposalFile, progress: Progress
    ) -> list[CoinvecError]:
        todo = {name: path for name, path in named.items() if name not in proposals}
        failed = []
        executor = ThreadPoolExecutor(self.jobs)
        try:
            results = executor.map(lambda each: _attempt(*each, single=self.single), todo.items())
            for done, found in enumerate(results, 1):
                if isinstance(found, CoinvecError):
                    failed.append(found)
                else:
                    proposals.append(found)
                progress(done, len(todo))
        finally:  # an interrupted run must not go on to the last picture
            executor.shutdown(cancel_futures=True)
        return failed

    def _labelled(self, found: Proposal, path: Path, rejections: Rejections) -> LabelledPicture:
        coins = tuple(
            coin
            for number, coin in enumerate(found.coins, 1)
            if self._wanted(coin) and not rejections.rejected(found.image, number)
        )
        origin = self.origin
        return LabelledPicture(
            path, found.width, found.height, origin.split, coins, origin.source, origin.licence
        )

    def _wanted(self, coin: Outline) -> bool:
        return self.radii[0] <= radius_of(coin) <= self.radii[1]

    def _draw(
        self, named: Mapping[str, Path], proposals: ProposalFile, rejections: Rejections
    ) -> None:
        """Write the sheets: what is accepted in green, what is not in red."""
        layout = SINGLE_LAYOUT if self.single else SCENE_LAYOUT
        names = sorted(named, key=proposals.number)
        for first in range(0, len(names), layout.count):
            tiles = [
                self._tile(proposals, name, named[name], rejections)
                for name in names[first : first + layout.count]
            ]
            sheet = cv2.cvtColor(layout.draw(tiles), cv2.COLOR_RGB2BGR)
            with written_whole(self.sheets / f"sheet-{first // layout.count + 1:03}.png") as path:
                path.write_bytes(cv2.imencode(".png", sheet)[1].tobytes())

    def _tile(self, proposals: ProposalFile, name: str, path: Path, rejections: Rejections) -> Tile:
        found = proposals[name]
        marks = []
        for number, coin in enumerate(found.coins, 1):
            good = self._wanted(coin) and not rejections.rejected(name, number)
            text = "" if self.single else str(number)
            marks.append(Mark(coin, text, GREEN if good else RED))
        caption = f"{proposals.number(name)} " + (
            f"{found.scores[0]:.2f}" if self.single and found.scores else path.name
        )
        return Tile(decode(path).pixels, caption, marks)


def _attempt(name: str, path: Path, *, single: bool) -> Proposal | CoinvecError:
    try:
        return propose(name, path, single=single)
    except CoinvecError as error:
        return error


def propose(name: str, path: Path, *, single: bool) -> Proposal:
    """Search one picture.

    Args:
        name: The picture's name in label files.
        path: Its file.
        single: Propose the largest coin alone.

    Raises:
        ImageError: It cannot be read.
    """
    picture = decode(path)
    crops = HoughPreprocessor().find(picture, all_coins=not single)
    return Proposal(
        image=name,
        width=picture.width,
        height=picture.height,
        coins=tuple(outline_of(crop) for crop in crops),
        scores=tuple(round(crop.score, 3) for crop in crops),
    )


def outline_of(crop: Crop) -> Outline:
    """A found coin's outline: its ellipse, or a polygon where that is not its shape.

    Numbers are rounded to a tenth of a pixel, which is finer than any rim is known.
    """
    ellipse = _rounded(crop.ellipse)
    drawn = _within(ellipse, crop.box)
    common, either = (drawn & crop.mask).sum(), (drawn | crop.mask).sum()
    return ellipse if common >= _ROUND * either else _contour(crop)


def radius_of(outline: Outline) -> float:
    """The radius of the circle of the same area as an outline without its holes, in pixels."""
    rim = outline if isinstance(outline, Ellipse | Polygon) else outline.rim
    if isinstance(rim, Ellipse):
        return math.sqrt(rim.rx * rim.ry)
    return math.sqrt(cv2.contourArea(np.array(rim.corners, dtype=np.float32)) / math.pi)


def _rounded(ellipse: Ellipse) -> Ellipse:
    return Ellipse(*(round(value, 1) for value in ellipse.as_tuple()))


def _within(ellipse: Ellipse, box: Box) -> MaskArray:
    """An ellipse's pixels in a box of the picture."""
    moved = Ellipse(
        ellipse.cx - box.x0, ellipse.cy - box.y0, ellipse.rx, ellipse.ry, ellipse.degrees
    )
    return moved.mask(box.x1 - box.x0, box.y1 - box.y0)


def _contour(crop: Crop) -> Polygon:
    fine = cv2.resize(
        crop.mask.astype(np.uint8), None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_NEAREST
    )
    contours, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outer = max(contours, key=cv2.contourArea)
    corners = cv2.approxPolyDP(outer, _TOLERANCE * _FINE, closed=True)[:, 0]
    places = (corners + 0.5) / _FINE - 0.5 + (crop.box.x0, crop.box.y0)
    return Polygon(tuple((round(float(x), 1), round(float(y), 1)) for x, y in places))
