"""What is in an archive of tiles, read after the specification of PMTiles version 3 and nothing else?"""

import gzip
import json
import struct
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np


class Reader:
    """PMTiles version 3, read after its specification and nothing else."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        assert self.data[:8] == b"PMTiles\x03"
        told = struct.unpack("<11Q", self.data[8:96])
        self.root, self.meta, self.leaves, self.tiles = (told[n : n + 2] for n in (0, 2, 4, 6))
        self.addressed, self.entries, self.contents = told[8:]
        self.clustered, self.inside, self.of_tiles, self.kind, self.least, self.most = self.data[96:102]
        self.centre = self.data[118]
        self.bounds = tuple(step / 1e7 for step in struct.unpack("<4i", self.data[102:118]))

    def part(self, place: tuple[int, int], offset: int = 0, length: int | None = None) -> bytes:
        begin = place[0] + offset
        return self.data[begin : begin + (place[1] if length is None else length)]

    @property
    def metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(gzip.decompress(self.part(self.meta)))
        return found

    @property
    def fault(self) -> str | None:
        """What `pmtiles verify` would find wrong: the figures of the header, the order of the tiles."""
        sections = [(0, 127), self.root, self.meta, self.leaves, self.tiles]
        if [begin for begin, _ in [*sections, (len(self.data), 0)]] != [0, *np.cumsum([size for _, size in sections])]:
            return "sections"
        entries = [*self.all_entries()]
        seen: set[int] = set()
        end = 0
        for _, _, length, offset in entries:
            if offset not in seen and offset != end:
                return "order"
            seen.add(offset)
            end = max(end, offset + length)
        zooms = [_zoom(entries[0][0]), _zoom(entries[-1][0])]
        told = [self.addressed, self.entries, self.contents, self.least, self.most, self.tiles[1]]
        if told != [sum(run for _, run, _, _ in entries), len(entries), len(seen), *zooms, end]:
            return "counts"
        west, south, east, north = self.bounds
        return None if self.least <= self.centre <= self.most and west < east and south < north else "centre or bounds"

    def all_entries(self, packed: bytes | None = None) -> Iterator[tuple[int, int, int, int]]:
        """Number, run, length, offset of all tiles."""
        for entry in directory(self.part(self.root) if packed is None else packed):
            if entry[1] == 0:
                yield from self.all_entries(self.part(self.leaves, entry[3], entry[2]))
            else:
                yield entry

    def each(self) -> Iterator[tuple[int, bytes]]:
        """Every tile's number and bytes."""
        for number, run, length, offset in self.all_entries():
            for one in range(number, number + run):
                yield one, gzip.decompress(self.part(self.tiles, offset, length))


def directory(packed: bytes) -> Iterator[tuple[int, int, int, int]]:
    told = iter(gzip.decompress(packed))

    def whole() -> int:
        value = 0
        for shift in count(0, 7):
            byte = next(told)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise AssertionError

    size = whole()
    found = [[whole() for _ in range(size)] for _ in range(4)]
    assert next(told, None) is None
    number = end = 0
    for step, run, length, place in zip(*found, strict=True):
        number, offset = number + step, end if place == 0 else place - 1
        end = offset + length
        yield number, run, length, offset


def _zoom(number: int) -> int:
    """Zoom 0 has one square, each further one four times as many."""
    return next(zoom for zoom in count() if number < (4 ** (zoom + 1) - 1) // 3)
