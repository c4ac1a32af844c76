"""Find the metadata items of HEIC and AVIF files (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12)."""

from collections.abc import Iterator

from coinvec.media.metadata.blocks import Block, Kind

_XMP_TYPE = b"application/rdf+xml"
_IN_FILE, _IN_IDAT = 0, 1


class _Reader:
    """Reads big-endian numbers one after the other; EOFError past the end."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.data, self.at, self.end = data, start, end

    def bytes(self, size: int) -> bytes:
        if self.at + size > self.end:
            raise EOFError
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.bytes(size))


def isobmff_blocks(data: bytes) -> Iterator[Block]:
    """The EXIF and XMP items of a HEIC or AVIF file, as far as its tables can be read."""
    try:
        meta = next(box for kind, *box in _boxes(data, 0, len(data)) if kind == b"meta")
        parts = {kind: (start, end) for kind, start, end in _boxes(data, meta[0] + 4, meta[1])}
        kinds = dict(_metadata_items(data, *parts[b"iinf"]))
        for item, start, end in _extents(data, *parts[b"iloc"], parts.get(b"idat", (0, 0))[0]):
            if item in kinds and start < end <= len(data):
                yield from _block(data, kinds[item], start, end)
    except (EOFError, KeyError, StopIteration):
        return


def _block(data: bytes, kind: Kind, start: int, end: int) -> Iterator[Block]:
    """An item's metadata; an EXIF item begins with the offset of its TIFF header."""
    if kind is Kind.EXIF:
        start += 4 + int.from_bytes(data[start : start + 4])
        # A broken table may call pixels EXIF: without a TIFF header they are left alone.
        if start + 8 > end or data[start : start + 4] not in (b"II*\x00", b"MM\x00*"):
            return
    yield Block(kind, start, end)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, begin and end of the content of each box."""
    while start + 8 <= end:
        reader = _Reader(data, start, end)
        size, kind = reader.number(4), reader.bytes(4)
        if size == 1:
            size = reader.number(8)
        stop = start + size if size else end
        if not reader.at <= stop <= end:
            return
        yield kind, reader.at, stop
        start = stop


def _metadata_items(data: bytes, start: int, end: int) -> Iterator[tuple[int, Kind]]:
    """Ids of the EXIF and XMP items, from the item information box."""
    reader = _Reader(data, start, end)
    version = reader.number(4) >> 24
    reader.number(4 if version else 2)
    for kind, begin, stop in _boxes(data, reader.at, end):
        if kind != b"infe":
            continue
        entry = _Reader(data, begin, stop)
        item = _item_id(entry, wide=entry.number(4) >> 24 >= 3)
        entry.number(2)
        item_type = entry.bytes(4)
        if item_type == b"Exif":
            yield item, Kind.EXIF
        elif item_type == b"mime" and _XMP_TYPE in data[entry.at : stop]:
            yield item, Kind.XMP


def _item_id(reader: _Reader, *, wide: bool) -> int:
    return reader.number(4 if wide else 2)


def _extents(data: bytes, start: int, end: int, idat: int) -> Iterator[tuple[int, int, int]]:
    """Item id, begin and end of every extent in the item location box."""
    reader = _Reader(data, start, end)
    version = reader.number(4) >> 24
    sizes = reader.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    for _ in range(reader.number(4 if version == 2 else 2)):
        item = _item_id(reader, wide=version == 2)
        method = reader.number(2) & 15 if version else _IN_FILE
        reader.number(2)
        base = reader.number(base_size) + (idat if method == _IN_IDAT else 0)
        for _ in range(reader.number(2)):
            reader.number(index_size)
            begin = base + reader.number(offset_size)
            length = reader.number(length_size)
            if method in (_IN_FILE, _IN_IDAT):
                yield item, begin, begin + length
