"""Where a picture comes from, and how many bytes of it are read at most."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from coinvec.domain.images import RgbArray
from coinvec.errors import ImageError, InvalidValueError

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

ByteSource: TypeAlias = str | Path | bytes | BinaryIO
"""A path, a picture file's bytes, or a file object open for reading bytes."""
ImageSource: TypeAlias = "ByteSource | RgbArray | PillowImage"
"""A `ByteSource`, an H × W × 3 RGB uint8 array, or a Pillow image."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a picture may be.

    Attributes:
        max_pixels: Width times height.
        max_bytes: Bytes of the file.
    """

    max_pixels: int = 100_000_000
    max_bytes: int = 50_000_000

    def __post_init__(self) -> None:
        if self.max_pixels < 1 or self.max_bytes < 1:
            raise InvalidValueError(f"{self} must be positive.")

    def check_size(self, width: int, height: int, what: str) -> None:
        """Refuse a picture of too many pixels.

        Raises:
            ImageError: As said.
        """
        if width * height > self.max_pixels:
            raise ImageError(
                f"{what} has {width} x {height} pixels; at most {self.max_pixels:,} are decoded.",
                hint="Give a smaller copy of it.",
            )


DEFAULT_LIMITS = Limits()


def name_of(source: object) -> str:
    """A name for messages: the path, the file object's name, or `picture`."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) and name else "picture"


def raw_bytes(source: ByteSource, limits: Limits) -> bytes:
    """Read a picture's bytes, and never more than the limit and one.

    Raises:
        ImageError: It cannot be read, is empty, or is over the limit.
    """
    name = name_of(source)
    try:
        data = _read(source, limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise ImageError(
            f"{name} cannot be read: {reason or error}.",
            hint="Check the path and that the file may be read.",
        ) from error
    if not data:
        raise ImageError(f"{name} is empty.", hint="Copy or download it again.")
    if len(data) > limits.max_bytes:
        raise ImageError(
            f"{name} has more than {limits.max_bytes:,} bytes, the most that is read.",
            hint="Give a smaller copy of it, for instance saved as JPEG.",
        )
    return data


def _read(source: ByteSource, size: int) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        with Path(source).open("rb") as stream:
            return stream.read(size)
    if not hasattr(source, "read"):
        raise ValueError(f"a {type(source).__name__} is neither a path nor bytes nor a file")
    parts: list[bytes] = []
    while size > 0 and (part := source.read(size)):  # pipes and sockets give less than asked for
        if not isinstance(part, bytes):
            raise ValueError("it is open for reading text, not bytes")  # noqa: TRY004
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
