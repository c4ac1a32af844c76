"""Take the GPS directory out of a TIFF structure: an EXIF block, or a whole TIFF file.

The structure (TIFF 6.0, section 2; BigTIFF; Exif 2.32, 4.6) is a header and directories (IFDs),
chained and nested by offsets. It is surveyed first, with every offset checked against the block,
and changed afterwards: what the GPS directory alone refers to is zeroed, and the entry that points
to it is closed up, so that nothing moves but the entries behind it. What also serves something
else, pixels above all, stays.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise, zip_longest

from coinvec.media.metadata.packets import blank_iptc, blank_xmp

Span = tuple[int, int]
"""Begin and end of some bytes, as indices into the file."""

_GPS_IFD = 0x8825
_ORIENTATION = 0x0112
_XMP = 0x02BC
_IPTC = frozenset({0x83BB, 0x8649})
_NESTED_IFDS = frozenset({0x8769, 0xA005, 0x014A})
_DATA = {0x0111: 0x0117, 0x0144: 0x0145, 0x0201: 0x0202}
"""Tags of offsets of strips, tiles and the thumbnail, each with the tag of their lengths."""
_TYPE_SIZES = {
    **dict.fromkeys((1, 2, 6, 7), 1),
    **dict.fromkeys((3, 8), 2),
    **dict.fromkeys((4, 9, 11, 13), 4),
    **dict.fromkeys((5, 10, 12, 16, 17, 18), 8),
}
_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MAX_ENTRIES = 0xFFFF
_BUDGET = 1 << 20
"""Entries, strips and 16-byte pieces of values to look at before a structure counts as hostile."""


class MalformedTiffError(ValueError):
    """The bytes are no TIFF structure, or one of its offsets leads out of the block."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One directory entry: the bytes of itself, and those of its value."""

    tag: int
    kind: int
    count: int
    span: Span
    value: Span

    @property
    def inline(self) -> bool:
        """Whether the value stands in the entry itself."""
        return self.span[0] <= self.value[0] <= self.value[1] <= self.span[1]


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: the bytes of its table, its entries, and the offset of the next one."""

    span: Span
    entries: tuple[Entry, ...]
    following: int


class TiffView:
    """Bounds-checked reading of a TIFF structure within `buffer[start:end]`.

    Raises:
        MalformedTiffError: The block does not begin with a TIFF or BigTIFF header.
    """

    def __init__(self, buffer: bytearray, start: int, end: int) -> None:
        self.buffer, self.start, self.end = buffer, start, end
        header = bytes(buffer[start : min(start + 4, end)])
        self.order = {b"II": "<", b"MM": ">"}.get(header[:2], "")
        version = header[2:].strip(b"\x00")
        if not self.order or version not in (b"*", b"+"):
            raise MalformedTiffError("no TIFF header")
        self.big = version == b"+"
        self.word = "Q" if self.big else "I"

    def read(self, code: str, at: int) -> int:
        """One number of a `struct` code at an index of the buffer."""
        size = struct.calcsize("=" + code)
        if at < self.start or at + size > self.end:
            raise MalformedTiffError("an offset leads out of the block")
        number: int = struct.unpack_from(self.order + code, self.buffer, at)[0]
        return number

    def first(self) -> int:
        """Offset of the first directory."""
        return self.read(self.word, self.start + (8 if self.big else 4))

    def entries(self, offset: int) -> Iterator[Entry]:
        """The entries of the directory at an offset, as far as they lie within the block."""
        count, size, wide = ("Q", 20, 8) if self.big else ("H", 12, 4)
        at = self.start + offset
        number = self.read(count, at)
        at += struct.calcsize("=" + count)
        if number > _MAX_ENTRIES:
            raise MalformedTiffError("a directory has too many entries")
        for begin in range(at, at + number * size, size):
            self.read("B", begin + size - 1)
            kind = self.read("H", begin + 2)
            length = self.read(self.word, begin + 4)
            bytes_ = length * _TYPE_SIZES.get(kind, 0)
            place = begin + size - wide
            if bytes_ > wide:
                place = self.start + self.read(self.word, place)
            span = (begin, begin + size)
            yield Entry(self.read("H", begin), kind, length, span, (place, place + bytes_))

    def directory(self, offset: int) -> Directory:
        """The whole directory at an offset."""
        entries = tuple(self.entries(offset))
        begin = self.start + offset
        end = entries[-1].span[1] if entries else begin + (8 if self.big else 2)
        following = self.read(self.word, end)
        return Directory((begin, end + struct.calcsize("=" + self.word)), entries, following)

    def holds(self, span: Span) -> bool:
        """Whether some bytes lie within the block."""
        return self.start <= span[0] <= span[1] <= self.end

    def numbers(self, entry: Entry) -> tuple[int, ...]:
        """An entry's value as whole numbers."""
        code = _NUMBERS.get(entry.kind)
        if code is None or not self.holds(entry.value):
            raise MalformedTiffError("an entry's value is missing or of the wrong type")
        return struct.unpack_from(f"{self.order}{entry.count}{code}", self.buffer, entry.value[0])

    def orientation(self) -> int | None:
        """The orientation, 1 to 8, if it can be read from the first directory."""
        try:
            for entry in self.entries(self.first()):
                if entry.tag == _ORIENTATION:
                    value = self.numbers(entry)[0]
                    return value if 1 <= value <= 8 else None
        except (MalformedTiffError, IndexError):
            pass
        return None


