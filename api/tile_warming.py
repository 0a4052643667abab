"""What is done about tiles when something was published, before anybody asks?

A thread of its own derives what tiles of this store were cut from before, then passes on the tiles in memory that
nothing touched, makes the others again, those used last first, and derives what Web Mercator's will be cut from.
Requests go first: while one has a tile made, it waits. At the start of the service it derives, too.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYet
from threading import Event, Thread
from typing import Any

from psycopg import OperationalError
from sqlalchemy.exc import DBAPIError

from api import tile_store
from api.tile_cache import Tile
from api.tile_desk import TileDesk
from api.tile_flight import Crowded
from api.tile_place import ALL, Place
from geo.matrix import MERCATOR, MOST_ZOOM
from geo.state import Map
from geo.store import tile_parts
from geo.store.errors import StoreUnavailable

POLL_S = 0.5
"""So often it looks whether something was published, should nobody ask for a tile meanwhile, seconds."""
REST_S = 0.02
"""Pause while requests have tiles made, seconds."""
RETRY_S = 5.0
MOST_TILES, MOST_S = 2_000, 60.0
"""Tiles made again after a publication, and seconds that this may take."""
AHEAD = (*range(14, MOST_ZOOM + 1), *range(13, -1, -1))
"""Zooms as maps will ask for them: those that show grids, then the others from the nearest on."""
AT_ONCE = 500
"""Tiles compared with a publication at a time."""

log = logging.getLogger(__name__)


class Warming:
    """Follows the publications of a desk's store from `start` to `stop`; `is_ahead`: of zooms that nobody asked for,
    too."""

    def __init__(self, desk: TileDesk, *, is_ahead: bool) -> None:
        self._desk, self._is_ahead = desk, is_ahead
        self._stop = Event()
        self._thread = Thread(target=self._follow, name="tile-warming", daemon=True)
        self.done = Map()
        """The state that all was done about."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """At once, but for one tile; one that waits for a database that hangs is left to die with the process."""
        self._stop.set()
        self._desk.news.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _follow(self) -> None:
        while not self._stop.is_set():
            self._desk.news.clear()
            state = self._desk.live.seen.map
            try:
                if state is not self.done:
                    self._desk.accept(state)
                    if self._warm(state):
                        self.done = state
            except (StoreUnavailable, OperationalError, DBAPIError, Crowded) as error:
                log.warning("tiles cannot be made ready: %s", type(error).__name__)
                self._stop.wait(RETRY_S)
            except Exception:  # whatever it is: requests make their tiles themselves, and the next publication may go
                log.exception("tiles cannot be made ready")
                self.done = state
            self._desk.news.wait(POLL_S)

    def _warm(self, state: Map) -> bool:
        """Whether all was done, and nothing else was published meanwhile."""
        number = state.publication
        if number == 0:
            return True
        known = dict.fromkeys([*self._desk.parts(), *tile_parts.known(self._desk.live.engine)])
        if not self._derive(known, state):
            return False
        self._make_again(state)
        return not self._is_ahead or self._derive(dict.fromkeys(_ahead()), state)

    def _derive(self, parts: Iterable[tuple[str, str]], state: Map) -> bool:
        """Whether all was done before something else was published."""
        for matrix, part in parts:
            if self._is_over(state) or not self._waited(self._desk.derive(matrix, part, state.publication)):
                return False
        return not self._is_over(state)

    def _make_again(self, state: Map) -> None:
        number = state.publication
        ends = time.monotonic() + MOST_S
        for place, _ in self._touched(number)[:MOST_TILES]:
            if self._is_over(state) or time.monotonic() > ends:
                break
            self._yield()
            if self._desk.lacking(place, number) or not self._waited(self._desk.made(place, number)):
                break

    def _touched(self, number: int) -> list[tuple[Place, Tile]]:
        """Tiles that show something else since; the others are good for the new number from now on."""
        behind = [(place, tile) for place, tile in self._desk.cache.newest() if tile.last < number]
        found = []
        for begin in range(0, len(behind), AT_ONCE):
            if self._stop.is_set():
                return []
            found += self._met(behind[begin : begin + AT_ONCE], number)
        return found

    def _met(self, several: Sequence[tuple[Place, Tile]], number: int) -> list[tuple[Place, Tile]]:
        found = []
        for last in {tile.last for _, tile in several}:
            own = [(place, tile) for place, tile in several if tile.last == last]
            met = self._desk.changes.are_met([place for place, _ in own], last, number)
            for one, is_met in zip(own, met, strict=True):
                if is_met:
                    found.append(one)
                else:
                    self._desk.cache.stretch(one[1], number)
        return sorted(found, key=lambda one: -one[1].used)

    def _is_over(self, state: Map) -> bool:
        return self._stop.is_set() or self._desk.live.seen.map is not state

    def _yield(self) -> None:
        while self._desk.busy and not self._stop.is_set():
            self._stop.wait(REST_S)

    def _waited(self, future: Future[Any]) -> bool:
        """Whether it came to an end before this thread is to. Raises what went wrong there."""
        while not self._stop.is_set():
            try:
                future.result(timeout=POLL_S)
            except NotYet:
                if not future.done():
                    continue
                raise
            except CancelledError:
                return False
            return True
        return False


def _ahead() -> Iterator[tuple[str, str]]:
    for zoom in AHEAD:
        for part in tile_store.parts(Place(MERCATOR.name, ALL, zoom, 0, 0)):
            yield MERCATOR.name, part
