"""Where do the records of a `.shp` stand, and which shapes are they?

One after the other; only where the index says that they do not (files edited in place) is the index followed. A damaged
index is passed over. Points are read in blocks.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.files.limits import Limits
from geo.files.refusals import RowRefused
from geo.files.shp_shapes import geometry_of

HEADER_BYTES, RECORD_BYTES, WORD = 100, 8, 2
POINT, POINT_WORDS = 1, 10
POINT_RECORD = np.dtype([("number", ">i4"), ("words", ">i4"), ("kind", "<i4"), ("xy", "<f8", 2)])
INDEX_RECORD = np.dtype([("at", ">i4"), ("words", ">i4")])
AT_ONCE = 10_000
VERTEX_BYTES, FEWEST_BYTES = 64, 4096
"""More than a vertex takes in a record (position, height, measure, a part of its own), and what any record may."""

Shape: TypeAlias = BaseGeometry | RowRefused | None


def shapes(shp: Path, shx: Path | None, limits: Limits) -> Iterator[Shape]:
    """The shape of each record, None for a null one, a refusal for one that cannot be read."""
    with shp.open("rb") as file:
        if shx is not None and _is_scattered(shx, shp.stat().st_size):
            yield from _by_index(file, shx, limits)
            return
        file.seek(HEADER_BYTES)
        while (points := _points(file)) is not None:
            yield from points
        yield from _one_by_one(file, limits)


def _points(file: BinaryIO) -> list[Shape] | None:
    """The next block, where all of it is plain points; else None, and the file where it was."""
    place = file.tell()
    data = file.read(POINT_RECORD.itemsize * AT_ONCE)
    records = np.frombuffer(data, POINT_RECORD, len(data) // POINT_RECORD.itemsize)
    is_plain = (records["words"] == POINT_WORDS) & (records["kind"] == POINT)
    if not len(records) or not is_plain.all() or not np.isfinite(records["xy"]).all():
        file.seek(place)
        return None
    file.seek(place + records.nbytes)
    return list(shapely.points(records["xy"].astype(np.float64)))


def _one_by_one(file: BinaryIO, limits: Limits) -> Iterator[Shape]:
    while head := file.read(RECORD_BYTES):
        words = int.from_bytes(head[4:8], "big", signed=True)
        if len(head) < RECORD_BYTES or words < 2:
            yield RowRefused("record-truncated")
            return
        content = _content(file, words * WORD, limits)
        yield _shape(content, limits)
        if isinstance(content, RowRefused) and content.id == "record-truncated":
            return


def _content(file: BinaryIO, size: int, limits: Limits) -> bytes | RowRefused:
    """The bytes of a record; a refusal, and the file behind it, where it is larger than any shape that is taken."""
    most = limits.vertices * VERTEX_BYTES + FEWEST_BYTES
    if size > most:
        file.seek(size, 1)
        return RowRefused("vertices-too-many", vertices=size // VERTEX_BYTES, limit=limits.vertices)
    content = file.read(size)
    return content if len(content) == size else RowRefused("record-truncated")


def _shape(content: bytes | RowRefused, limits: Limits) -> Shape:
    if isinstance(content, RowRefused):
        return content
    try:
        return geometry_of(content, limits.vertices, limits.rings)
    except RowRefused as refusal:
        return refusal


def _is_scattered(shx: Path, size: int) -> bool:
    """Whether the index is sound and its records do not simply follow one another."""
    next_at = HEADER_BYTES // WORD
    is_plain = True
    for at, words in _index(shx):
        ends = at + words + RECORD_BYTES // WORD
        if not len(at) or (at < HEADER_BYTES // WORD).any() or (words < 2).any() or (ends * WORD > size).any():
            return False
        is_plain = is_plain and at[0] == next_at and bool((at[1:] == ends[:-1]).all())
        next_at = int(ends[-1])
    return not is_plain


def _by_index(file: BinaryIO, shx: Path, limits: Limits) -> Iterator[Shape]:
    for at, words in _index(shx):
        for start, length in zip(at.tolist(), words.tolist(), strict=True):
            file.seek(start * WORD)
            (_, own) = struct.unpack(">ii", file.read(RECORD_BYTES))
            yield _shape(_content(file, max(min(own, length), 0) * WORD, limits), limits)


def _index(shx: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    with shx.open("rb") as file:
        file.seek(HEADER_BYTES)
        while data := file.read(INDEX_RECORD.itemsize * AT_ONCE):
            records = np.frombuffer(data, INDEX_RECORD, len(data) // INDEX_RECORD.itemsize)
            yield records["at"].astype(np.int64), records["words"].astype(np.int64)
