"""How does an archive tell where each tile lies in it?

The directories of PMTiles version 3: entries in the order of their tile numbers, written column by column in numbers of
varying length, each tile number as the step from the one before, then compressed. What does not fit into the first
16 KiB of the file, which a reader asks for at once, lies in leaves that the root leads to.
"""

import gzip
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

HEADER_BYTES = 127
ROOT_BYTES = 16_384 - HEADER_BYTES
"""The root ends within the first 16 KiB."""
LEAF_ENTRIES = 4096
"""To begin with; twice as many as long as the root is too long."""
LEVEL = 9
"""Directories are small, and read over a network again and again."""


class Entry(NamedTuple):
    """`run` tiles from `number` on all have the `length` bytes at `offset`; a run of 0 leads to a leaf."""

    number: int
    offset: int
    length: int
    run: int


def directories(entries: Sequence[Entry]) -> tuple[bytes, bytes]:
    """The root, and all leaves (none where all fits into the root)."""
    root, leaves, size = written(entries), b"", LEAF_ENTRIES
    while len(root) > ROOT_BYTES:
        root, leaves = _in_leaves(entries, size)
        size *= 2
    return root, leaves


def written(entries: Sequence[Entry]) -> bytes:
    """One directory."""
    numbers = [0, *(entry.number for entry in entries)]
    steps = (after - before for before, after in pairwise(numbers))
    ends = [None, *(entry.offset + entry.length for entry in entries)]
    follow = (0 if entry.offset == end else entry.offset + 1 for entry, end in zip(entries, ends, strict=False))
    columns = (steps, (entry.run for entry in entries), (entry.length for entry in entries), follow)
    told = b"".join([_varints([len(entries)]), *(_varints(column) for column in columns)])
    return gzip.compress(told, LEVEL, mtime=0)


def _in_leaves(entries: Sequence[Entry], size: int) -> tuple[bytes, bytes]:
    leaves = [written(entries[begin : begin + size]) for begin in range(0, len(entries), size)]
    found, offset = [], 0
    for begin, leaf in zip(range(0, len(entries), size), leaves, strict=True):
        found.append(Entry(entries[begin].number, offset, len(leaf), 0))
        offset += len(leaf)
    return written(found), b"".join(leaves)


def _varints(values: Iterable[int]) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that another follows (protocol buffers' varint)."""
    told = bytearray()
    for value in values:
        rest = value
        while rest > 0x7F:
            told.append(rest & 0x7F | 0x80)
            rest >>= 7
        told.append(rest)
    return bytes(told)
