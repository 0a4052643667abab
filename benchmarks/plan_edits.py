"""Which edits does a planner make? Small ones of every kind, drawn by chance on a plan as it stands.

Each as the JSON of the service, written by `geo.redraw.written`. Whether it is legal only the service knows: a line may
meet a building.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from geo.measure import metres_per_degree
from geo.model import Ground
from geo.redraw.edits import Assign, Edit, Merge, MoveEdge, MoveNode, Reshape, Set, Split
from geo.redraw.written import document

Thing = TypeVar("Thing")
Spot: TypeAlias = tuple[float, float]
MOVE_M, BULGE_M, STRETCH = 2.0, 4.0, 6
"""How far a node goes, how far a border is bent, and over how many of its nodes."""
MOST_GRIDS = 48
"""With more grids than this the next edit that changes their number is a merger."""


class Planner:
    """Draws edits of a plan of one community; told of what came of them, it knows the grids as they are."""

    def __init__(self, grids: Mapping[str, Ground], chance: np.random.Generator) -> None:
        self.grids, self._chance = dict(grids), chance
        self._kinds: Sequence[tuple[str, Callable[[], Edit]]] = (
            ("split", self._split),
            ("merge", self._merge),
            ("move_node", self._move_node),
            ("move_edge", self._move_edge),
            ("reshape", self._reshape),
            ("assign", self._assign),
            ("set", self._set),
        )

    @property
    def has_borders(self) -> bool:
        """Whether there is a border that can be drawn otherwise."""
        return bool(self._borders())

    @property
    def kinds(self) -> list[str]:
        return [name for name, _ in self._kinds]

    def draw(self, kind: str) -> dict[str, Any]:
        """One edit of a kind as a JSON object."""
        if kind == "split" and len(self.grids) > MOST_GRIDS:
            kind = "merge"
        return document(dict(self._kinds)[kind]())

    def keep(self, told: Mapping[str, Any]) -> None:
        """What an answer says became of the grids."""
        for code in told["gone"]:
            self.grids.pop(code, None)
        for feature in told["grids"]["features"]:
            self.grids[feature["properties"]["code"]] = shapely.geometry.shape(feature["geometry"])

    def _split(self) -> Edit:
        """Across, from beyond one side to beyond the other, between two rows or anywhere."""
        code = self._largest_of(3)
        west, south, east, north = self.grids[code].bounds
        margin = 2 * MOVE_M / 1e5
        if east - west < north - south:
            y = south + (north - south) * self._chance.uniform(0.3, 0.7)
            line = LineString([(west - margin, y), (east + margin, y)])
        else:
            x = west + (east - west) * self._chance.uniform(0.3, 0.7)
            line = LineString([(x, south - margin), (x, north + margin)])
        return Split(grid=code, lines=(line,))

    def _merge(self) -> Edit:
        one, other, _ = self._border()
        return Merge(grids=(one, other))

    def _move_node(self) -> Edit:
        _, _, border = self._border()
        nodes = shapely.get_coordinates(border)
        node = nodes[int(self._chance.integers(1, len(nodes) - 1))]
        return MoveNode(start=_spot(node), end=_spot(node + self._off(MOVE_M)))

    def _move_edge(self) -> Edit:
        _, _, border = self._border()
        start = self._stretch(border)
        return MoveEdge(start=LineString(start), end=LineString(self._bent(start)))

    def _reshape(self) -> Edit:
        one, other, border = self._border()
        return Reshape(line=LineString(self._bent(self._stretch(border))), grids=(one, other))

    def _assign(self) -> Edit:
        one, _, border = self._border()
        ends = self._stretch(border)
        return Assign(ground=Point(ends[len(ends) // 2]).buffer(BULGE_M / 1e5, quad_segs=2), grid=one)

    def _set(self) -> Edit:
        return Set(grid=self._one([*self.grids]), name=f"第{int(self._chance.integers(1000))}号")

    def _border(self) -> tuple[str, str, LineString]:
        """Two neighbours and the longest stretch of their common border."""
        return self._one(self._borders())

    def _borders(self) -> list[tuple[str, str, LineString]]:
        codes = [*self.grids]
        shapes = np.array([self.grids[code] for code in codes], dtype=object)
        one, other = shapely.STRtree(shapes).query(shapes)
        one, other = one[one < other], other[one < other]
        common = shapely.line_merge(shapely.intersection(shapes[one], shapes[other]))
        pairs = zip(one.tolist(), other.tolist(), map(_longest, common), strict=True)
        return [(codes[a], codes[b], line) for a, b, line in pairs if shapely.get_num_coordinates(line) > STRETCH + 2]

    def _stretch(self, border: LineString) -> np.ndarray:
        xy = shapely.get_coordinates(border)
        first = int(self._chance.integers(1, len(xy) - STRETCH))
        return np.asarray(xy[first : first + STRETCH])

    def _bent(self, stretch: np.ndarray) -> np.ndarray:
        """The same ends, and between them to one side."""
        bent, off = stretch.copy(), self._off(BULGE_M)
        bent[1:-1] += off
        return bent

    def _off(self, metres: float) -> np.ndarray:
        angle = self._chance.uniform(0, 2 * np.pi)
        lat = shapely.bounds(next(iter(self.grids.values())))[1]
        return np.asarray(metres * np.array([np.cos(angle), np.sin(angle)]) / metres_per_degree(float(lat)))

    def _largest_of(self, count: int) -> str:
        return max((self._one([*self.grids]) for _ in range(count)), key=lambda code: self.grids[code].area)

    def _one(self, things: Sequence[Thing]) -> Thing:
        return things[int(self._chance.integers(len(things)))]


def _spot(xy: np.ndarray) -> Spot:
    return float(xy[0]), float(xy[1])


def _longest(common: BaseGeometry) -> LineString:
    lines = [one for one in shapely.get_parts(common) if isinstance(one, LineString)]
    return max(lines, key=shapely.get_num_coordinates, default=LineString())
