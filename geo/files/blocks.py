"""Where do the lines of a text end that comes in pieces?

Blocks of whole lines in UTF-8, each a few hundred kilobytes: what is in memory at a time, however long the text is.
"""

import codecs
from collections.abc import Iterable, Iterator

import numpy as np

from geo.files.limits import MIB

BLOCK = MIB // 2
"""Bytes of lines that are worked on together: some ten thousand points."""
LONGEST_LINE = MIB // 2
"""Bytes of one line; a longer one is passed over and told as a row that is too long."""
PIECE = MIB // 4
"""Bytes taken from a piece at a time, however large it is."""
ENDS = ord("\n")


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    """Whole lines, each block ending where a line ends; None stands for a line that is too long."""
    rest, is_long = bytearray(), False
    for piece in _small(pieces):
        rest += piece
        end = rest.rfind(b"\n") + 1
        if is_long and end:
            del rest[: rest.find(b"\n") + 1]
            end, is_long = rest.rfind(b"\n") + 1, False
        if is_long:
            rest.clear()
        elif len(rest) - end > LONGEST_LINE:
            yield from _parted(bytes(rest[:end]))
            yield None
            rest.clear()
            is_long = True
        elif end >= BLOCK:
            yield from _parted(bytes(rest[:end]))
            del rest[:end]
    if not is_long:
        yield from _parted(bytes(rest))


def _small(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), PIECE):
            yield piece[start : start + PIECE]


def _parted(block: bytes) -> Iterator[bytes | None]:
    """A block without its lines that are too long; those stand as None, in their places."""
    ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ENDS) + 1
    starts = np.concatenate([[0], ends])
    lengths = np.diff(np.concatenate([starts, [len(block)]]))
    begin = 0
    for line in np.flatnonzero(lengths > LONGEST_LINE).tolist():
        if starts[line] > begin:
            yield block[begin : starts[line]]
        yield None
        begin = int(starts[line] + lengths[line])
    if begin < len(block):
        yield block[begin:]


def in_utf8(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The same text in UTF-8 without a mark; what does not decode stays as the bytes it was, for its row to tell."""
    name = codecs.lookup(encoding).name
    if name in {"utf-8", "utf-8-sig"}:
        yield from _unmarked(pieces)
        return
    decoder = codecs.getincrementaldecoder(name)(
        "replace" if name.startswith(("utf-16", "utf-32")) else "surrogateescape"
    )
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "surrogateescape")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def _unmarked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    head = b""
    for piece in pieces:
        if len(head) < len(codecs.BOM_UTF8):
            head += piece
            if len(head) >= len(codecs.BOM_UTF8):
                yield head.removeprefix(codecs.BOM_UTF8)
        else:
            yield piece
    if len(head) < len(codecs.BOM_UTF8):
        yield head
