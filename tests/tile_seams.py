"""Do the squares of one zoom fit together, as somebody sees who has nothing but their bytes and the ground?

Features are put back on the zoom's lattice: x * 4096 + px. Of a sound map: each edge is in every square that has room
for it, and in none otherwise than in the others; two shapes never pass an edge in one direction; edges that only one
shape passes are the outline of the whole; and all is within a pixel of the ground.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from tile_reader import POLYGON, Feature, Layer, Value

SIDE, RIM = 4096, 64
PIXEL = 16.0
"""Units in a pixel of a square of 256: nothing lies farther off than this."""
LOW = 1 << 30
"""A place as one number is x * LOW + y: zoom 17 has 2^29 units."""

Rows: TypeAlias = NDArray[np.int64]
"""Subject, start and end of an edge (n, 3), places as one number."""


@dataclass
class Seams:
    """The shapes of one layer at one zoom, as squares of it are added. `faults` are sentences."""

    zoom: int
    name: str
    told: dict[int, dict[str, Value]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _rows: list[Rows] = field(default_factory=list)
    _known: tuple[Rows, NDArray[np.int64]] | None = None

    def add(self, x: int, y: int, layer: Layer) -> None:
        """One square: what can be seen in it alone, and its edges for later."""
        here = f"{self.name} {self.zoom}/{x}/{y}"
        if layer.extent != SIDE:
            self.faults.append(f"{here}: extent {layer.extent}")
        for one in layer.features:
            if one.id is None or one.kind != POLYGON:
                self.faults.append(f"{here}: a feature without id or ground: {one.properties}")
                continue
            before = self.told.setdefault(one.id, one.properties)
            if before != one.properties:
                self.faults.append(f"{here}: {one.id} is {before} elsewhere, {one.properties} here")
            self.faults += [f"{here}: {one.properties}: {fault}" for fault in odd(one)]
            self._rows.append(np.concatenate([_edges(one.id, ring, x, y) for ring in one.parts]))
        self._known = None

    @property
    def edges(self) -> Rows:
        """Each edge of each shape once; none that squares are cut along."""
        return self._seen[0]

    def differing(self) -> list[str]:
        """Edges that some square lacks which has room for them, or has otherwise than its neighbours."""
        rows, seen = self._seen
        wrong = np.flatnonzero(seen != _rooms(rows))
        return [f"zoom {self.zoom}: {self._edge(rows[n])} is in {seen[n]} squares" for n in wrong.tolist()]

    def torn(self, ground: BaseGeometry | None) -> list[str]:
        """Edges that two shapes pass in one direction, and such as only one passes that are not of the outline.

        `ground` is the outline of the whole in lattice units; None where it is not known.
        """
        rows = self.edges
        passed, first, times = np.unique(rows[:, 1:], axis=0, return_index=True, return_counts=True)
        found = [f"zoom {self.zoom}: {self._edge(rows[n])} is of two shapes" for n in first[times > 1].tolist()]
        alone = ~_among(passed, passed[:, ::-1])
        if not _is_closed(passed[alone]):
            found.append(f"zoom {self.zoom}: the outline of the whole is not closed")
        if ground is not None and alone.any():
            away = shapely.distance(_lines(passed[alone]), ground.boundary)
            rows_alone = rows[first[alone]]
            for n in np.flatnonzero(away > PIXEL).tolist():
                found.append(f"zoom {self.zoom}: {self._edge(rows_alone[n])} has no other side")
        return found

    def astray(self, ground: Mapping[int, BaseGeometry]) -> list[str]:
        """Shapes that are not whole, or farther than a pixel from their ground (lattice units, by subject)."""
        rows, told = self.edges, sorted(ground)
        begins, ends = _nodes_of(rows[:, [0, 1]]), _nodes_of(rows[:, [0, 2]])
        torn = np.setdiff1d(told, begins[:, 0]).tolist()
        found = [f"zoom {self.zoom}: {subject} is not there" for subject in torn]
        if not np.array_equal(begins, ends):
            loose = np.unique(np.concatenate([_lacking(begins, ends), _lacking(ends, begins)])[:, 0]).tolist()
            found += [f"zoom {self.zoom}: {self.told[subject]} is not whole" for subject in loose]
        nodes = np.unique(begins[np.isin(begins[:, 0], told)], axis=0)
        borders = shapely.boundary(np.array([ground[subject] for subject in told], dtype=object))
        shapely.prepare(borders)
        there = shapely.points(*np.divmod(nodes[:, 1], LOW))
        away = shapely.distance(borders[np.searchsorted(told, nodes[:, 0])], there)
        for n in np.unique(nodes[away > PIXEL, 0]).tolist():
            found.append(f"zoom {self.zoom}: {self.told[n]} is {away[nodes[:, 0] == n].max():.0f} units off")
        return found

    def strange_to(self, finer: "Seams") -> list[str]:
        """Edges that no shape of a finer layer has."""
        wrong = self.edges[~_among(self.edges[:, 1:], finer.edges[:, 1:])]
        return [f"zoom {self.zoom}: {self._edge(row)} is not of {finer.name}" for row in wrong]

    def only(self, subjects: Sequence[int]) -> "Seams":
        """Some of the shapes."""
        part = Seams(self.zoom, self.name, {one: self.told[one] for one in subjects})
        rows = self._all()
        part._rows.append(rows[np.isin(rows[:, 0], subjects)])
        return part

    def polygons(self) -> dict[int, BaseGeometry]:
        """The whole shapes, in lattice units."""
        rows = self.edges
        subjects, which = np.unique(rows[:, 0], return_inverse=True)
        shapes = shapely.build_area(shapely.multilinestrings(_lines(rows[:, 1:]), indices=which))
        return dict(zip(subjects.tolist(), shapes.tolist(), strict=True))

    @property
    def _seen(self) -> tuple[Rows, NDArray[np.int64]]:
        """Each edge of each shape, and in how many squares it is."""
        if self._known is None:
            self._known = np.unique(self._all(), axis=0, return_counts=True)
        return self._known

    def _all(self) -> Rows:
        if len(self._rows) != 1:
            self._rows = [np.concatenate([np.empty((0, 3), np.int64), *self._rows])]
        return self._rows[0]

    def _edge(self, row: Rows) -> str:
        """An edge in words, with the shape that has it."""
        who = self.told.get(int(row[0]), {}).get("code", int(row[0]))
        return f"{who} {' '.join(str(divmod(int(place), LOW)) for place in row[1:])}"


def on_lattice(lonlat: NDArray[np.float64], zoom: int, *, is_conformal: bool = True) -> NDArray[np.float64]:
    """Degrees in units of a zoom: spherical Mercator (OGC 17-083r4, annex D), else degrees with 360 across."""
    x, lat = (lonlat[:, 0] + 180) / 360, np.radians(lonlat[:, 1])
    y = (1 - np.log(np.tan(lat) + 1 / np.cos(lat)) / np.pi) / 2 if is_conformal else (90 - lonlat[:, 1]) / 360
    return np.column_stack([x, y]) * (SIDE * 2**zoom)


def points(layer: Layer, x: int, y: int) -> Iterator[tuple[Feature, tuple[int, int]]]:
    """Features of points that lie in the square itself, with their places on the lattice."""
    for one in layer.features:
        px, py = one.parts[0][0].tolist()
        if 0 <= px < SIDE and 0 <= py < SIDE:
            yield one, (x * SIDE + px, y * SIDE + py)


def odd(one: Feature) -> Iterator[str]:
    """What is wrong with a feature of ground in its square."""
    xy = np.concatenate(one.parts)
    if xy.min() < -RIM or xy.max() > SIDE + RIM:
        yield "beyond the rim"
    whole = shapely.multipolygons([shapely.Polygon(shell, holes) for shell, *holes in one.polygons])
    if not shapely.is_valid(whole):
        yield f"not valid: {shapely.is_valid_reason(whole)}"


def _edges(subject: int, ring: NDArray[np.int64], x: int, y: int) -> Rows:
    """The edges of a ring, without those along the lines that its square is cut at."""
    start, end = ring, np.roll(ring, -1, axis=0)
    cut = ((start == end) & ((start == -RIM) | (start == SIDE + RIM))).any(axis=1)
    place = np.array([x * SIDE * LOW + y * SIDE], dtype=np.int64)
    keys = [one[~cut] @ np.array([LOW, 1]) + place for one in (start, end)]
    return np.column_stack([np.full(len(keys[0]), subject), *keys]).astype(np.int64)


def _rooms(rows: Rows) -> NDArray[np.int64]:
    """In how many squares there is room for each edge: all of it within the rim, and not along the cut."""
    start, end = (np.stack(np.divmod(rows[:, n], LOW), axis=1) for n in (1, 2))
    low, high = np.minimum(start, end), np.maximum(start, end)
    count = (low + RIM) // SIDE + (SIDE + RIM - high) // SIDE + 1
    level = low == high
    count -= level & ((low + RIM) % SIDE == 0)
    count -= level & ((low - RIM) % SIDE == 0)
    return np.asarray(count.clip(min=0).prod(axis=1))


def _is_closed(edges: Rows) -> bool:
    """Whether as many edges (n, 2) end in each place as begin there."""
    return bool(np.array_equal(np.sort(edges[:, 0]), np.sort(edges[:, 1])))


def _among(edges: Rows, others: Rows) -> NDArray[np.bool_]:
    """Which edges (n, 2) are among the others (m, 2)."""
    nodes = np.unique(np.concatenate([edges.ravel(), others.ravel()]))
    one, other = (np.searchsorted(nodes, each) @ np.array([len(nodes), 1]) for each in (edges, others))
    return np.isin(one, other)


def _nodes_of(rows: Rows) -> Rows:
    """Subject and place (n, 2), in order."""
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def _lacking(rows: Rows, others: Rows) -> Rows:
    """Rows that are more often among the first than among the others."""
    each, place = np.unique(np.concatenate([rows, others]), axis=0, return_inverse=True)
    sign = np.r_[np.ones(len(rows)), -np.ones(len(others))]
    return np.asarray(each[np.bincount(place.ravel(), sign, len(each)) > 0])


def _lines(edges: Rows) -> NDArray[np.object_]:
    ends = np.stack([np.stack(np.divmod(edges[:, n], LOW), axis=1) for n in (0, 1)], axis=1)
    return np.asarray(shapely.linestrings(ends.astype(np.float64)), dtype=object)
