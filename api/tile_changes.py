"""Does a tile show the same at two publications?

Of each step from one publication to the next it is remembered where it changed anything; tiles away from that are as
they were. The store is asked once a step.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import shapely
from sqlalchemy import Engine

from api.tile_place import Place, grounds, is_coarse
from geo.store.connect import reachable, session
from geo.store.touched import touched

MOST_STEPS = 64
"""Over more publications than these it is not worked out; the tile is made again."""
KEPT_STEPS = 1024
"""Steps that are remembered."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one publication changed: everything, nothing, or something in one of the boxes of the tree."""

    everything: bool
    boxes: shapely.STRtree | None

    @property
    def is_nothing(self) -> bool:
        return not self.everything and self.boxes is None


class Changes:
    """What the publications of one store changed. Only in a thread: it may wait for the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._steps: OrderedDict[int, Step] = OrderedDict()

    def forget(self) -> None:
        """The numbers are those of another store from now on."""
        with self._lock:
            self._steps.clear()

    def are_met(self, places: Sequence[Place], after: int, upto: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether something that these places may show differs between two publications, (n,). Raises
        StoreUnavailable."""
        met = np.zeros(len(places), dtype=bool)
        if upto - after > MOST_STEPS:
            return ~met
        several: dict[tuple[str, int], list[int]] = {}
        for row, place in enumerate(places):
            several.setdefault((place.matrix, place.z), []).append(row)
        steps = [self._step(number) for number in range(after + 1, upto + 1)]
        for (matrix, zoom), rows in several.items():
            squares = np.array([(places[row].x, places[row].y) for row in rows], dtype=np.int64)
            met[rows] = _met(matrix, zoom, squares, steps)
        return met

    def is_met(self, place: Place, after: int, upto: int) -> bool:
        """The same of one place."""
        return bool(self.are_met([place], after, upto)[0])

    def _step(self, number: int) -> Step:
        with self._lock:
            found = self._steps.get(number)
        if found is None:
            with reachable(), session(self._engine) as work:
                told = touched(work, number - 1, number)
            boxes = np.asarray(told.boxes, dtype=np.float64).reshape(-1, 4)
            tree = shapely.STRtree(shapely.box(*boxes.T)) if len(boxes) else None
            found = Step(told.everything, tree)
            with self._lock:
                self._steps[number] = found
                while len(self._steps) > KEPT_STEPS:
                    self._steps.popitem(last=False)
        return found


def _met(
    matrix: str, zoom: int, squares: np.ndarray[tuple[int, int], np.dtype[np.int64]], steps: Sequence[Step]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    met = np.zeros(len(squares), dtype=bool)
    if any(step.everything or (is_coarse(zoom) and not step.is_nothing) for step in steps):
        return ~met
    boxes = shapely.box(*grounds(matrix, zoom, squares).T)
    for step in steps:
        if step.boxes is not None:
            met[np.unique(step.boxes.query(boxes, "intersects")[0])] = True
    return met