@dataclass(slots=True)
class _Survey:
    """What a structure holds: what to keep, what to wipe, and whether all of it was in order."""

    tables: list[Span] = field(default_factory=list)
    keep: list[Span] = field(default_factory=list)
    wipe: list[Span] = field(default_factory=list)
    pointing: list[Directory] = field(default_factory=list)
    xmp: list[Span] = field(default_factory=list)
    iptc: list[Span] = field(default_factory=list)
    sound: bool = True
    budget: int = _BUDGET

    def spend(self, amount: int) -> None:
        """Refuse a structure whose parts, shared by many directories, add up to endless work."""
        self.budget -= amount
        if self.budget <= 0:
            raise MalformedTiffError("too many directories and values")


def blank_tiff(buffer: bytearray, start: int, end: int) -> bool:
    """Blank location data in the TIFF structure `buffer[start:end]`, in place.

    Returns:
        Whether the structure is sound; if not, location data may be left.

    Raises:
        MalformedTiffError: There is no TIFF header; nothing has been changed.
    """
    view = TiffView(buffer, start, end)
    survey = _survey(view)
    keep = _Cover([(start, start + (16 if view.big else 8)), *survey.keep])
    tables = _Cover(survey.tables)
    for span in survey.wipe:
        if keep.touches(span) or tables.touches(span):
            survey.sound = False
        else:
            buffer[slice(*span)] = bytes(span[1] - span[0])
    for directory in survey.pointing:
        if tables.overlapping or keep.touches(directory.span):
            survey.sound = False  # its table is also something else: nothing in it may move
        else:
            _drop_gps_entries(view, directory)
    for span in survey.xmp:
        blank_xmp(buffer, *span)
    for span in survey.iptc:
        blank_iptc(buffer, *span)
    return survey.sound


def blank_exif(buffer: bytearray, start: int, end: int) -> None:
    """Blank location data in an EXIF block, in place; all but the orientation if it is not sound.

    The TIFF structure may stand behind the six bytes `Exif`, NUL, NUL.
    """
    if buffer[start : start + 6] == b"Exif\x00\x00":
        start += 6
    try:
        sound = blank_tiff(buffer, start, end)
        orientation = TiffView(buffer, start, end).orientation()
    except MalformedTiffError:
        sound, orientation = False, None
    if not sound:
        buffer[start:end] = _bare_exif(orientation)[: end - start].ljust(end - start, b"\x00")


def _bare_exif(orientation: int | None) -> bytes:
    """A TIFF structure with nothing but the orientation."""
    if orientation is None:
        return struct.pack("<2sHIHI", b"II", 42, 8, 0, 0)
    return struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0)


