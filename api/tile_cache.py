"""Which tiles are in memory, and at which publications is each of them what it shows?

A tile is kept with the range of publications that it is known to be good for; of one place there may be several. What
is in it never changes, so a reader needs no lock: the event loop never waits for a thread that puts something in.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from threading import Lock

from api.compression import LEVEL, SMALLEST
from api.tile_place import Place

OVERHEAD = 2048
"""Bytes that a tile takes beside its own, an empty one too."""
ROOM_MADE = 8
"""When there is no room, so small a part of it is freed at once: the oldest are looked for seldom."""

_ticks = count(1)


@dataclass(slots=True, eq=False)
class Tile:
    """The bytes of a tile, the same in gzip once somebody wanted it and where that is smaller, and its tag.

    `first` and `last`: the publications, all between them too, that it is known to be right for.
    """

    body: bytes
    tag: bytes
    first: int
    last: int
    packed: bytes | None = None
    is_packed: bool = False
    """Whether it was compressed; `packed` is None then where that was in vain."""
    used: int = field(default_factory=lambda: next(_ticks))
    heads: dict[tuple[int, bool, bool], list[tuple[bytes, bytes]]] = field(default_factory=dict)
    """Headers of answers, kept by who makes these."""

    @classmethod
    def of(cls, body: bytes, publication: int) -> "Tile":
        """As it was made for a publication."""
        tag = blake2b(body, digest_size=12).hexdigest().encode()
        return cls(body, tag, publication, publication, is_packed=len(body) < SMALLEST)

    @property
    def size(self) -> int:
        return OVERHEAD + len(self.body) + len(self.packed or b"")


class TileCache:
    """At most `most` bytes of tiles; those that nobody asked for go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock, self._packing = Lock(), Lock()
        self._tiles: dict[Place, tuple[Tile, ...]] = {}
        self.size = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return sum(len(several) for several in self._tiles.copy().values())

    def find(self, place: Place, publication: int) -> Tile | None:
        """The tile that is known to be right for a publication."""
        for tile in self._tiles.get(place, ()):
            if tile.first <= publication <= tile.last:
                tile.used = next(_ticks)
                return tile
        return None

    def near(self, place: Place, publication: int) -> tuple[Tile | None, Tile | None]:
        """The nearest tiles that are good for earlier and for later publications only."""
        several = self._tiles.get(place, ())
        before = max((one for one in several if one.last < publication), key=lambda one: one.last, default=None)
        after = min((one for one in several if one.first > publication), key=lambda one: one.first, default=None)
        return before, after

    def put(self, place: Place, tile: Tile) -> Tile:
        """Keep it; the one that is kept. What one of the same bytes was good for right before or after, it is too."""
        with self._lock:
            several = self._tiles.get(place, ())
            for one in several:
                if one.tag == tile.tag and one.first - 1 <= tile.first and tile.last <= one.last + 1:
                    one.first, one.last = min(one.first, tile.first), max(one.last, tile.last)
                    one.used = tile.used
                    return one
            self._tiles[place] = (*several, tile)
            self.size += tile.size
            self._make_room()
        return tile

    def pack(self, place: Place, tile: Tile) -> None:
        """See that it is there in gzip. Takes some time for a large one: in a thread."""
        with self._packing:
            if tile.is_packed:
                return
            packed = gzip.compress(tile.body, LEVEL, mtime=0)
            with self._lock:
                if len(packed) < len(tile.body):
                    tile.packed = packed
                    self.size += len(packed) if tile in self._tiles.get(place, ()) else 0
                tile.is_packed = True
                self._make_room()

    def stretch(self, tile: Tile, publication: int) -> None:
        """It is good for this publication too, and for all between."""
        with self._lock:
            tile.first, tile.last = min(tile.first, publication), max(tile.last, publication)

    def clear(self) -> None:
        """Forget all: the store was made anew, or restored."""
        with self._lock:
            self._tiles, self.size = {}, 0

    def newest(self) -> Iterator[tuple[Place, Tile]]:
        """Of each place the tile of the latest publication; those used last come first."""
        latest = [
            (place, max(several, key=lambda one: one.last)) for place, several in self._tiles.copy().items() if several
        ]
        yield from sorted(latest, key=lambda one: -one[1].used)

    def _make_room(self) -> None:
        if self.size <= self._most:
            return
        oldest = sorted(
            ((tile.used, place, tile) for place, several in self._tiles.items() for tile in several),
            key=lambda one: one[0],
        )
        for _, place, tile in oldest:
            if self.size <= self._most - self._most // ROOM_MADE:
                return
            left = tuple(one for one in self._tiles[place] if one is not tile)
            if left:
                self._tiles[place] = left
            else:
                del self._tiles[place]
            self.size -= tile.size
