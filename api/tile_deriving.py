"""Where is it worked out what tiles are cut from, so that lookups do not wait?

For a city it takes minutes, most of them in calls that let no other thread of the process on: a process of its own does
it. For a small map that would begin more slowly than it is done.
"""

import os
from functools import cache

from sqlalchemy import Engine

from api.pool import Pool
from api.tile_store import derived
from geo.store.connect import service_engine

MOST_HERE = 1_000
"""Grids of a map that is small."""
MOST_WAITING = 200
"""Parts that may wait: there are three matrices, some twenty zooms, and few layers of things."""
GIVES_WAY = 5
"""By how much its process is less urgent than those that answer (`os.nice`)."""
LONGEST_S = 6 * 3600.0
"""A part that takes longer is given up; what was done of it stays."""


class Deriving:
    """Brings parts of one store's tiles up to publications. The process begins with the first part of a large map."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = Pool(1, MOST_WAITING, LONGEST_S)

    def derive(self, matrix: str, part: str, publication: int, grids: int) -> None:
        """Blocks until it is done. `grids` is how many the map has. Raises StoreUnavailable, and as `Pool.run` does."""
        if grids <= MOST_HERE:
            derived(self._engine, matrix, part, publication)
        else:
            url = self._engine.url.render_as_string(hide_password=False)
            self._pool.run(derived_there, url, matrix, part, publication)

    def stop(self) -> None:
        """What is being derived ends at once, and goes on from there another time."""
        self._pool.stop()


def derived_there(url: str, matrix: str, part: str, publication: int) -> None:
    """The same, in a process that knows only where the store is."""
    derived(_engine(url), matrix, part, publication)


@cache
def _engine(url: str) -> Engine:
    """That of the process, which begins with it."""
    os.nice(GIVES_WAY)
    return service_engine(url)