def _survey(view: TiffView) -> _Survey:
    survey = _Survey()
    try:
        waiting = [view.first()]
    except MalformedTiffError:
        return _Survey(sound=False)
    seen = {0}
    while waiting and survey.budget > 0:
        offset = waiting.pop()
        if offset in seen:
            continue
        seen.add(offset)
        try:
            directory = view.directory(offset)
            _survey_directory(view, directory, survey)
            waiting += [directory.following, *_nested(view, directory, survey)]
        except MalformedTiffError:
            survey.sound = False
    return survey


def _nested(view: TiffView, directory: Directory, survey: _Survey) -> Iterator[int]:
    for entry in directory.entries:
        if entry.tag in _NESTED_IFDS:
            survey.spend(entry.count)
            yield from view.numbers(entry)


def _survey_directory(view: TiffView, directory: Directory, survey: _Survey) -> None:
    survey.spend(1 + len(directory.entries))
    survey.tables.append(directory.span)
    gps = [entry for entry in directory.entries if entry.tag == _GPS_IFD]
    if gps:
        survey.pointing.append(directory)
    for entry in directory.entries:
        if entry.tag in _IPTC or entry.tag == _XMP:
            _survey_packet(view, entry, survey)
        elif entry.tag != _GPS_IFD and not entry.inline and view.holds(entry.value):
            survey.keep.append(entry.value)  # those outside are common, and skipped by readers
    for entry in gps:
        for offset in view.numbers(entry)[:1]:
            _survey_gps(view, view.directory(offset), survey)
    survey.keep += _data_spans(view, directory, survey)


def _survey_packet(view: TiffView, entry: Entry, survey: _Survey) -> None:
    if view.holds(entry.value):
        survey.spend((entry.value[1] - entry.value[0]) >> 4)
        (survey.xmp if entry.tag == _XMP else survey.iptc).append(entry.value)


def _survey_gps(view: TiffView, directory: Directory, survey: _Survey) -> None:
    survey.wipe.append(directory.span)
    for entry in directory.entries:
        if not view.holds(entry.value):
            raise MalformedTiffError("a GPS value leads out of the block")
        survey.spend(1 + ((entry.value[1] - entry.value[0]) >> 4))
        survey.wipe.append(entry.value)


def _data_spans(view: TiffView, directory: Directory, survey: _Survey) -> Iterator[Span]:
    """The bytes of the strips, tiles or thumbnail; to the end where a length is missing."""
    by_tag = {entry.tag: entry for entry in directory.entries}
    for offsets, lengths in _DATA.items():
        if offsets not in by_tag:
            continue
        survey.spend(by_tag[offsets].count)
        begins = view.numbers(by_tag[offsets])
        sizes: Sequence[int] = ()
        try:
            sizes = view.numbers(by_tag[lengths])
        except (KeyError, MalformedTiffError):
            survey.sound = False
        for begin, size in zip_longest(begins, sizes[: len(begins)], fillvalue=view.end):
            yield (view.start + begin, view.start + begin + size)


def _drop_gps_entries(view: TiffView, directory: Directory) -> None:
    """Close up a directory's table over its GPS entries, keeping the table's length."""
    buffer, (begin, end) = view.buffer, directory.span
    left = [entry.span for entry in directory.entries if entry.tag != _GPS_IFD]
    table = struct.pack(view.order + ("Q" if view.big else "H"), len(left))
    table += b"".join(bytes(buffer[slice(*span)]) for span in left)
    table += struct.pack(view.order + view.word, directory.following)
    buffer[begin:end] = table.ljust(end - begin, b"\x00")


class _Cover:
    """The union of some spans, asked whether a span touches it in O(log n)."""

    def __init__(self, spans: list[Span]) -> None:
        ordered = sorted(set(spans))
        self._begins = [begin for begin, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))
        self.overlapping = any(a[1] > b[0] for a, b in pairwise(ordered))

    def touches(self, span: Span) -> bool:
        """Whether any byte of a span is covered."""
        before = bisect_right(self._begins, span[1] - 1)
        return before > 0 and self._reach[before - 1] > span[0]
