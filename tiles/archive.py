"""How do all tiles of a map become one file, the same bytes each time?

PMTiles version 3 (github.com/protomaps/PMTiles, spec/v3): a header, the root directory, metadata, leaf directories, and
the tiles in the order of their numbers. Equal tiles are in it once, so the sea costs nothing. Tiles go straight to a
file; only their places are kept in memory. No time, name of a machine or order of chance gets into it.
"""

import gzip
import json
import shutil
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from geo.files.whole import beside, moved
from tiles.archive_directory import HEADER_BYTES, Entry, directories
from tiles.squares import zoom_of

MAGIC, VERSION = b"PMTiles", 3
GZIP, VECTOR = 2, 1
"""How tiles and directories are compressed, and that tiles are Mapbox vector tiles."""
LEVEL = 6
"""Of tiles: above it they grow hardly smaller, and take twice the time."""
STEPS = 10_000_000
"""In a degree of the header's bounds."""

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the header and the metadata tell, beside what is seen from the tiles. `bounds` have some area."""

    bounds: Bounds
    centre_zoom: int
    metadata: Mapping[str, Any]


@dataclass(slots=True)
class Archive:
    """The tiles so far; `put` in the order of their numbers."""

    tiles: BinaryIO
    entries: list[Entry] = field(default_factory=list)
    size: int = 0
    count: int = 0
    _places: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def put(self, number: int, tile: bytes) -> None:
        """A tile that is not empty, not compressed yet. Raises ValueError where it does not come after the last one."""
        digest = blake2b(tile, digest_size=20).digest()
        place = self._places.get(digest)
        if place is None:
            packed = gzip.compress(tile, LEVEL, mtime=0)
            place = self._places[digest] = (self.size, len(packed))
            self.size += self.tiles.write(packed)
        self._enter(number, *place)
        self.count += 1

    @property
    def contents(self) -> int:
        """Tiles that differ."""
        return len(self._places)

    def _enter(self, number: int, offset: int, length: int) -> None:
        last = self.entries[-1] if self.entries else Entry(-1, -1, 0, 1)
        if number < last.number + last.run:
            raise ValueError(f"tile {number} after tile {last.number + last.run - 1}")
        if number == last.number + last.run and offset == last.offset:
            self.entries[-1] = last._replace(run=last.run + 1)
        else:
            self.entries.append(Entry(number, offset, length, 1))


@contextmanager
def archive(target: Path, about: About) -> Iterator[Archive]:
    """Tiles put in during the block are the file `target` once it ends well; if not, there is none, or the old one.

    Raises FileUnwritable.
    """
    target = target.resolve()
    with beside(target) as folder:
        with (folder / "tiles").open("w+b") as tiles:
            found = Archive(tiles)
            yield found
            tiles.seek(0)
            with (folder / "archive").open("wb") as whole:
                whole.write(_beginning(found, about))
                shutil.copyfileobj(tiles, whole, 1 << 20)
        moved(folder / "archive", target)


def _beginning(found: Archive, about: About) -> bytes:
    """All that stands before the tiles."""
    root, leaves = directories(found.entries)
    text = json.dumps(about.metadata, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    metadata = gzip.compress(text.encode(), LEVEL, mtime=0)
    sizes = [len(root), len(metadata), len(leaves), found.size]
    places: list[int] = []
    for begin, size in zip(_begins(sizes), sizes, strict=True):
        places += begin, size
    counts = found.count, len(found.entries), found.contents
    west, south, east, north = about.bounds
    centre = (west + east) / 2, (south + north) / 2
    least, most = (zoom_of(found.entries[at].number) if found.entries else 0 for at in (0, -1))
    head = struct.pack(
        "<7sB11Q6B4iB2i",
        MAGIC, VERSION, *places, *counts, True, GZIP, GZIP, VECTOR, least, most,
        *_steps(*about.bounds), min(max(about.centre_zoom, least), most), *_steps(*centre),
    )  # fmt: skip
    return head + root + metadata + leaves


def _begins(sizes: list[int]) -> Iterator[int]:
    begin = HEADER_BYTES
    for size in sizes:
        yield begin
        begin += size


def _steps(*degrees: float) -> list[int]:
    return [round(degree * STEPS) for degree in degrees]
