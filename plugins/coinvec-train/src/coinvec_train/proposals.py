"""What was proposed as coins, kept so that it is searched for once, and what people rejected of it.

Proposals are lines of JSON, one for each picture in the order they were searched, so that a
picture's number, its line's, stays the same however often the command is run.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coinvec.domain.spelling import nearest
from coinvec.errors import InputError, ManifestError
from coinvec_train.outlines import Outline, outline_from_json, outline_json


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found in one picture.

    Attributes:
        image: The picture's name in label files.
        width: Width of the upright picture in pixels.
        height: Height of the upright picture in pixels.
        coins: The outlines found, largest first.
        scores: How sure the finder was of each, 0 to 1.
    """

    image: str
    width: int
    height: int
    coins: tuple[Outline, ...]
    scores: tuple[float, ...]


class ProposalFile:
    """A file of proposals that grows by a line for each picture; safe to interrupt.

    Args:
        path: The file; it need not exist yet.

    Raises:
        ManifestError: A line of it is not understood.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._proposals: dict[str, Proposal] = {}
        self._numbers: dict[str, int] = {}
        if path.exists():
            self._load()

    def __contains__(self, image: str) -> bool:
        """Whether a picture has been searched."""
        return image in self._proposals

    def __getitem__(self, image: str) -> Proposal:
        """What was found in a picture that has been searched."""
        return self._proposals[image]

    def number(self, image: str) -> int:
        """The number of a picture that has been searched, from 1."""
        return self._numbers[image]

    @property
    def images(self) -> Sequence[str]:
        """The names of all pictures searched; the first has number 1."""
        return list(self._proposals)

    def append(self, proposal: Proposal) -> None:
        """Add what was found in a further picture.

        Raises:
            InputError: The file cannot be written.
        """
        entry = {
            "image": proposal.image,
            "width": proposal.width,
            "height": proposal.height,
            "coins": [outline_json(coin) for coin in proposal.coins],
            "scores": proposal.scores,
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
        except OSError as error:
            raise InputError(
                f"{self._path} cannot be written: {error.strerror or error}.",
                hint="Name a folder that can be written to.",
            ) from error
        self._keep(proposal)

    def _load(self) -> None:
        """Read the lines, and cut off the half line that a process killed while writing leaves."""
        content = self._path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self._keep(self._read(line))
        if len(whole) < len(content):
            with self._path.open("rb+") as stream:
                stream.truncate(len(whole))

    def _keep(self, proposal: Proposal) -> None:
        self._proposals[proposal.image] = proposal
        self._numbers[proposal.image] = len(self._proposals)

    def _read(self, line: bytes) -> Proposal:
        try:
            entry: dict[str, Any] = json.loads(line)
            return Proposal(
                image=entry["image"],
                width=entry["width"],
                height=entry["height"],
                coins=tuple(outline_from_json(coin) for coin in entry["coins"]),
                scores=tuple(entry["scores"]),
            )
        except (ValueError, LookupError, TypeError) as error:
            raise ManifestError(
                f"{self._path}, line {len(self._proposals) + 1} is not understood: {error}",
                hint="Delete the file, and the pictures are searched again.",
            ) from error


@dataclass(frozen=True, slots=True)
class Rejections:
    """What a person rejected.

    Attributes:
        pictures: Names of pictures to be left out.
        coins: Pairs of a picture's name and a coin's number in it, from 1.
    """

    pictures: Collection[str] = frozenset()
    coins: Collection[tuple[str, int]] = frozenset()

    def rejected(self, image: str, coin: int) -> bool:
        """Whether a picture's coin of a number, from 1, is rejected, or the whole picture."""
        return image in self.pictures or (image, coin) in self.coins


def read_rejections(path: Path, proposals: ProposalFile) -> Rejections:
    """Read a text file of rejections, one a line.

    A line is a picture, or `picture#coin`; the picture by its name or its number on the sheets.

    Raises:
        ManifestError: It cannot be read, or a line names nothing that was proposed.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(
            f"The rejections {path} cannot be read: {error}.",
            hint="Give a text file with `picture` or `picture#coin` on each line.",
        ) from error
    found = [
        _rejection(line.strip(), f"{path}, line {number}", proposals)
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    return Rejections(
        frozenset(image for image, coin in found if coin is None),
        frozenset((image, coin) for image, coin in found if coin is not None),
    )


def _rejection(text: str, where: str, proposals: ProposalFile) -> tuple[str, int | None]:
    image = _image(text, proposals)
    if image is not None:
        return image, None
    name, mark, coin = text.rpartition("#")
    image = _image(name, proposals)
    if not mark or image is None:
        right = nearest(name or text, proposals.images)
        hint = f"Did you mean {right!r}?" if right else "Write a number from the contact sheets."
        raise ManifestError(f"{where}: no picture {name or text!r} was searched.", hint=hint)
    count = len(proposals[image].coins)
    if not coin.isdecimal() or not 1 <= int(coin) <= count:
        raise ManifestError(
            f"{where}: {image} has no coin {coin!r}.",
            hint=f"Its coins are numbered from 1 to {count}." if count else "It has none.",
        )
    return image, int(coin)


def _image(text: str, proposals: ProposalFile) -> str | None:
    """The picture a name or number stands for; None where there is none such."""
    if text in proposals:
        return text
    if text.isdecimal() and 1 <= int(text) <= len(proposals.images):
        return proposals.images[int(text) - 1]
    return None
