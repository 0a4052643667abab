"""Which points does an Arrow IPC stream hold that comes in pieces?

Each message is looked at before Arrow reads it: its sizes are bounded, compressed ones are refused (they may unpack to
any size), and every batch is validated whole, since its offsets are somebody else's.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from geo.datum import Datum
from geo.files.limits import MIB
from geo.files.points import Points, Rows, placing
from geo.files.refusals import FileUnreadable
from geo.refusal import Refusal

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_HEAD, LARGEST_BODY = 4 * MIB, 64 * MIB
"""Bytes of one message: what describes it, and its columns."""
ROWS = 1 << 16
"""Rows that are worked on together; a batch with more is cut."""
CONTINUES, ENDS = b"\xff\xff\xff\xff", b"\0\0\0\0"
DICTIONARY, BATCH = 2, 3
"""Kinds of messages that hold columns (format/Message.fbs of Apache Arrow)."""


def points_of_arrow(
    pieces: Iterable[bytes], *, datum: Datum | None = None, mapping: Mapping[str, str] | None = None, name: str = ""
) -> Points:
    """The rows of a stream with columns of numbers or texts. Raises `FileUnreadable`, also after some rows, and
    `DatumMissing`."""
    import pyarrow as pa  # noqa: PLC0415 - takes a while to load

    try:
        reader = pa.ipc.open_stream(_File(_messages(pieces, name)))
        columns = list(reader.schema.names)
    except Refusal:
        raise
    except (pa.ArrowException, ValueError, OSError) as error:
        raise _damaged(name) from error
    places = placing(columns, datum, mapping or {}, name)
    for key, at in places.keys.items():
        _refuse_type(reader.schema.field(at).type, key)

    def rows() -> Iterator[Rows]:
        for batch in _batches(reader, name):
            for start in range(0, batch.num_rows, ROWS):
                part = batch.slice(start, ROWS)
                yield places.rows(part.columns, part.num_rows)

    return Points(columns, rows())


def _batches(reader: "pa.RecordBatchStreamReader", name: str) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa  # noqa: PLC0415 - as above

    try:
        for batch in reader:
            batch.validate(full=True)
            yield batch
    except Refusal:
        raise
    except (pa.ArrowException, ValueError, OSError) as error:
        raise _damaged(name) from error


def _refuse_type(kind: "pa.DataType", key: str) -> None:
    import pyarrow as pa  # noqa: PLC0415 - as above

    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not (is_text or (key != "datum" and (pa.types.is_floating(kind) or pa.types.is_integer(kind)))):
        raise FileUnreadable("column-of-type", field=key, type=str(kind)[:80])


def _damaged(name: str) -> FileUnreadable:
    return FileUnreadable("arrow-damaged", name=name)


class _File:
    """What Arrow reads from: messages one after the other."""

    closed = False

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest = parts, memoryview(b"")

    def read(self, size: int = -1) -> bytes | memoryview:
        """What lies in one part is given as it is; across parts it is put together."""
        if not self._rest:
            self._rest = memoryview(next(self._parts, b""))
        if len(self._rest) >= size >= 0:
            found, self._rest = self._rest[:size], self._rest[size:]
            return found
        joined = bytearray(self._rest)
        while (size < 0 or len(joined) < size) and (part := next(self._parts, b"")):
            joined += part
        end = len(joined) if size < 0 else size
        self._rest = memoryview(joined)[end:]
        return memoryview(joined)[:end]

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._rest = memoryview(b"")


def _messages(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The bytes of each message: what leads it, its head, its body, each as a part of its own."""
    take = _Taker(iter(pieces), name)
    while lead := take(8, may_end=True):
        if lead[:4] != CONTINUES:
            raise _damaged(name)
        size = struct.unpack("<i", lead[4:])[0]
        yield lead
        if size == 0:
            return
        if not 0 < size <= LARGEST_HEAD:
            raise _damaged(name)
        head = take(size)
        body = _body(head, name)
        yield head
        if body:
            yield take(body)


class _Taker:
    def __init__(self, pieces: Iterator[bytes], name: str) -> None:
        self._pieces, self._rest, self._name = pieces, b"", name

    def __call__(self, size: int, *, may_end: bool = False) -> bytes:
        """So many bytes; none where the text may end here and does."""
        parts, have = [self._rest], len(self._rest)
        while have < size:
            piece = next(self._pieces, None)
            if piece is None:
                if may_end and not have:
                    return b""
                raise _damaged(self._name)
            parts.append(piece)
            have += len(piece)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]


def _body(head: bytes, name: str) -> int:
    """Bytes of the body that a message's head announces. Raises `FileUnreadable` for one too large or compressed."""
    try:
        message = _table(head, 0)
        size = struct.unpack_from("<q", head, message[3])[0] if 3 in message else 0
        kind = head[message[1]] if 1 in message else 0
        inner = _table(head, message[2]) if 2 in message and kind in (DICTIONARY, BATCH) else {}
        if kind == DICTIONARY and 1 in inner:
            inner = _table(head, inner[1])
    except (struct.error, IndexError) as error:
        raise _damaged(name) from error
    if not 0 <= size <= LARGEST_BODY:
        raise FileUnreadable("arrow-too-large", bytes=max(size, 0), limit=LARGEST_BODY)
    if 3 in inner:
        raise FileUnreadable("arrow-compressed", name=name)
    return int(size)


def _table(head: bytes, at: int) -> dict[int, int]:
    """Where the fields of the flatbuffer table are that is referred to at a place: number -> place."""
    start = at + struct.unpack_from("<I", head, at)[0]
    fields = start - struct.unpack_from("<i", head, start)[0]
    if fields < 0:
        raise IndexError
    length = struct.unpack_from("<H", head, fields)[0]
    offsets = [struct.unpack_from("<H", head, fields + place)[0] for place in range(4, length - 1, 2)]
    return {number: start + offset for number, offset in enumerate(offsets) if offset}
