"""What lies in a box, while things are moved about?

An R-tree (Guttman 1984) that follows each edit of an open plan. A thing that moves gets another entry; its old ones are
known by their boxes and passed over, since taking an entry out costs many times a question.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
import shapely
from rtree.index import Index
from shapely.geometry.base import BaseGeometry

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


class Places:
    """The boxes of things by their code."""

    def __init__(self, boxes: Mapping[str, Box]) -> None:
        self._codes = list(boxes)
        self._boxes = dict(boxes)
        numbers = np.fromiter(boxes.values(), dtype=np.dtype((np.float64, 4)), count=len(boxes))
        self._index = Index((np.arange(len(boxes)), numbers[:, :2], numbers[:, 2:])) if boxes else Index()
        self._moved = set[str]()
        """Codes with an entry at a place where they are no longer."""

    @classmethod
    def of(cls, shapes: Mapping[str, BaseGeometry]) -> "Places":
        """Things by their shapes; those of no extent are nowhere."""
        bounds = shapely.bounds(np.array(list(shapes.values()), dtype=object)).reshape(-1, 4)
        there = ~np.isnan(bounds).any(axis=1)
        pairs = zip(shapes, bounds.tolist(), there.tolist(), strict=True)
        return cls({code: tuple(box) for code, box, is_there in pairs if is_there})

    def __getitem__(self, code: str) -> Box | None:
        return self._boxes.get(code)

    def put(self, code: str, box: Box | None) -> None:
        """A thing is now there, or nowhere."""
        if self._boxes.get(code, box) != box:
            self._moved.add(code)
        if box is None:
            self._boxes.pop(code, None)
        elif self._boxes.get(code) != box:
            self._boxes[code] = box
            self._index.insert(len(self._codes), box)
            self._codes.append(code)

    def meeting(self, boxes: Iterable[Box]) -> set[str]:
        """Codes of the things whose boxes meet one of the boxes, edges included."""
        found, there = set[str](), [*boxes]
        for box in there:
            found.update(map(self._codes.__getitem__, self._index.intersection(box)))
        return found - {code for code in found & self._moved if not self.is_at(code, there)}

    def is_at(self, code: str, boxes: Iterable[Box]) -> bool:
        """Whether the box of a thing meets one of the boxes, edges included."""
        own = self._boxes.get(code)
        return own is not None and any(_meet(own, box) for box in boxes)


def box_of(shape: BaseGeometry | None) -> Box | None:
    """The box of a shape; None where there is no shape or nothing in it."""
    if shape is None or shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    return west, south, east, north


def around(one: Box | None, other: Box) -> Box:
    """The box of two boxes."""
    if one is None:
        return other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
