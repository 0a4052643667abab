"""Who hands out tiles? From memory, from the disk, or made now: once, however many ask.

A tile that is asked for at a publication is one that was made before and that nothing has touched since; where there is
none, what it is cut from is brought up to that publication, and it is made. Inner tiles are made each time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Event, Lock
from typing import Any, TypeAlias, TypeVar

import numpy as np
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from api import tile_store
from api.problems import Problem
from api.settings import Settings
from api.tile_cache import Tile, TileCache
from api.tile_changes import Changes
from api.tile_deriving import Deriving
from api.tile_disk import TileDisk
from api.tile_flight import Crowded, Flight
from api.tile_place import Place
from geo.model import Finding
from geo.state import Map
from geo.store.live import Live

MAKERS = 4
"""Tiles made at the same time; more only wait for each other in the database."""
MOST_WAITING = 2_000
"""Tiles that may wait to be made; one more is told 503."""
DERIVERS = 2
"""Parts derived at the same time."""
MOST_BACK = 16
"""Publications back that the disk is asked for a tile that nothing touched since."""
FINDINGS = "findings"
AGAIN_S = 5
"""When who asks for a tile that takes too long is to come back, seconds."""

Made = TypeVar("Made")
Findings: TypeAlias = Callable[[], Awaitable[Sequence[Finding]]]


class TileDesk:
    """The tiles of one store. `public` makes connections that may read what everybody may."""

    def __init__(self, live: Live, public: Engine, settings: Settings) -> None:
        self.live, self._public, self._seconds = live, public, settings.tile_seconds
        self.cache = TileCache(settings.tile_cache_bytes)
        self.changes = Changes(live.engine)
        self.news = Event()
        self._disk = TileDisk(settings.data / "tiles", tile_store.maker(), settings.tile_disk_bytes)
        self._makings: Flight[Tile | None] = Flight("tile", MAKERS, MOST_WAITING)
        self._derivings: Flight[None] = Flight("tile-part", DERIVERS, MOST_WAITING)
        self._deriving = Deriving(live.engine)
        self._lock = Lock()
        self._derived: dict[tuple[str, str], int] = {}
        self._accepted, self._epoch = Map(), 0

    @property
    def busy(self) -> int:
        """Tiles and parts that are being made, or wait."""
        return self._makings.busy + self._derivings.busy

    def stop(self) -> None:
        """Nothing is made any more."""
        self._makings.stop()
        self._derivings.stop()
        self._deriving.stop()
        self._public.dispose()

    def at_once(self, publication: str, place: Place) -> tuple[Tile, int] | None:
        """The tile of a public layer that is in memory, and which publication it shows; None where that takes more
        than a look. Waits for nobody."""
        state = self.live.seen.map
        if state is not self._accepted:
            return None
        number = state.publication if publication == "current" else int(publication)
        tile = self.cache.find(place, number) if number <= state.publication else None
        if tile is None:
            return None
        self.cache.hits += 1
        return tile, number

    async def made_now(self, publication: str, place: Place) -> tuple[Tile, int] | None:
        """The tile of a public layer, made from what is derived already, and which publication it shows; None where
        there is more to it. Raises as `tile` does."""
        state = self.live.seen.map
        number = state.publication if publication == "current" else int(publication)
        if state is not self._accepted or not 0 < number <= state.publication:
            return None
        if not (place.is_there and tile_store.is_public(place.layer)) or self.lacking(place, number):
            return None
        self.cache.misses += 1
        return await self._in_time(self._made(place, number)), number

    async def tile(self, place: Place, number: int) -> Tile:
        """The tile of a public layer at a publication. Raises the problems `tile-not-ready` and `busy`,
        StoreUnavailable."""
        self.accept(self.live.seen.map)
        if number == 0:
            return Tile.of(b"", 0)
        found = self.cache.find(place, number)
        if found is not None:
            self.cache.hits += 1
            return found
        self.cache.misses += 1
        return await self._in_time(self._tile(place, number))

    async def pack(self, place: Place, tile: Tile) -> None:
        """See that it is there in gzip."""
        if not tile.is_packed:
            await run_in_threadpool(self.cache.pack, place, tile)

    async def inner(self, place: Place, number: int, findings: Findings) -> bytes:
        """The tile of an inner layer, made now; `findings` tells those of the published map. Raises as `tile` and
        `findings` do."""
        self.accept(self.live.seen.map)
        if number == 0:
            return b""
        return await self._in_time(self._inner(place, number, findings))

    def accept(self, state: Map) -> None:
        """The published state from now on. One of a store that was made anew, or restored, ends all that was kept."""
        if state is self._accepted:
            return
        with self._lock:
            known = self._accepted.instants
            if not np.array_equal(known, state.instants[: len(known)]):
                self._epoch += 1
                self._derived.clear()
                self.changes.forget()
                self.cache.clear()
            self._accepted = state
        self.news.set()

    def known(self, place: Place, number: int) -> Tile | None:
        """The tile that was made before, if nothing touched it since, or before. In a thread. Raises
        StoreUnavailable."""
        found = self.cache.find(place, number)
        if found is not None:
            return found
        before, after = self.cache.near(place, number)
        if before is not None and not self.changes.is_met(place, before.last, number):
            self.cache.stretch(before, number)
            return before
        if after is not None and not self.changes.is_met(place, number, after.first):
            self.cache.stretch(after, number)
            return after
        kept = self._of_disk(place, number)
        return None if kept is None else self.cache.put(place, kept)

    def made(self, place: Place, number: int) -> "Future[Tile | None]":
        """The tile, made once for all who wait; its parts are derived already. Raises Crowded."""
        return self._makings.made((place, number), partial(self._make, place, number))

    def _make(self, place: Place, number: int) -> Tile | None:
        epoch, found = self._epoch, self.known(place, number)
        if found is not None:
            return found
        tile = Tile.of(tile_store.body(self._public, place, number), number)
        if epoch == self._epoch:
            self._disk.write(place, tile, self._stamp(number))
            tile = self.cache.put(place, tile)
        return tile

    def lacking(self, place: Place, number: int) -> Sequence[str]:
        """Parts that may not be derived up to a publication yet."""
        return [part for part in tile_store.parts(place) if self._derived.get((place.matrix, part), -1) < number]

    def derive(self, matrix: str, part: str, number: int) -> "Future[None]":
        """Brings a part up to a publication, behind whoever waits for it. Raises Crowded."""
        return self._derivings.made((matrix, part, number), partial(self._derive, matrix, part, number))

    def parts(self) -> list[tuple[str, str]]:
        """Matrix and name of the parts that this process has derived."""
        return list(self._derived)

    def _derive(self, matrix: str, part: str, number: int) -> None:
        epoch = self._epoch
        self._deriving.derive(matrix, part, number, len(self._accepted.holdings))
        with self._lock:
            if epoch == self._epoch:
                self._derived[matrix, part] = max(number, self._derived.get((matrix, part), 0))

    async def _tile(self, place: Place, number: int) -> Tile:
        if lacking := self.lacking(place, number):
            known = self._makings.made(("known", place, number), partial(self.known, place, number))
            found = await _heard(known)
            if found is not None:
                return found
            await self._derive_all(place.matrix, lacking, number)
        return await self._made(place, number)

    async def _made(self, place: Place, number: int) -> Tile:
        made = await _heard(self.made(place, number))
        assert made is not None  # it ends with a tile or raises
        return made

    async def _inner(self, place: Place, number: int, findings: Findings) -> bytes:
        await self._derive_all(place.matrix, self.lacking(place, number), number)
        shown = await findings() if place.layer == FINDINGS else ()
        return await run_in_threadpool(tile_store.body, self.live.engine, place, number, shown)

    async def _derive_all(self, matrix: str, lacking: Sequence[str], number: int) -> None:
        for part in lacking:
            await _heard(self.derive(matrix, part, number))

    async def _in_time(self, work: Coroutine[Any, Any, Made]) -> Made:
        try:
            async with asyncio.timeout(self._seconds):
                return await work
        except TimeoutError:
            again = {"Retry-After": str(AGAIN_S)}
            raise Problem("tile-not-ready", {"seconds": self._seconds}, headers=again) from None
        except Crowded:
            raise Problem("busy") from None

    def _of_disk(self, place: Place, number: int) -> Tile | None:
        """As it was made for this publication, or for one before if nothing touched it since."""
        if not self._disk.is_on:
            return None
        for earlier in range(number, max(0, number - MOST_BACK), -1):
            kept = self._disk.read(place, earlier, self._stamp(earlier))
            if kept is not None:
                kept.last = number
                return kept
            if self.changes.is_met(place, earlier - 1, earlier):
                return None
        return None

    def _stamp(self, number: int) -> str:
        """Stands for this publication of this store: no two have the same number and instant."""
        return f"{number}.{self._accepted.instants[number - 1]}"


async def _heard(future: "Future[Made]") -> Made:
    """What comes of it; it goes on though nobody listens any more."""
    return await asyncio.shield(asyncio.wrap_future(future))
